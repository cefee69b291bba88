"""How a stored history and a list that was given become the history from now on."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

import msgspec

from campaigns.organisation.check import Line
from campaigns.organisation.unit import Unit, UnitCode, tree_on


class What(StrEnum):
    """What becomes of a unit."""

    OPENS = "opens"
    CLOSES = "closes"
    MOVES = "moves"
    IS_CALLED = "is called"


class Change(msgspec.Struct, frozen=True):
    """What is otherwise from a day on; `to` is the unit it moves below, or its name."""

    day: date
    code: UnitCode
    what: What
    to: str = ""

    def __str__(self) -> str:
        to = {What.MOVES: f" below {self.to}", What.IS_CALLED: f" {self.to}"}.get(self.what, "")
        return f"{self.day}  {self.code} {self.what}{to}"


def from_day_on(before: Sequence[Unit], listed: Sequence[Line], day: date, stored: str) -> list[Line]:
    """The history in which the undated list holds from `day` on, and until then what held before.

    Who is not in the list closes that day. `stored` is what the older part is called in a mistake.
    """
    now = {line.unit.code: line for line in listed}
    history: list[Line] = []
    going_on: set[UnitCode] = set()
    for number, unit in enumerate(before, start=1):
        wanted = now.get(unit.code)
        if unit.since >= day:
            continue
        if wanted is not None and unit.is_there(day) and _alike(unit, wanted.unit):
            going_on.add(unit.code)
            history.append(Line(wanted.file, wanted.number, _until(unit, None)))
        elif unit.is_there(day):
            history.append(Line(stored, number, _until(unit, day)))
        else:
            history.append(Line(stored, number, unit))
    return history + [line for line in listed if line.unit.code not in going_on]


def _until(unit: Unit, until: date | None) -> Unit:
    # What it was to merge into later is no more to be.
    return msgspec.structs.replace(unit, until=until, merged_into=None)


def _alike(one: Unit, other: Unit) -> bool:
    return (one.parent, one.kind, one.name_da, one.name_en) == (other.parent, other.kind, other.name_da, other.name_en)


def changes(before: Sequence[Unit], after: Sequence[Unit]) -> list[Change]:
    """What the later history says that the earlier one did not, day by day."""
    known = set(_told_in(before))
    return [change for change in _told_in(after) if change not in known]


def _told_in(history: Sequence[Unit]) -> list[Change]:
    told: list[Change] = []
    for unit in history:
        earlier = next((x for x in history if x.code == unit.code and x.until == unit.since), None)
        if earlier is None:
            told.append(Change(unit.since, unit.code, What.OPENS))
        else:
            if earlier.parent != unit.parent:
                told.append(Change(unit.since, unit.code, What.MOVES, unit.parent or "nobody"))
            if earlier.name_da != unit.name_da:
                told.append(Change(unit.since, unit.code, What.IS_CALLED, unit.name_da))
        if unit.until is not None and unit.code not in tree_on(history, unit.until).units:
            told.append(Change(unit.until, unit.code, What.CLOSES))
    return sorted(told, key=lambda change: (change.day, change.code, change.what))
