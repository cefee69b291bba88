"""A tree somebody wrote down: what is right of it is a tree on every day, what is wrong is told at once."""

from datetime import date

import pytest

from backend.public.store import Store
from campaigns.organisation import queries
from campaigns.organisation.check import mistakes_in
from campaigns.organisation.keep import Wrong, import_tree
from campaigns.organisation.read import read_tree
from campaigns.organisation.unit import Unit, UnitCode, tree_on
from tests.campaigns.cast import Office

HEADER = "code;parent;kind;name_da;name_en;from;to;merged_into;split_from"
MERGER = date(2027, 1, 1)


def a_file(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *lines]).encode()


def a_line(
    code: str, parent: str = "", since: str = "2026-01-01", until: str = "", merged: str = "", split: str = ""
) -> str:
    return f"{code};{parent};enhed;{code} på dansk;{code} in English;{since};{until};{merged};{split}"


def mistakes_of(*lines: str) -> list[str]:
    listed = read_tree("units.csv", a_file(*lines))
    return [str(each) for each in listed.mistakes or mistakes_in(listed.lines)]


async def imported(store: Store, *lines: str) -> list[Unit]:
    async with store.transaction() as c:
        await import_tree(c, "somebody", read_tree("units.csv", a_file(*lines)))
        return await queries.history_of(c, "somebody")


