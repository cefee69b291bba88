"""Where new hjerteløbere live: by municipality as told, by region as the sum of what is told of its municipalities."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

import msgspec

from backend.public.counting import NOWHERE, GroupName, Stage
from backend.public.places import Level
from backend.public.store import Connection
from campaigns.areas.area import Area
from campaigns.areas.look_up import areas_on
from campaigns.figures.figure import Figure, at_least, per_100_000
from campaigns.figures.numbers import Numbers, of_groups
from campaigns.figures.period import Period
from campaigns.figures.table import Column, Kind, Row, Table
from campaigns.figures.view import View

STAGES = (Stage.REGISTERED.value, Stage.REACHABLE.value, Stage.CONNECTED.value, Stage.TRAINED.value)
UNKNOWN = "Ikke oplyst"


class InArea(msgspec.Struct, frozen=True):
    """`active` can be alarmed. Of a hundred thousand inhabitants where their number is known, as of `year`."""

    code: str
    name: str
    parent: str | None
    inhabitants: int | None
    year: int | None
    new: Figure
    new_per_100_000: float | None
    active: Figure
    active_per_100_000: float | None
    connected: Figure
    trained: Figure


class Areas(msgspec.Struct, frozen=True):
    """As regions and municipalities are on the last day of the period."""

    day: date
    regions: tuple[InArea, ...]
    municipalities: tuple[InArea, ...]

    def of(self, level: Level) -> tuple[InArea, ...]:
        return self.regions if level is Level.REGION else self.municipalities


async def areas(connection: Connection, view: View, period: Period, on: date | None = None) -> Areas:
    """`on`: the day whose regions are wanted, the period's last if None. Raises NotYours."""
    view.allow_whole()
    day = on or period.until
    there = await areas_on(connection, day)
    groups = [GroupName(area.code) for area in there if area.level is Level.MUNICIPALITY]
    numbers = await of_groups(connection, view, [*groups, NOWHERE], STAGES, [period.until])
    return put_together(numbers, there, period.until, day)


def put_together(numbers: Numbers, there: Sequence[Area], until: date, day: date) -> Areas:
    municipalities = [area for area in there if area.level is Level.MUNICIPALITY]
    return Areas(
        day,
        tuple(
            _in_area(area, numbers, [each.code for each in municipalities if each.parent == area.code], until)
            for area in there
            if area.level is Level.REGION
        ),
        (
            *(_in_area(area, numbers, [area.code], until) for area in municipalities),
            _nowhere(numbers, until),
        ),
    )


def _in_area(area: Area, numbers: Numbers, parts: Sequence[str], until: date) -> InArea:
    new, active, connected, trained = (
        at_least([numbers.of_group(GroupName(part), stage, until).told for part in parts]) for stage in STAGES
    )
    people = area.inhabitants
    return InArea(
        area.code,
        area.name_da,
        area.parent,
        None if people is None else people.people,
        None if people is None else people.year,
        new,
        per_100_000(new, None if people is None else people.people),
        active,
        per_100_000(active, None if people is None else people.people),
        connected,
        trained,
    )


def _nowhere(numbers: Numbers, until: date) -> InArea:
    new, active, connected, trained = (numbers.of_group(NOWHERE, stage, until) for stage in STAGES)
    return InArea(NOWHERE, UNKNOWN, None, None, None, new, None, active, None, connected, trained)


class Names(StrEnum):
    REGIONS = "regioner"
    MUNICIPALITIES = "kommuner"


def areas_table(found: Areas, level: Level) -> Table:
    regions = level is Level.REGION
    years = sorted({each.year for each in found.of(level) if each.year is not None})
    of = f" Indbyggere 1. januar {', '.join(map(str, years))}." if years else ""
    return Table(
        Names.REGIONS if regions else Names.MUNICIPALITIES,
        "Regioner" if regions else "Kommuner",
        (
            "En regions tal er lagt sammen af kommunernes viste tal."
            if regions
            else "Kommunen er den, de selv har skrevet."
        )
        + of,
        (
            Column("area", "Region" if regions else "Kommune", Kind.TEXT),
            Column("inhabitants", "Indbyggere", Kind.COUNT),
            Column("new", "Nye hjerteløbere", Kind.COUNT),
            Column("new_per_100_000", "Nye pr. 100.000", Kind.PER_100_000),
            Column("active", "Kan alarmeres", Kind.COUNT),
            Column("active_per_100_000", "Kan alarmeres pr. 100.000", Kind.PER_100_000),
            Column("connected", "Har appen", Kind.COUNT),
            Column("trained", "Har lært HLR", Kind.COUNT),
        ),
        tuple(
            Row(
                each.code,
                (
                    each.name,
                    each.inhabitants,
                    each.new,
                    each.new_per_100_000,
                    each.active,
                    each.active_per_100_000,
                    each.connected,
                    each.trained,
                ),
            )
            for each in found.of(level)
        ),
    )
