"""Week by week: what was told at the end of each."""

from datetime import date

import msgspec

from backend.public.counting import Stage
from campaigns.figures.figure import Figure
from campaigns.figures.numbers import Numbers
from campaigns.figures.period import Period
from campaigns.figures.table import Column, Kind, Row, Table
from campaigns.figures.visits import Visits
from campaigns.organisation.unit import UnitCode


class Week(msgspec.Struct, frozen=True):
    """Until the end of the day `ends_on`, a Sunday or the last day told of; `visited` in the week itself."""

    ends_on: date
    registered: Figure
    connected: Figure
    reachable: Figure
    trained: Figure
    visited: Figure


class Series(msgspec.Struct, frozen=True):
    weeks: tuple[Week, ...]


def series(numbers: Numbers, visits: Visits, unit: UnitCode | None, period: Period) -> Series:
    return Series(
        tuple(
            Week(
                day,
                numbers.of(unit, Stage.REGISTERED, day),
                numbers.of(unit, Stage.CONNECTED, day),
                numbers.of(unit, Stage.REACHABLE, day),
                numbers.of(unit, Stage.TRAINED, day),
                visits.of(unit, day, in_week=True),
            )
            for day in period.week_ends()
        )
    )


def series_table(found: Series) -> Table:
    return Table(
        "uger",
        "Uge for uge",
        "Antal i alt ved ugens slutning, besøg i ugen selv.",
        (
            Column("week", "Uge", Kind.WEEK),
            Column("ends_on", "Til og med", Kind.DAY),
            Column("registered", "Nye hjerteløbere", Kind.COUNT),
            Column("connected", "Har appen", Kind.COUNT),
            Column("reachable", "Kan alarmeres", Kind.COUNT),
            Column("trained", "Har lært HLR", Kind.COUNT),
            Column("visited", "Besøg i ugen", Kind.COUNT),
        ),
        tuple(
            Row(
                each.ends_on.isoformat(),
                (
                    each.ends_on,
                    each.ends_on,
                    each.registered,
                    each.connected,
                    each.reachable,
                    each.trained,
                    each.visited,
                ),
            )
            for each in found.weeks
        ),
    )