WRONG = {
    "a circle": (
        [a_line("A"), a_line("B", "D"), a_line("C", "B"), a_line("D", "C")],
        "units.csv, line 5: a circle on 2026-01-01 (B below D, D below C, C below B): one of them below",
    ),
    "a circle by moving": (
        [a_line("A"), a_line("B", "A", until="2026-06-01"), a_line("B", "C", since="2026-06-01"), a_line("C", "B")],
        "units.csv, line 5: a circle on 2026-06-01 (B below C, C below B): one of them below a unit outside it",
    ),
    "itself": ([a_line("A"), a_line("B", "B")], "units.csv, line 3: B is below itself"),
    "two parents on one day": (
        [a_line("A"), a_line("B", "A"), a_line("C", "A"), a_line("C", "B", since="2026-03-01")],
        "units.csv, line 5: C would be below A (line 4) and below B on 2026-03-01: `to` of the earlier line",
    ),
    "twice": ([a_line("A"), a_line("B", "A"), a_line("B", "A")], "units.csv, line 4: B is there twice (line 3)"),
    "overlapping": (
        [a_line("A"), a_line("B", "A", until="2026-05-01"), a_line("B", "A", since="2026-04-01")],
        "units.csv, line 4: B overlaps line 3 on 2026-04-01",
    ),
    "closed with a unit left below it": (
        [a_line("A"), a_line("B", "A", until="2026-06-01"), a_line("C", "B")],
        "units.csv, line 4: C is below B, which is not there on 2026-06-01: close C by that day, or give it",
    ),
    "opened before the one above it": (
        [a_line("A"), a_line("B", "A", since="2026-06-01"), a_line("C", "B")],
        "units.csv, line 4: C is below B, which is not there on 2026-01-01",
    ),
    "an unknown parent": ([a_line("A"), a_line("B", "X")], "units.csv, line 3: there is no unit X for B to be below"),
    "two at the top": (
        [a_line("A"), a_line("B")],
        "units.csv, line 3: B has no unit above it, and neither has A (line 2)",
    ),
    "ends before it begins": ([a_line("A", until="2025-01-01")], "units.csv, line 2: A ends on 2025-01-01"),
    "merged, when": ([a_line("A"), a_line("B", "A", merged="A")], "units.csv, line 3: B merged into A: on which day"),
    "merged into one that is gone": (
        [a_line("A"), a_line("B", "A", until="2026-06-01"), a_line("C", "A", until="2026-07-01", merged="B")],
        "units.csv, line 4: C merged into B, which is not there on 2026-07-01",
    ),
    "split from one that was not": (
        [a_line("A"), a_line("B", "A", since="2026-06-01"), a_line("C", "A", split="B")],
        "units.csv, line 4: C was split from B, which was not there the day before 2026-01-01",
    ),
    "no day": ([a_line("A", since="soon")], "units.csv, line 2: `from` is 'soon': a day, as 2027-01-31 or 31-01-2027"),
    "no such day": ([a_line("A", since="2026-02-30")], "units.csv, line 2: `from` is '2026-02-30'"),
    "no kind": (["A;;gang;A;A;2026-01-01;;;"], "units.csv, line 2: `kind` is 'gang': one of koncern, departement"),
    "no name": (["A;;enhed;;A;2026-01-01;;;"], "units.csv, line 2: `name_da` is empty"),
    "a code with a space": ([a_line("A B")], "units.csv, line 2: `code` is 'A B'"),
    "a formula": ([a_line("=A1")], "units.csv, line 2: `code` is '=A1'"),
    "too few cells": (["A;;enhed;A;A"], "units.csv, line 2: 5 cells, and the first line has 9"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_names_its_line_and_what_would_be_right(name: str) -> None:
    lines, said = WRONG[name]
    mistakes = mistakes_of(*lines)
    assert any(each.startswith(said) for each in mistakes), mistakes


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no column code, parent, kind, name_da, name_en"),
        (HEADER.encode(), "no line below the names of the columns"),
        (a_file("A;;enhed;A;A", header="code;parent;kind;name_da;name_en"), "no unit has a day in `from`"),
        (a_file("A;;enhed;A;A;", header="code;parent;kind;name_da;name_en;boss"), "no column is called 'boss'"),
        (a_file("A;;enhed;A;A;A", header="code;parent;kind;name_da;name_en;code"), "the column code is there twice"),
        ((HEADER + "\nA;;enhed;Hærvejen;A;2026-01-01;;;").encode("latin-1"), "line 2: a letter that is not UTF-8"),
        ("code;parent".encode("utf-16"), "a letter that is not UTF-8"),
        (b"x" * 2_000_001, "larger than 2 MB"),
        (b"code;\0", "not a CSV file"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_told(content: bytes, said: str) -> None:
    assert said in "\n".join(map(str, read_tree("units.csv", content).mistakes))


def test_all_mistakes_are_told_at_once() -> None:
    mistakes = mistakes_of(a_line("A", since="soon"), a_line("B C"), "D;;gang;;;x;;;")
    assert [each.split(":")[0] for each in mistakes] == ["units.csv, line 2", "units.csv, line 3"] + [
        "units.csv, line 4"
    ] * 4


@pytest.mark.parametrize("prefix", [b"", b"\xef\xbb\xbf"], ids=["plain", "with BOM"])
@pytest.mark.parametrize("separator", [";", ","])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_as_excel_saves_it_is_read(prefix: bytes, separator: str, end: str) -> None:
    lines = [HEADER, 'KOM;;kommune;"Ærø; Kommune, »Ø«";Ærø;31-01-2026;;;', "SKO;kom;enhed;Skoler;Schools;2026-02-01;;;"]
    text = end.join(line.replace(";", separator).replace("Ærø" + separator, "Ærø;", 1) for line in lines)
    listed = read_tree("units.csv", prefix + text.encode())
    assert listed.mistakes == []
    assert [(each.unit.name_da, each.unit.parent) for each in listed.lines] == [
        ("Ærø; Kommune, »Ø«", None),
        ("Skoler", "KOM"),
    ]
    assert listed.lines[0].unit.since == date(2026, 1, 31)


async def test_a_wrong_file_changes_nothing(store: Store) -> None:
    before = await imported(store, a_line("A"), a_line("B", "A"))
    with pytest.raises(Wrong):
        await imported(store, a_line("A"), a_line("B", "C"), a_line("C", "B"))
    async with store.transaction() as c:
        assert await queries.history_of(c, "somebody") == before


async def test_a_unit_that_was_imported_is_never_just_gone(store: Store) -> None:
    await imported(store, a_line("A"), a_line("B", "A"))
    with pytest.raises(Wrong, match="B was imported before and is not in the list: its line, with the day it ended"):
        await imported(store, a_line("A"))


async def test_importing_again_changes_nothing(office: Office) -> None:
    again = await office.imports_its_tree()
    assert (again.units, again.changes) == (61, [])


async def test_units_close_move_merge_and_split_and_the_tree_of_any_day_is_told(store: Store) -> None:
    history = await imported(
        store,
        a_line("TOP"),
        a_line("NORTH", "TOP"),
        a_line("SOUTH", "TOP"),
        a_line("MOVES", "NORTH", until="2027-01-01"),
        a_line("MOVES", "SOUTH", since="2027-01-01"),
        a_line("GONE", "NORTH", until="2027-01-01", merged="SOUTH"),
        a_line("NEW", "NORTH", since="2027-01-01", split="NORTH"),
    )
    before, after = tree_on(history, date(2026, 12, 31)), tree_on(history, MERGER)
    assert before.way_to(UnitCode("MOVES")) == ["TOP", "NORTH", "MOVES"]
    assert after.way_to(UnitCode("MOVES")) == ["TOP", "SOUTH", "MOVES"]
    assert set(before.units) - set(after.units) == {"GONE"}
    assert set(after.whole(UnitCode("NORTH"))) == {"NORTH", "NEW"}


async def test_a_list_without_days_holds_from_the_day_that_is_said(store: Store) -> None:
    """As a personnel system gives it: who is not in it any more is closed, who is below another has moved."""
    await imported(store, a_line("TOP"), a_line("A", "TOP"), a_line("B", "A"), a_line("C", "TOP", until="2026-06-01"))
    header = "code,parent,kind,name_da,name_en"
    listed = read_tree(
        "list.csv",
        a_file("TOP,,enhed,TOP på dansk,TOP in English", "B,TOP,enhed,B på dansk,B in English", header=header),
        MERGER,
    )
    async with store.transaction() as c:
        done = await import_tree(c, "somebody", listed, MERGER)
        again = await import_tree(c, "somebody", listed, MERGER)
        history = await queries.history_of(c, "somebody")
    assert [str(each) for each in done.changes] == ["2027-01-01  A closes", "2027-01-01  B moves below TOP"]
    assert again.changes == []
    assert set(tree_on(history, MERGER).units) == {"TOP", "B"}
    assert set(tree_on(history, date(2026, 5, 1)).units) == {"TOP", "A", "B", "C"}


async def test_a_list_without_days_whose_units_hang_in_the_air_is_refused(store: Store) -> None:
    await imported(store, a_line("TOP"), a_line("A", "TOP"))
    listed = read_tree("list.csv", a_file("A;B;enhed;A;A", header="code;parent;kind;name_da;name_en"), MERGER)
    with pytest.raises(Wrong, match="there is no unit B for A to be below"):
        async with store.transaction() as c:
            await import_tree(c, "somebody", listed, MERGER)


async def test_the_ministry_s_tree_is_that_of_the_domain(office: Office) -> None:
    """Sixty units with the made-up ones; Beredskabsstyrelsen left in 2024 and is known as closed."""
    async with office.store.transaction() as c:
        history = await queries.history_of(c, office.module.name)
    today = tree_on(history, date(2026, 11, 27))
    assert (len(today.units), today.roots()) == (60, ["FMN"])
    assert "BRS" in tree_on(history, date(2024, 8, 28)).units
    assert "BRS" not in today.units
    assert {"HJV-VHV", "HJV-PHV"} <= set(today.whole(UnitCode("HJV-HHV")))
    assert all("opdigtet" in unit.name_da for code, unit in today.units.items() if code.startswith("EKS-"))
