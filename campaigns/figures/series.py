"""Week by week: what was told at the end of each."""

from collections.abc import Sequence
from datetime import date

import msgspec

from backend.public.counting import Stage
from campaigns.campaign.campaign import Asked
from campaigns.figures.figure import Figure
from campaigns.figures.numbers import Numbers
from campaigns.figures.period import Period
from campaigns.figures.table import Cell, Column, Kind, Row, Table
from campaigns.figures.target import expected_by
from campaigns.figures.visits import Visits
from campaigns.organisation.unit import UnitCode


class Week(msgspec.Struct, frozen=True):
    """Until the end of the day `ends_on`, a Sunday or the last day told of; `visited` in the week itself.

    `expected` is where the straight way to the target stands; None where there is none, or it is not theirs to see.
    """

    ends_on: date
    registered: Figure
    connected: Figure
    reachable: Figure
    trained: Figure
    visited: Figure
    expected: int | None = None


class Series(msgspec.Struct, frozen=True):
    weeks: tuple[Week, ...]


def series(
    numbers: Numbers, visits: Visits, unit: UnitCode | None, period: Period, targets: Sequence[Asked] = ()
) -> Series:
    return Series(
        tuple(
            Week(
                day,
                numbers.of(unit, Stage.REGISTERED, day),
                numbers.of(unit, Stage.CONNECTED, day),
                numbers.of(unit, Stage.REACHABLE, day),
                numbers.of(unit, Stage.TRAINED, day),
                visits.of(unit, day, in_week=True),
                expected_by(targets, numbers.view.campaign.since, day) if targets else None,
            )
            for day in period.week_ends()
        )
    )


def series_table(found: Series) -> Table:
    with_target = any(week.expected is not None for week in found.weeks)
    return Table(
        "uger",
        "Uge for uge",
        "Antal i alt ved ugens slutning, besøg i ugen selv."
        + (" Målet ligger på en lige linje fra kampagnens første dag." if with_target else ""),
        (
            Column("week", "Uge", Kind.WEEK),
            Column("ends_on", "Til og med", Kind.DAY),
            Column("registered", "Nye hjerteløbere", Kind.COUNT),
            Column("connected", "Har appen", Kind.COUNT),
            Column("reachable", "Kan alarmeres", Kind.COUNT),
            Column("trained", "Har lært HLR", Kind.COUNT),
            Column("visited", "Besøg i ugen", Kind.COUNT),
            *((Column("expected", "Vejen mod målet", Kind.COUNT),) if with_target else ()),
        ),
        tuple(Row(week.ends_on.isoformat(), _cells(week, with_target=with_target)) for week in found.weeks),
    )


def _cells(week: Week, *, with_target: bool) -> tuple[Cell, ...]:
    cells = (
        week.ends_on,
        week.ends_on,
        week.registered,
        week.connected,
        week.reachable,
        week.trained,
        week.visited,
    )
    return (*cells, week.expected) if with_target else cells
