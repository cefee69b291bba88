"""docs/security/asvs.md: whole, counted, and every test it names is there."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "security" / "asvs.md").read_text("utf-8")
ROWS = re.findall(r"^\| v5\.0\.0-(\d+\.\d+\.\d+) \| ([12]) \| (.+?) \| (.+?) \| (.+) \|$", TEXT, re.MULTILINE)
LEVELS = {"1": 70, "2": 183}
"""How many ASVS 5.0.0 has of each."""


def test_every_requirement_of_levels_1_and_2_has_a_row() -> None:
    ids = [row[0] for row in ROWS]
    assert len(ids) == len(set(ids))
    assert Counter(row[1] for row in ROWS) == LEVELS


def test_it_says_how_many_are_automated() -> None:
    how = Counter(row[3] for row in ROWS)
    assert set(how) == {"test", "by hand", "not here", "**open**"}
    asked = sum(how.values()) - how["not here"]
    assert f"**{how['test']} of {asked} automated**: of {len(ROWS)} requirements {how['not here']} are" in TEXT
    said = f"Of those {how['test']} are held by a test, {how['by hand']} are looked at by hand or held by a tool's rule"
    assert said in TEXT
    assert f"and {how['**open**']} are open" in TEXT


def test_every_test_that_is_named_is_there() -> None:
    missing = []
    for number, _, _, how, by in ROWS:
        if how == "test":
            file, _, name = by.strip("`").partition("::")
            path = ROOT / "tests" / file
            if not path.exists() or (name and f"def {name}(" not in path.read_text("utf-8")):
                missing.append((number, by))
    assert missing == []


def test_what_is_not_tested_has_a_reason() -> None:
    assert [number for number, _, _, how, by in ROWS if how != "test" and not by.strip()] == []
