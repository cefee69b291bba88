"""A PostgreSQL server of our own, for the demo, the story and the tests: started in a blink, never left behind.

    with running_server(Path(".state/postgres"), fast=False) as server:
        asyncpg.connect(server.dsn("hjerteloeber"))

What it promises: what was acknowledged is there at the next start, also after `kill -9` of the server, of us or of
both (not with `fast`); two sessions never share one data folder; no server outlives the process that started it; it
works as root and as anybody, from a folder closed to all others, with any port taken.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import IO
from urllib.parse import quote

from backend.demo.postgres_binaries import Binaries, Runner, find_binaries, reachable

GUARDIAN = Path(__file__).with_name("postgres_guardian.py")
SUPERUSER = "postgres"
START_LIMIT_S = 120.0  # recovery after a crash reads up to max_wal_size of journal
STOP_LIMIT_S = 35.0  # all steps of the guardian, and a little
NOTICE_S = 2.0  # by then a guardian whose supervisor died has told its server to stop
PORT_ATTEMPTS = 5

SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",  # a socket's path has 107 bytes at most, a clone's folder may have more
        "max_connections": "200",
        "shared_buffers": "256MB",
        "max_wal_size": "2GB",
        "random_page_cost": "1.1",
        "jit": "off",  # compiles longer than our short statements run
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
        "cluster_name": "hjerteloeber",
    }
)
# Only for data that nobody will miss.
FAST_SETTINGS: Mapping[str, str] = MappingProxyType(
    {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
)


class ServerError(RuntimeError):
    """The server could not be started; the message ends with what it said itself."""


class DataInUse(ServerError):
    """Another session runs a server on this data folder."""


class Server:
    """A running server. `port` is where it listens on 127.0.0.1; `pid` is its postmaster."""

    def __init__(self, port: int, pid: int, password: str, log: Path, guardian: "subprocess.Popen[str]") -> None:
        self.port = port
        self.pid = pid
        self.log = log
        self._password = password
        self._guardian = guardian

    def dsn(self, database: str = "postgres") -> str:
        """Where `database` is, for the superuser. The database need not exist yet."""
        return f"postgresql://{SUPERUSER}:{self._password}@127.0.0.1:{self.port}/{quote(database, safe='')}"

    def has_ended(self) -> bool:
        """Whether the server is gone, for whatever reason."""
        return self._guardian.poll() is not None

    def stop(self) -> None:
        """Ends every session, writes everything down, and returns when the last process is gone. Twice is once."""
        with contextlib.suppress(BrokenPipeError):
            assert self._guardian.stdin
            self._guardian.stdin.close()
        self._guardian.wait()
        assert self._guardian.stdout
        self._guardian.stdout.close()


def data_home(clone: Path, name: str) -> Path:
    """Where the data called `name` of this clone belong, for whoever we are.

    In the clone; for root, whose server runs under another name and may not reach it there, in the system's lasting
    temporary folder, under a name made from the clone's.
    """
    if os.geteuid() != 0:
        return clone / ".state" / name
    named_after = hashlib.sha256(os.fsencode(clone.resolve())).hexdigest()[:12]
    return Path("/var/tmp") / f"hjerteloeber-{named_after}" / name  # noqa: S108


@contextlib.contextmanager
def running_server(
    home: Path | None,
    *,
    fast: bool,
    port: int | None = None,
    settings: Mapping[str, str] | None = None,
    major: int | None = None,
    beneath: Path | None = None,
) -> Iterator[Server]:
    """A server for the length of the block.

    `home` is a folder of its own for data, password and log, made when missing; None is a throwaway one. `fast` gives
    up durability. `port` is a wish: where it is taken, or None, another free one is used. `settings` are added to ours.
    `major` is a wish for new data; what is there stays of its own. `beneath`: where a throwaway folder is made, instead
    of the system's place for them. Raises DataInUse, ServerError, NoPostgres.
    """
    server = start_server(home, fast=fast, port=port, settings=settings, major=major, beneath=beneath)
    try:
        yield server
    finally:
        server.stop()


def start_server(
    home: Path | None,
    *,
    fast: bool,
    port: int | None = None,
    settings: Mapping[str, str] | None = None,
    major: int | None = None,
    beneath: Path | None = None,
) -> Server:
    """As `running_server`, for a caller who stops it."""
    throwaway = home is None
    home = (
        Path(tempfile.mkdtemp(prefix="hjerteloeber-", dir=beneath or temporary_folder()))
        if home is None
        else home.resolve()
    )
    _make_home(home)
    lock = _lock(home)
    try:
        binaries, runner = reachable(find_binaries(_major_of(home / "data") or major))
        password = _password(home)
        if not (home / "data").exists():
            _initialise(home, binaries, runner, password, fast=fast)
        _forget_the_dead(home / "data")
        chosen = {**SETTINGS, **(FAST_SETTINGS if fast else {}), **(settings or {})}
        return _start_on_a_free_port(home, binaries, runner, password, port, chosen, lock, remove=throwaway)
    except BaseException:
        if throwaway:
            shutil.rmtree(home, ignore_errors=True)
        raise
    finally:
        # The guardian inherited it: the folder stays locked until its server is gone, whatever becomes of us.
        lock.close()


def temporary_folder() -> str | None:
    """Root's server must reach it under another name, so root's own TMPDIR will not do."""
    return "/var/tmp" if os.geteuid() == 0 else None  # noqa: S108


def _make_home(home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    # Made by somebody else in a folder open to all? Then what is in it is not ours to run.
    if home.stat().st_uid != os.geteuid() or home.parent.stat().st_uid not in (os.geteuid(), 0):
        raise ServerError(f"{home} belongs to another user: remove it, or choose another folder")
    if os.geteuid() != 0:
        home.chmod(0o700)
        return
    home.chmod(0o711)
    closed = [str(folder) for folder in home.parents if not folder.stat().st_mode & 0o001]
    if closed:
        raise ServerError(f"{closed[0]} is closed to the user that PostgreSQL runs as instead of root: see data_home()")


def _lock(home: Path) -> IO[bytes]:
    """Waits a little for a predecessor that is still stopping."""
    lock = (home / "lock").open("wb")
    first_look = time.monotonic()
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            waited_s = time.monotonic() - first_look
            if waited_s > STOP_LIMIT_S or (waited_s > NOTICE_S and not _is_stopping(home)):
                lock.close()
                raise DataInUse(f"{home} is in use by another session: stop that first") from None
            time.sleep(0.1)
        else:
            return lock


def _is_stopping(home: Path) -> bool:
    """A server that is shutting down says so in its pid file; one whose pid file is gone has all but ended."""
    try:
        status = (home / "data" / "postmaster.pid").read_text().splitlines()[7].strip()
    except (OSError, IndexError):
        return True
    return status == "stopping"


def _major_of(data: Path) -> int | None:
    try:
        return int((data / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None


def _password(home: Path) -> str:
    path = home / "password"
    if not path.exists():
        new = path.with_suffix(".new")
        new.unlink(missing_ok=True)
        new.touch(mode=0o600)
        new.write_text(secrets.token_urlsafe(32))
        new.rename(path)
    return path.read_text()


def _initialise(home: Path, binaries: Binaries, runner: Runner, password: str, *, fast: bool) -> None:
    """initdb, whole or not at all: an interrupted one leaves a folder of another name, which is thrown away."""
    for left in home.glob("initialising-*"):
        shutil.rmtree(left, ignore_errors=True)
    half = Path(tempfile.mkdtemp(prefix="initialising-", dir=home))
    told = half / "password"
    told.touch(mode=0o600)
    told.write_text(password)
    if runner.uid is not None and runner.gid is not None:
        for path in (half, told):
            os.chown(path, runner.uid, runner.gid)
    command = [str(binaries.folder / "initdb"), f"--pgdata={half / 'data'}", f"--username={SUPERUSER}"]
    command += ["--auth=scram-sha-256", f"--pwfile={told}", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"]
    if binaries.major >= 16:
        # Rounds make guessing a weak password dear; ours has 256 random bits, and every connection pays for them.
        command.append("--set=scram_iterations=1")
    if fast:
        command.append("--no-sync")
    made = subprocess.run(  # noqa: S603
        command,
        env=_environment(),
        cwd="/",
        user=runner.uid,
        group=runner.gid,
        extra_groups=None if runner.uid is None else [],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        raise ServerError(f"initdb failed: {made.stdout}{made.stderr}")
    (half / "data").rename(home / "data")
    shutil.rmtree(half)


def _forget_the_dead(data: Path) -> None:
    """Removes the pid file that `kill -9` left, once none of that server's processes is alive.

    PostgreSQL itself only asks whether *some* process has that number now, which after a restart of the machine or in
    a container is soon the case, and takes a zombie for alive.
    """
    give_up = time.monotonic() + STOP_LIMIT_S
    while (data / "postmaster.pid").exists() and _processes_in(data):
        if time.monotonic() > give_up:
            raise DataInUse(f"a server runs on {data}")
        time.sleep(0.05)
    (data / "postmaster.pid").unlink(missing_ok=True)


def _processes_in(data: Path) -> list[int]:
    """Every process of a server works in its data folder; a zombie has no folder any more."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cwd").readlink() == data:
                found.append(int(process.name))
    return found


