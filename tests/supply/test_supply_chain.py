"""The inventory is whole and the same every time; an audit that looked at nothing is not green."""

import json
from pathlib import Path

import pytest
from pip_audit._dependency_source.requirement import RequirementSource  # type: ignore[import-untyped]

from tests.supply.audit import judge, parts_of, written
from tests.supply.locked import Package, npm_packages, python_packages
from tests.supply.sbom import mistakes_in, text

AIOHTTP, JINJA = Package("aiohttp", "3.14.5", ("0" * 64,)), Package("jinja2", "3.1.6", ("1" * 64,))
LOCKED = [AIOHTTP, JINJA]
# As pip-audit 2.9 writes them.
FINE = {"name": "aiohttp", "version": "3.14.5", "vulns": []}
FINE_TOO = {"name": "Jinja2", "version": "3.1.6", "vulns": []}
VULNERABLE = {
    "name": "jinja2",
    "version": "3.1.6",
    "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["3.1.7"], "aliases": ["CVE-2026-1"], "description": "…"}],
}
SKIPPED = {
    "name": "jinja2",
    "skip_reason": "Dependency not found on PyPI and could not be audited: jinja2 (3.1.6)",
}


def said(*packages: object) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


def test_all_looked_at_and_nothing_known_is_good() -> None:
    verdict = judge(said(FINE, FINE_TOO), LOCKED)
    assert verdict.good
    assert verdict.looked_at == 2


def test_a_package_that_was_skipped_fails_the_audit() -> None:
    """pip-audit itself says »No known vulnerabilities found« here, and ends with 0."""
    verdict = judge(said(FINE, SKIPPED), LOCKED)
    assert not verdict.good
    assert verdict.not_looked_at == [
        "jinja2 3.1.6: Dependency not found on PyPI and could not be audited: jinja2 (3.1.6)"
    ]
    assert verdict.looked_at == 1


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (said(FINE), "jinja2 3.1.6: not in the answer"),
        (said(FINE, FINE_TOO | {"version": "3.1.5"}), "jinja2: 3.1.5 was looked at, 3.1.6 is locked"),
        ("", "aiohttp 3.14.5: not in the answer"),
        ("ERROR: the service did not answer", "aiohttp 3.14.5: not in the answer"),
        (said(), "aiohttp 3.14.5: not in the answer"),
    ],
)
def test_what_nobody_looked_at_fails_the_audit(answer: str, why: str) -> None:
    verdict = judge(answer, LOCKED)
    assert not verdict.good
    assert why in verdict.not_looked_at


def test_what_is_known_is_told_with_where_it_is_mended() -> None:
    verdict = judge(said(FINE, VULNERABLE), LOCKED)
    assert verdict.vulnerable == ["jinja2 3.1.6: PYSEC-2026-1, fixed in 3.1.7"]
    assert not verdict.good


def test_every_package_of_the_lock_is_given_to_the_audit_whatever_python_it_is_for(tmp_path: Path) -> None:
    """As pip-audit itself reads what it is given: what is for Windows, or another Python, would be missed for ever."""
    locked = python_packages()
    read = set()
    for number, part in enumerate(parts_of(locked)):
        file = tmp_path / f"{number}.txt"
        file.write_text(written(part))
        read |= {
            (each.canonical_name, str(getattr(each, "version", None)))
            for each in RequirementSource([file], require_hashes=True, disable_pip=True).collect()
        }
    assert read == {(package.name, package.version) for package in locked}
    assert sum(map(len, parts_of(locked))) == len(locked)


def test_two_versions_of_a_package_are_two_questions() -> None:
    older = Package("aiohttp", "3.13.0", ("2" * 64,))
    assert parts_of([older, AIOHTTP, JINJA]) == [[older, JINJA], [AIOHTTP]]


def test_the_inventory_is_valid_and_the_same_every_time() -> None:
    once = text()
    assert mistakes_in(once) == []
    assert once == text()
    assert "timestamp" not in once
    assert "serialNumber" not in once


def test_the_inventory_holds_every_package_of_the_locks_with_its_hashes() -> None:
    made = json.loads(text())
    by_purl = {each["purl"]: each for each in made["components"]}
    packages = python_packages()
    assert len(packages) > 50
    for package in packages:
        (reference,) = by_purl[f"pkg:pypi/{package.name}@{package.version}"]["externalReferences"]
        assert sorted(each["content"] for each in reference["hashes"]) == list(package.hashes)
    shipped = {each["name"] for each in made["components"] if each["scope"] == "required"}
    assert {"dkfds"} | {package.name for package in packages} == shipped
    assert len(by_purl) == len(packages) + len(npm_packages())


def test_the_inventory_names_no_address() -> None:
    """Where a package came from is whoever installs' choice; the hashes say what it is."""
    components = json.dumps(json.loads(text())["components"])
    assert "://" not in components


def test_an_invalid_inventory_is_noticed() -> None:
    assert mistakes_in('{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"name": 1}]}')
