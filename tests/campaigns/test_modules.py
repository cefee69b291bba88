"""Who recruits is a folder of files: anybody adds one, and what is wrong with one is told."""

import re
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

from campaigns.modules import lay_out
from campaigns.modules.find import WrongModule, contrast_with_white, find, packages, read_module
from campaigns.modules.lay_out import CannotLayOut
from campaigns.modules.module import Part
from campaigns.organisation.check import mistakes_in
from campaigns.organisation.read import read_tree

EXAMPLE = resources.files("campaigns.eksempel_kommune")


@pytest.mark.parametrize("name", packages())
def test_every_installed_module_can_be_used(name: str) -> None:
    module = find(name)
    listed = read_tree("tree.csv", module.tree)
    assert listed.mistakes == []
    assert mistakes_in(listed.lines) == []
    assert module.owner.part is Part.OWNER


@pytest.mark.parametrize(("name", "k"), [("forsvarsministeriet", 10), ("eksempel-kommune", 5)])
def test_no_number_below_ten_is_told_in_a_defence_organisation_and_none_below_five_elsewhere(name: str, k: int) -> None:
    assert find(name).facts.rules.k == k


def test_the_ministry_asks_people_only_as_made_up_numbers() -> None:
    """How many are in a unit is the ministry's to say. One made-up flotilla has forty, among sixty units."""
    module = find("forsvarsministeriet")
    assert module.asked is None
    lines = (module.made_up_asked or b"").decode().splitlines()[1:]
    assert all(line.endswith(";made up") for line in lines)
    people = [int(line.split(";")[1]) for line in lines]
    assert (len(people), sum(1 for each in people if each == 40)) == (60, 1)


def test_a_module_that_was_laid_out_is_installed_and_found_and_nothing_else_was_touched(tmp_path: Path) -> None:
    made = lay_out.lay_out("min-styrelse", tmp_path)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    alone = ["--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, *alone, "--target", tmp_path / "installed", made], check=True, capture_output=True)
    listed = subprocess.run(
        [sys.executable, "-m", "campaigns", "modules"],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(tmp_path / "installed")},
        cwd=tmp_path,
    ).stdout
    assert re.search(r"^min-styrelse +Eksempel Kommune \(campaign_min_styrelse\)$", listed, re.MULTILINE)
    assert {*packages()} <= {line.split()[0] for line in listed.splitlines()}


@pytest.mark.parametrize("name", ["", "X", "../up", "a b", "1a", "æ"])
def test_a_name_that_cannot_be_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(CannotLayOut, match="cannot be a module's name"):
        lay_out.lay_out(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    with pytest.raises(CannotLayOut, match="is there already"):
        lay_out.lay_out("mine", tmp_path)


WRONG = [
    ("module.toml", 'colour = "#7a1f3d"', 'colour = "#ffdd00"', "look.colour #ffdd00 is too light for white letters"),
    ("module.toml", 'colour = "#7a1f3d"', 'colour = "red; }"', "look.colour"),
    ("module.toml", 'part = "owner"', 'part = "partner"', 'parties has 0 with part = "owner"'),
    ("module.toml", "[rules]", "[rules]\nk = 1", "k"),
    ("module.toml", "[rules]", "[rules", "module.toml: "),
    ("texts_da.toml", "Bliv hjerteløber", "Bliv frivillig", "page.heading says »frivillig«: the word is »hjerteløber«"),
    ("texts_da.toml", "kommunen ser", "din arbejdsgiver ser", "page.paragraphs says »din arbejdsgiver«"),
    ("texts_en.toml", "[page]", "[side]", "texts_en.toml: "),
]


@pytest.mark.parametrize(("file", "right", "wrong", "said"), WRONG, ids=[each[3] for each in WRONG])
def test_what_is_wrong_with_a_module_is_told_by_its_file(
    tmp_path: Path, file: str, right: str, wrong: str, said: str
) -> None:
    for each in EXAMPLE.iterdir():
        if each.name.endswith((".toml", ".csv")):
            text = each.read_text("utf-8")
            assert each.name != file or right in text
            (tmp_path / each.name).write_text(text.replace(right, wrong) if each.name == file else text, "utf-8")
    (tmp_path / "tree.csv").unlink()
    with pytest.raises(WrongModule) as told:
        read_module("mine", tmp_path)
    assert said in str(told.value)
    assert "tree.csv is missing" in str(told.value), "all at once"


def test_a_module_that_is_not_installed_names_those_that_are() -> None:
    with pytest.raises(WrongModule, match="eksempel-kommune, forsvarsministeriet"):
        find("nobody")


def test_contrast_is_that_of_the_standard() -> None:
    assert [round(contrast_with_white(each), 2) for each in ("#ffffff", "#000000", "#767676")] == [1.0, 21.0, 4.54]


def test_no_authority_s_logo_ships() -> None:
    """Pictures in the package: own heart, dkfds's symbols, and no other."""
    folder = resources.files("campaigns")
    found = {path.name for path in Path(str(folder)).rglob("*") if path.suffix in {".svg", ".png", ".jpg", ".gif"}}
    assert found == {"heart.svg", "info.svg", "warning.svg"}