def _start_on_a_free_port(
    home: Path,
    binaries: Binaries,
    runner: Runner,
    password: str,
    wish: int | None,
    settings: Mapping[str, str],
    lock: IO[bytes],
    *,
    remove: bool,
) -> Server:
    for attempt in range(PORT_ATTEMPTS):
        # Between our looking and the server's listening another process may take the port: look again.
        port = _free_port(wish if attempt == 0 else None)
        log = home / "server.log"
        order = {
            "command": [
                str(binaries.folder / "postgres"),
                *("-D", str(home / "data")),
                *(
                    argument
                    for name, value in {**settings, "port": str(port)}.items()
                    for argument in ("-c", f"{name}={value}")
                ),
            ],
            "environment": _environment(),
            "log": str(log),
            "uid": runner.uid,
            "gid": runner.gid,
            "remove": str(home) if remove else None,
        }
        guardian = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-S", GUARDIAN, json.dumps(order)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            pass_fds=[lock.fileno()],
            start_new_session=True,  # Ctrl-C is for us: the server ends last
        )
        assert guardian.stdout
        pid = guardian.stdout.readline()
        if not pid:
            raise ServerError(f"{binaries.folder / 'postgres'} cannot be run (exit code {guardian.wait()})")
        server = Server(port, int(pid), password, log, guardian)
        if _becomes_ready(server, home / "data"):
            return server
        said = log.read_text(errors="replace") if log.exists() else ""
        server.stop()
        if "could not bind" not in said:
            raise ServerError(f"PostgreSQL did not start:\n{said[-3000:]}")
    raise ServerError(f"every port tried was taken, {PORT_ATTEMPTS} times in a row")


def _free_port(wish: int | None) -> int:
    for port in (wish or 0, 0):
        with socket.socket() as probe:
            # As the server itself does: a port that is only waiting out its last connection is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ServerError("this machine has no free port")


def _becomes_ready(server: Server, data: Path) -> bool:
    """Whether the server takes connections; False when it ended before it did. It writes so in its pid file."""
    give_up = time.monotonic() + START_LIMIT_S
    while not server.has_ended() and time.monotonic() < give_up:
        with contextlib.suppress(OSError, IndexError, ValueError):
            lines = (data / "postmaster.pid").read_text().splitlines()
            if int(lines[0]) == server.pid and lines[7].strip() == "ready":
                return True
        time.sleep(0.01)
    return False


def _environment() -> dict[str, str]:
    """Nothing of ours: PGPORT, PGDATA and LC_* would change what the server does."""
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}
