"""How many are hoped for by when, and whether what was told has come so far."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

import msgspec

from campaigns.campaign.campaign import Asked
from campaigns.figures.figure import Figure
from campaigns.figures.view import View
from campaigns.organisation.unit import UnitCode


class State(StrEnum):
    YES = "yes"
    NOT_SHOWN = "not_shown"  # what is told has not come so far; there may be more than is told


class Target(msgspec.Struct, frozen=True):
    """`people` new hjerteløbere by the end of `on`: a unit's own target and those of all units below, added up.

    `from_units` units have one, `without` have none. `expected` is where a straight line from the campaign's first day
    to each target's day stands at the end of the period; `on_track` compares what is told with it.
    """

    people: int
    on: date
    from_units: int
    without: int
    reached: State
    expected: int
    on_track: State


def target_of(view: View, unit: UnitCode | None, registered: Figure, day: date) -> Target | None:
    """Of a unit, or of all (None), by what is told at the end of a day. None where no target is set."""
    with_one = targets_of(view, unit)
    if not with_one:
        return None
    people = sum(each.target or 0 for each in with_one)
    expected = expected_by(with_one, view.campaign.since, day)
    return Target(
        people=people,
        on=max(each.target_on for each in with_one if each.target_on is not None),
        from_units=len(with_one),
        without=len(_units(view, unit)) - len(with_one),
        reached=state(registered, people),
        expected=expected,
        on_track=state(registered, expected),
    )


def targets_of(view: View, unit: UnitCode | None) -> list[Asked]:
    """Of a unit and all below it, or of all: those that have a target."""
    there = [view.asked[each] for each in _units(view, unit) if each in view.asked]
    return [each for each in there if each.target is not None]


def _units(view: View, unit: UnitCode | None) -> list[UnitCode]:
    return list(view.tree.units if unit is None else view.tree.whole(unit))


def expected_by(asked: Iterable[Asked], since: date, day: date) -> int:
    """Where straight lines from a campaign's first day to each target stand at the end of a day."""
    expected = 0.0
    for each in asked:
        if each.target is not None and each.target_on is not None:
            whole = max(1, (each.target_on - since).days + 1)
            expected += each.target * min(1.0, max(0, (day - since).days + 1) / whole)
    return round(expected)


def state(figure: Figure, wanted: int) -> State:
    """Whether what was told has come so far. That somebody is *not* there is never concluded: telling may lag."""
    return State.YES if (figure.told or 0) >= wanted else State.NOT_SHOWN
