"""Bars of one figure, month by month: where each stands, in the units of an SVG. Pure; each number is in the table.

A few rectangles, and drawn by the page itself: they take the page's colours in both themes and in forced colours, and
no process beside the one that takes alarms has to draw (docs/decisions/0042).
"""

from collections.abc import Sequence

import msgspec

from backend.aftercare.figure import Known, Unknown
from backend.aftercare.monthly import UNITS, Measure, Row, Unit
from backend.console.after_said import figure_said, month_said, number_said
from backend.console.words_after import AfterWords

STEP, BAR, TALLEST, ABOVE, BELOW = 46, 30, 90, 22, 36
LEAST = 2
"""So tall is what is known and 0: it is not the same as nothing."""


class Bar(msgspec.Struct, frozen=True):
    """`known` False: no bar but a mark, with `says` beside it."""

    x: int
    y: int
    height: int
    middle: int
    known: bool
    says: str
    month: str
    year: str


class Plot(msgspec.Struct, frozen=True):
    """`text` says all of it in words."""

    title: str
    text: str
    width: int
    height: int
    floor: int
    bar: int
    bars: list[Bar]


def plot_of(rows: Sequence[Row], measure: Measure, words: AfterWords) -> Plot:
    """Of one group's rows, in the order of months."""
    figures = [row.figures[measure] for row in rows]
    tallest = max((each.value for each in figures if isinstance(each, Known)), default=0) or 1
    unit, floor = UNITS[measure], ABOVE + TALLEST
    bars = []
    for n, (row, figure) in enumerate(zip(rows, figures, strict=True)):
        known = isinstance(figure, Known)
        height = max(LEAST, round(TALLEST * figure.value / tallest)) if isinstance(figure, Known) else LEAST
        bars.append(
            Bar(
                x=n * STEP + (STEP - BAR) // 2,
                y=floor - height,
                height=height,
                middle=n * STEP + STEP // 2,
                known=known,
                says=_short(figure.value, unit, words) if isinstance(figure, Known) else _mark(figure),
                month=words.months[row.month.month - 1],
                year=str(row.month.year) if n == 0 or row.month.month == 1 else "",
            )
        )
    text = "; ".join(
        f"{month_said(row.month, words)}: {figure_said(f, unit, words)}" for row, f in zip(rows, figures, strict=True)
    )
    return Plot(words.measures[measure], text, max(1, len(rows)) * STEP, floor + BELOW, floor, BAR, bars)


def _short(value: float, unit: Unit, words: AfterWords) -> str:
    if unit is Unit.SECONDS:
        minutes, seconds = divmod(round(value), 60)
        return f"{minutes}:{seconds:02}"
    return number_said(value, unit, words)


def _mark(figure: object) -> str:
    return "?" if isinstance(figure, Unknown) else "–"
