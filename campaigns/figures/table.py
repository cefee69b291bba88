"""The one form of whatever is shown: a page's table, a CSV, a sheet and a chart are made from it."""

from datetime import date
from enum import StrEnum

import msgspec

from campaigns.figures.figure import Figure

Cell = Figure | str | int | float | date | None


class Kind(StrEnum):
    """What stands in a column."""

    TEXT = "text"
    COUNT = "count"  # a Figure, or an int that is no count of people who came
    CHANGE = "change"  # an int: how much more is told
    SHARE = "share"  # 0 to 1
    PER_100_000 = "per_100_000"
    DAY = "day"
    WEEK = "week"  # its last day


class Column(msgspec.Struct, frozen=True):
    name: str
    title: str
    kind: Kind


class Row(msgspec.Struct, frozen=True):
    """`key` is what the row is about, for links: a unit's code, an area's, a stage."""

    key: str
    cells: tuple[Cell, ...]


class Table(msgspec.Struct, frozen=True):
    """`name` is for addresses and file names, title and note are for people."""

    name: str
    title: str
    note: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    def column(self, name: str) -> int:
        return next(n for n, column in enumerate(self.columns) if column.name == name)
