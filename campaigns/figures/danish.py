"""Cells as Danes read them. Every number that is shown to anybody passes here."""

from datetime import date

from backend.public.counting import LEAST_INVITED
from campaigns.figures.figure import Figure, Why
from campaigns.figures.table import Cell, Kind

MONTHS = ("jan.", "feb.", "mar.", "apr.", "maj", "jun.", "jul.", "aug.", "sep.", "okt.", "nov.", "dec.")
NOTHING = "–"


def number(value: float, decimals: int = 0) -> str:
    """1.234,5"""
    return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def day(value: date) -> str:
    """21.11.2026"""
    return f"{value:%d.%m.%Y}"


def short_day(value: date) -> str:
    """21. nov. 2026"""
    return f"{value.day}. {MONTHS[value.month - 1]} {value.year}"


def week(value: date) -> str:
    """Uge 47, 2026: the week this day is in"""
    year, number_, _ = value.isocalendar()
    return f"Uge {number_}, {year}"


def change(value: int | None) -> str:
    """What is told may grow only; a whole step may be missing still, so nothing says that nobody came."""
    if value is None:
        return NOTHING
    return f"+{number(value)}" if value else "uændret"


def why(reason: Why | None, k: int) -> str:
    match reason:
        case Why.FEWER:
            return f"færre end {k} vist"
        case Why.FEWER_IN_EACH:
            return f"færre end {k} vist hvert sted"
        case Why.NOTHING_YET:
            return "endnu intet"
        case Why.FEW_ASKED:
            return f"vises ikke: under {LEAST_INVITED * k} spurgte"
        case Why.WITHHELD:
            return "vises ikke: ville røbe en lille enhed"
        case Why.NO_CODE:
            return "ingen kode endnu"
        case None:
            return NOTHING


def figure(value: Figure, k: int) -> str:
    return why(value.why, k) if value.at_least is None else number(value.at_least)


def text(cell: Cell, kind: Kind, k: int) -> str:
    """A cell of a column of this kind."""
    if isinstance(cell, Figure):
        return figure(cell, k)
    if cell is None:
        return NOTHING
    if isinstance(cell, date):
        return week(cell) if kind is Kind.WEEK else day(cell)
    if isinstance(cell, str):
        return cell
    match kind:
        case Kind.CHANGE:
            return change(int(cell))
        case Kind.SHARE:
            return f"{number(cell * 100, 1 if 0 < cell < 0.1 else 0)} %"
        case Kind.PER_100_000:
            return number(cell, 1)
        case _:
            return number(cell)
