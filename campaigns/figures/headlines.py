"""The three numbers that matter, and how far they have moved."""

from datetime import date

import msgspec

from backend.public.counting import Stage
from campaigns.figures.figure import Figure, change
from campaigns.figures.numbers import Numbers
from campaigns.figures.period import WEEK, Period
from campaigns.figures.table import Column, Kind, Row, Table
from campaigns.organisation.unit import UnitCode

TITLES = {
    Stage.REGISTERED: "Nye hjerteløbere",
    Stage.REACHABLE: "Kan alarmeres",
    Stage.TRAINED: "Har lært HLR",
}


class Headline(msgspec.Struct, frozen=True):
    """`in_period`, `this_week` and `week_before` are how much more is told; None where nothing is.

    `this_week` are the seven days until the period's last, `week_before` the seven before them.
    """

    stage: str
    title: str
    figure: Figure
    in_period: int | None
    this_week: int | None
    week_before: int | None


def days_of(period: Period) -> list[date]:
    """The days of which numbers have to be read."""
    return [period.day_before, period.until, period.until - WEEK, period.until - 2 * WEEK]


def headlines(numbers: Numbers, unit: UnitCode | None, period: Period) -> tuple[Headline, ...]:
    found = []
    for stage, title in TITLES.items():
        before, now, week, two_weeks = (numbers.of(unit, stage, day) for day in days_of(period))
        week_before = None if week.told is None else change(week, two_weeks)
        found.append(
            Headline(stage.value, title, now, change(now, before), change(now, week), week_before),
        )
    return tuple(found)


def headlines_table(found: tuple[Headline, ...]) -> Table:
    return Table(
        "hovedtal",
        "Hovedtal",
        "Tal om mennesker er »mindst så mange« og vokser i hele trin.",
        (
            Column("stage", "Trin", Kind.TEXT),
            Column("at_least", "I alt", Kind.COUNT),
            Column("in_period", "I perioden", Kind.CHANGE),
            Column("this_week", "Seneste uge", Kind.CHANGE),
            Column("week_before", "Ugen før", Kind.CHANGE),
        ),
        tuple(
            Row(each.stage, (each.title, each.figure, each.in_period, each.this_week, each.week_before))
            for each in found
        ),
    )
