"""What stands on each page: tables, and the picture of each that has one."""

from collections.abc import Callable
from datetime import date

import msgspec

from backend.public.places import Level
from backend.public.store import Connection
from campaigns.areas.look_up import shapes_on
from campaigns.charts.bars import comparison_chart, funnel_chart, numbers_chart
from campaigns.charts.lines import series_chart
from campaigns.charts.look import Caption, Look, Spec
from campaigns.charts.map import can_be_drawn, map_chart
from campaigns.dashboard.asked import Asked
from campaigns.figures import danish
from campaigns.figures.areas import Areas, areas, areas_table
from campaigns.figures.channels import channels, channels_table, sources, sources_table
from campaigns.figures.comparison import comparison_table
from campaigns.figures.figure import Figure
from campaigns.figures.funnel import besides_table, funnel_table
from campaigns.figures.headlines import headlines_table
from campaigns.figures.overview import Overview, all_units
from campaigns.figures.series import series_table
from campaigns.figures.table import Table

MOST_BARS = 20
"""Of 98 municipalities a picture shows the first; the table has them all."""
Chart = Callable[[Table, int, Caption, Look], Spec]


class Part(msgspec.Struct, frozen=True):
    """A table with its picture; `says` is what the picture says to whoever does not see it."""

    table: Table
    chart: Chart | None = None
    says: str = ""


def parts_of(found: Overview, k: int) -> list[Part]:
    """Of the campaign's page, or a unit's."""
    funnel, weeks = funnel_table(found.funnel), series_table(found.series)
    parts = [
        Part(headlines_table(found.headlines)),
        Part(funnel, funnel_chart, _each_row(funnel, "at_least", k)),
        Part(weeks, series_chart, _last_row(weeks, k)),
    ]
    if found.below.units:
        below = comparison_table(found.below)
        parts.append(Part(below, comparison_chart, _each_row(below, "registered", k)))
    if found.funnel.besides:
        parts.append(Part(besides_table(found.funnel)))
    return parts


async def parts_of_units(connection: Connection, asked: Asked) -> list[Part]:
    """Raises NotYours."""
    table = comparison_table(await all_units(connection, asked.view, asked.period), every=True)
    return [Part(table, comparison_chart, _each_row(table, "registered", asked.view.campaign.k))]


async def parts_of_channels(connection: Connection, asked: Asked) -> list[Part]:
    """Raises NotYours."""
    table = channels_table(await channels(connection, asked.view, asked.period))
    k = asked.view.campaign.k
    return [
        Part(table, by_channel, _each_row(table, "registered", k)),
        Part(sources_table(await sources(connection, asked.view, asked.period))),
    ]


async def parts_of_areas(connection: Connection, asked: Asked, atlas: "Atlas | None" = None) -> list[Part]:
    """With borders where an atlas is given: only whoever draws needs them. Raises NotYours."""
    found = await areas(connection, asked.view, asked.period)
    return [await _area_part(connection, found, level, asked.view.campaign.k, atlas) for level in Level]


async def _area_part(connection: Connection, found: Areas, level: Level, k: int, atlas: "Atlas | None") -> Part:
    table = areas_table(found, level)
    shapes = {} if atlas is None else await atlas.shapes(connection, found.day, level)

    def chart(table: Table, k: int, caption: Caption, look: Look) -> Spec:
        if can_be_drawn(table, shapes):
            return map_chart(table, shapes, k, caption, look)
        return numbers_chart(table, "new", k, caption, look, most=MOST_BARS)

    says = (
        _each_row(table, "new", k) if level is Level.REGION else "Tallene for alle kommuner står i tabellen nedenfor."
    )
    return Part(table, chart, says)


def by_channel(table: Table, k: int, caption: Caption, look: Look) -> Spec:
    return numbers_chart(table, "registered", k, caption, look)


class Atlas:
    """Borders of a day, kept: they take the processor a while."""

    def __init__(self) -> None:
        self._kept: dict[tuple[date, Level], dict[str, str]] = {}

    async def shapes(self, connection: Connection, day: date, level: Level) -> dict[str, str]:
        if (day, level) not in self._kept:
            if len(self._kept) >= 8:
                self._kept.clear()
            self._kept[day, level] = await shapes_on(connection, day, level)
        return self._kept[day, level]


def _each_row(table: Table, column: str, k: int) -> str:
    n = table.column(column)
    said = [f"{row.cells[0]}: {danish.text(row.cells[n], table.columns[n].kind, k)}" for row in table.rows[:MOST_BARS]]
    return "; ".join(said) + ("." if len(table.rows) <= MOST_BARS else "; resten står i tabellen nedenfor.")


def _last_row(table: Table, k: int) -> str:
    last = table.rows[-1].cells
    said = [
        f"{column.title}: {danish.figure(cell, k)}"
        for column, cell in zip(table.columns, last, strict=True)
        if isinstance(cell, Figure)
    ]
    return f"Til og med {danish.text(last[1], table.columns[1].kind, k)}: {'; '.join(said)}."
