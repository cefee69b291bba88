"""What is installed is what was locked, from wherever it comes."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = ("build", "runtime", "demo", "dev")


def locked(name: str) -> list[Requirement]:
    """Each pinned requirement of requirements/NAME.txt; a package may have one for each range of Pythons."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return [Requirement(line.rstrip("\\ ")) for line in text.splitlines() if line and not line[0].isspace()]


def pins(name: str) -> set[str]:
    return {str(requirement) for requirement in locked(name)}


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_has_hashes_and_no_address(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    assert "://" not in text
    assert not re.findall(r"^\s*--(?!hash=sha256:)", text, re.MULTILINE)
    entries = re.split(r"^(?=\S)", text, flags=re.MULTILINE)[1:]
    assert len(entries) == len(locked(name))
    assert all("--hash=sha256:" in entry for entry in entries)


def test_a_package_has_one_version_in_all_files() -> None:
    assert pins("runtime") <= pins("demo") <= pins("dev")
    assert pins("build") <= pins("demo")


@pytest.mark.parametrize(
    ("wanted", "lock"),
    [
        (PROJECT["project"]["dependencies"], "runtime"),
        (PROJECT["project"]["optional-dependencies"]["embedded"], "demo"),
        (PROJECT["dependency-groups"]["build"], "build"),
        (PROJECT["dependency-groups"]["dev"], "dev"),
    ],
    ids=["runtime", "embedded", "build", "dev"],
)
def test_the_lock_holds_what_the_project_asks_for(wanted: list[str], lock: str) -> None:
    there = locked(lock)
    for line in wanted:
        asked = Requirement(line)
        versions = [
            next(iter(pinned.specifier)).version
            for pinned in there
            if canonicalize_name(pinned.name) == canonicalize_name(asked.name)
        ]
        assert versions, f"{asked.name} is not in requirements/{lock}.txt: make lock"
        assert all(asked.specifier.contains(version) for version in versions), f"{line}: make lock"


def test_the_young_database_package_is_pinned_exactly() -> None:
    (embedded,) = PROJECT["project"]["optional-dependencies"]["embedded"]
    assert {part.operator for part in Requirement(embedded).specifier} == {"=="}


@pytest.mark.parametrize(
    "file", sorted(p for p in ROOT.glob("**/package-lock.json") if "node_modules" not in p.parts), ids=str
)
def test_front_end_packages_have_hashes_and_no_address(file: Path) -> None:
    packages = json.loads(file.read_text())["packages"]
    for name, package in packages.items():
        if name:
            assert "resolved" not in package, name
            assert package["integrity"].startswith("sha512-"), name
