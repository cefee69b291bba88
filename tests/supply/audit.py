"""`python -m tests.supply.audit`: whether anything is known against what we run; a package nobody looked at fails.

pip-audit prints »No known vulnerabilities found« and ends with 0 where it could look up none of its packages. So its
JSON is judged, package by package, against the lock: each has to be there, looked at, in the version that is locked.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from packaging.utils import canonicalize_name

from tests.supply.locked import Package, python_packages


class Vulnerability(msgspec.Struct, frozen=True):
    id: str
    fix_versions: list[str] = []


class Looked(msgspec.Struct, frozen=True):
    """One package in pip-audit's answer; `skip_reason`: why it was not looked at."""

    name: str
    version: str | None = None
    vulns: list[Vulnerability] = []
    skip_reason: str | None = None


class Answer(msgspec.Struct, frozen=True):
    dependencies: list[Looked]


class Verdict(msgspec.Struct, frozen=True):
    """Sentences; all is well where there is none."""

    vulnerable: list[str]
    not_looked_at: list[str]
    looked_at: int

    @property
    def good(self) -> bool:
        return not self.vulnerable and not self.not_looked_at


def judge(said: bytes | str, locked: Sequence[Package]) -> Verdict:
    """What pip-audit's JSON comes to. An answer that cannot be read looked at nothing."""
    try:
        found = {canonicalize_name(each.name): each for each in msgspec.json.decode(said, type=Answer).dependencies}
    except msgspec.DecodeError:
        found = {}
    vulnerable, missed = [], []
    for package in locked:
        seen = found.get(canonicalize_name(package.name))
        if seen is None:
            missed.append(f"{package.name} {package.version}: not in the answer")
        elif seen.skip_reason is not None:
            missed.append(f"{package.name} {package.version}: {seen.skip_reason}")
        elif seen.version != package.version:
            missed.append(f"{package.name}: {seen.version} was looked at, {package.version} is locked")
        else:
            vulnerable += [
                f"{package.name} {package.version}: {each.id}, fixed in {', '.join(each.fix_versions) or 'no version'}"
                for each in seen.vulns
            ]
    return Verdict(vulnerable, missed, len(locked) - len(missed))


def parts_of(locked: Sequence[Package]) -> list[list[Package]]:
    """The lock in as few parts as hold every package without any having two versions of one.

    A lock for every supported Python has a package twice where they need different versions. pip-audit refuses that,
    and leaves out, without a word, what a marker says is not for the Python it runs on.
    """
    parts: list[dict[str, Package]] = []
    for package in locked:
        free = next((part for part in parts if package.name not in part), None)
        if free is None:
            parts.append(free := {})
        free[package.name] = package
    return [list(part.values()) for part in parts]


def written(part: Sequence[Package]) -> str:
    """As a file of requirements, for whatever Python reads it."""
    return "".join(
        " \\\n".join([f"{package.name}=={package.version}", *(f"    --hash=sha256:{each}" for each in package.hashes)])
        + "\n"
        for package in part
    )


def ask(part: Sequence[Package]) -> bytes:
    """pip-audit's JSON. It needs the vulnerability service of the package index, so the way out to it."""
    options = ("--disable-pip", "--require-hashes", "--format", "json", "--progress-spinner", "off")
    with TemporaryDirectory() as folder:
        file = Path(folder) / "part.txt"
        file.write_text(written(part), "utf-8")
        command = (str(Path(sys.executable).with_name("pip-audit")), "--requirement", str(file), *options)
        return subprocess.run(command, check=False, stdout=subprocess.PIPE, timeout=600).stdout


def main() -> int:
    """0 when every package was looked at and none is known to be vulnerable; 1 for a vulnerable one, else 2."""
    locked = python_packages()
    verdicts = [judge(ask(part), part) for part in parts_of(locked)]
    vulnerable = [line for verdict in verdicts for line in verdict.vulnerable]
    for line in (*vulnerable, *(line for verdict in verdicts for line in verdict.not_looked_at)):
        sys.stdout.write(f"{line}\n")
    looked_at = sum(verdict.looked_at for verdict in verdicts)
    sys.stdout.write(f"{looked_at} of {len(locked)} packages looked at, {len(vulnerable)} vulnerabilities known\n")
    if vulnerable:
        return 1
    return 0 if all(verdict.good for verdict in verdicts) else 2


if __name__ == "__main__":
    sys.exit(main())
