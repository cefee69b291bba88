"""Whatever legal edits an organisation makes: a tree on every day, and counting groups that only grow."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.campaign.campaign import Asked
from campaigns.campaign.place import Place, places_on
from campaigns.organisation.check import Line, mistakes_in
from campaigns.organisation.unit import Kind, Unit, UnitCode, days_of_change, tree_on

START = date(2026, 1, 1)
TOP = UnitCode("TOP")
CODES = [UnitCode(f"U{number}") for number in range(5)]


class Edit(msgspec.Struct, frozen=True):
    """What somebody wishes to change on a day; done where it is legal then. `other` is one of those there."""

    what: str
    one: int
    other: int
    days: int


EDITS = st.lists(
    st.builds(
        Edit,
        st.sampled_from(["open", "close", "move", "move", "merge", "split", "rename", "code", "code"]),
        st.integers(0, 4),
        st.integers(0, 5),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=40,
)


def lines(history: Sequence[Unit]) -> list[Line]:
    return [Line("units.csv", number, unit) for number, unit in enumerate(history, start=2)]


def a_unit(code: UnitCode, parent: UnitCode | None, day: date) -> Unit:
    return Unit(code, parent, Kind.ENHED, code, code, day)


def at_first() -> list[Unit]:
    return [a_unit(TOP, None, START), *(a_unit(code, TOP, START) for code in CODES)]


def ended(history: Sequence[Unit], code: UnitCode, day: date, into: UnitCode | None = None) -> list[Unit]:
    """The history in which a unit's time ends that day; one that began the same day was never there."""
    kept = [unit for unit in history if not (unit.code == code and unit.until is None and unit.since == day)]
    return [
        msgspec.structs.replace(unit, until=day, merged_into=into) if unit.code == code and unit.until is None else unit
        for unit in kept
    ]


def edited(history: list[Unit], edit: Edit, day: date) -> list[Unit]:
    there = tree_on(history, day).units
    one, other = CODES[edit.one], sorted(there)[edit.other % len(there)]
    match edit.what:
        case "open":
            return [*history, a_unit(one, other, day)]
        case "close":
            return ended(history, one, day)
        case "move" | "rename" if one in there:
            parent = other if edit.what == "move" else there[one].parent
            moved = msgspec.structs.replace(a_unit(one, parent, day), name_da=f"{one} {day}")
            return [*ended(history, one, day), moved]
        case "merge":
            return ended(history, one, day, other)
        case "split" if there[other].parent is not None:
            return [*history, msgspec.structs.replace(a_unit(one, there[other].parent, day), split_from=other)]
    return history


@settings(deadline=None, max_examples=200)
@given(EDITS)
def test_each_unit_has_one_parent_a_day_in_no_circle_and_groups_only_grow(edits: list[Edit]) -> None:
    history, taken, day = at_first(), dict[tuple[UnitCode, int], Place](), START
    asked = {code: Asked(code, 50) for code in [TOP, *CODES]}
    parents: dict[str, str | None] = {}
    for edit in edits:
        day += timedelta(days=edit.days)
        if edit.what != "code":
            tried = edited(history, edit, day)
            history = history if mistakes_in(lines(tried)) else tried  # as an import does
            continue
        if CODES[edit.one] not in tree_on(history, day).units:
            continue
        places = places_on(history, day, asked, list(taken.values()), CODES[edit.one])
        assert [place.above for place in places] == [None, *(place.whole for place in places[:-1])], "where it stands"
        for place in places:
            assert taken.setdefault((place.unit, place.number), place) == place, "a place that was taken is as it was"
            for group in place.groups(with_own=place is places[-1]):
                assert group.parent is None or group.parent in parents, "registered before, or just now, above it"
                assert not str(group.parent).endswith("/own"), "nothing is below a group that has codes"
                assert parents.setdefault(group.name, group.parent) == group.parent, "no group ever moves"
        assert [place.unit for place in places] == tree_on(history, day).way_to(CODES[edit.one])
    for each in days_of_change(history):
        tree = tree_on(history, each)
        assert len(tree.units) == sum(unit.is_there(each) for unit in history), "one parent a unit"
        assert tree.roots() == [TOP]
        assert sorted(tree.whole(TOP)) == sorted(tree.units), "from the top everybody is reached: no circle"


@settings(deadline=None, max_examples=100)
@given(EDITS)
def test_whoever_has_moved_or_was_reshaped_is_in_a_new_place_and_nobody_else(edits: list[Edit]) -> None:
    """Codes are made every day: a place changes with the way above it, what merged into it or split off."""
    history, taken, day = at_first(), list[Place](), START
    asked = {code: Asked(code, 50) for code in [TOP, *CODES]}
    seen: dict[UnitCode, tuple[object, int]] = {}
    for edit in edits:
        day += timedelta(days=1)
        tried = edited(history, edit, day)
        history = history if mistakes_in(lines(tried)) else tried
        tree = tree_on(history, day)
        for code in tree.whole(TOP):
            place = places_on(history, day, asked, taken, code)[-1]
            if place not in taken:
                taken.append(place)
            joined = max(
                (u.until for u in history if u.merged_into == code and u.until and u.until <= day), default=None
            )
            parted = max((u.since for u in history if u.split_from == code and u.since <= day), default=None)
            above = tree.units[code].parent
            shape = (joined, parted, above, None if above is None else seen[above])
            before = seen.get(code)
            assert before is None or (before[0] == shape) == (before[1] == place.number)
            seen[code] = (shape, place.number)
