"""What the lock files say: every package with its version and the hashes it may have."""

import json
import re
from pathlib import Path

import msgspec

ROOT = Path(__file__).parents[2]
RUNTIME = ROOT / "requirements" / "runtime.txt"
NPM = ROOT / "tests" / "signup" / "parts" / "package-lock.json"
SHIPPED_OF_NPM = frozenset({"dkfds"})
"""Its style sheet and fonts are committed, in backend/signup/look and campaigns/landing/look; the rest are tools."""

_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)")


class Package(msgspec.Struct, frozen=True, order=True):
    """`hashes` in hexadecimal: one of a distribution for each platform."""

    name: str
    version: str
    hashes: tuple[str, ...] = ()
    licence: str = ""
    shipped: bool = True


def python_packages(lock: Path = RUNTIME) -> list[Package]:
    """Raises ValueError for a line that is no pin, or a pin without a hash."""
    entries = re.split(r"^(?=\S)", lock.read_text("utf-8"), flags=re.MULTILINE)[1:]
    return sorted(_package(entry) for entry in entries)


def npm_packages(lock: Path = NPM) -> list[Package]:
    """What the pages are drawn with, and the tools that make it."""
    packages = json.loads(lock.read_text("utf-8"))["packages"]
    found = [(path.rpartition("node_modules/")[2], said) for path, said in packages.items() if path]
    return sorted(
        Package(name, said["version"], (said["integrity"],), said.get("license", ""), name in SHIPPED_OF_NPM)
        for name, said in found
    )


def _package(entry: str) -> Package:
    pin = _PIN.match(entry)
    hashes = tuple(sorted(re.findall(r"--hash=sha256:([0-9a-f]{64})", entry)))
    if pin is None or not hashes:
        raise ValueError(f"no pin with hashes: {entry.splitlines()[0]}")
    return Package(pin["name"].lower().replace("_", "-").replace(".", "-"), pin["version"], hashes)
