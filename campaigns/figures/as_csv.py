"""A table as the CSV that a Danish Excel opens by itself: semicolons, decimal commas, UTF-8 with its mark."""

import csv
import io
from datetime import date

from campaigns.figures import danish
from campaigns.figures.figure import Figure
from campaigns.figures.table import Cell, Kind, Table

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(table: Table, k: int, heading: str = "") -> bytes:
    """Numbers without thousands' points, so that they can be reckoned with; where there is none, the words why.

    What they are (note and `heading`) stands below them.
    """
    out = io.StringIO()
    lines = csv.writer(out, delimiter=";", lineterminator="\r\n")
    lines.writerow([harmless(column.title) for column in table.columns])
    for row in table.rows:
        lines.writerow([_written(cell, column.kind, k) for cell, column in zip(row.cells, table.columns, strict=True)])
    lines.writerow([])
    lines.writerow([harmless(table.note)])
    if heading:
        lines.writerow([harmless(heading)])
    return out.getvalue().encode("utf-8-sig")


def _written(cell: Cell, kind: Kind, k: int) -> str:
    match cell:
        case None:
            return ""
        case Figure():
            if cell.at_least is not None:
                return str(cell.at_least)
            return danish.why(cell.why, k) if cell.why else ""
        case str():
            return harmless(cell)
        case date():
            return danish.week(cell) if kind is Kind.WEEK else danish.day(cell)
        case float():
            return f"{cell:.4f}".rstrip("0").rstrip(".").replace(".", ",")
        case _:
            return str(cell)


def harmless(said: str) -> str:
    """A name that somebody wrote is never a formula."""
    return f"'{said}" if said.startswith(_BEGINS_A_FORMULA) else said
