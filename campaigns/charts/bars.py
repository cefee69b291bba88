"""Bars: the funnel, and units or areas side by side. Every number stands beside its bar."""

from collections.abc import Sequence
from typing import Any

import msgspec

from campaigns.charts.look import Caption, Look, Spec, framed
from campaigns.figures import danish
from campaigns.figures.figure import Figure
from campaigns.figures.table import Kind, Table

WIDEST_LABEL, LETTER = 340, 7
"""Of a name before its bar, and of one of its letters, in pixels."""
NUMBERS_WIDTH = 190
"""Room for what stands at the end of the longest bar."""
MUCH_LONGER = 1.6
"""A first bar longer than the longest of the others by more than this is cut, so that those can be seen."""


class Bar(msgspec.Struct, frozen=True):
    """`value` None: no bar, and `says` why. `mark` is a target."""

    label: str
    value: float | None
    says: str
    mark: float | None = None
    cut: bool = False


def funnel_chart(table: Table, k: int, caption: Caption, look: Look) -> Spec:
    """Each step with the share that came on from the one before."""
    at, share = table.column("at_least"), table.column("of_before")
    found: list[Bar] = []
    for row in table.rows:
        cell = row.cells[at]
        assert isinstance(cell, Figure)
        said = danish.figure(cell, k)
        if row.cells[share] is not None:
            said += f" · {danish.text(row.cells[share], Kind.SHARE, k)}" + ("" if look.narrow else " af trinnet før")
        found.append(Bar(str(row.cells[0]), cell.at_least, said))
    return _chart(table.title, _cut_first(found), caption, look)


def comparison_chart(table: Table, k: int, caption: Caption, look: Look) -> Spec:
    """New hjerteløbere of each unit, the most first, with a mark at its target."""
    at, target = table.column("registered"), table.column("target")
    found = []
    for row in table.rows:
        cell, mark = row.cells[at], row.cells[target]
        assert isinstance(cell, Figure)
        said = danish.figure(cell, k)
        if isinstance(mark, int):
            said += f" · mål {danish.number(mark)}"
        found.append(Bar(str(row.cells[0]), cell.at_least, said, mark if isinstance(mark, int) else None))
    return _chart("Nye hjerteløbere, enhed for enhed", found, caption, look)


def numbers_chart(table: Table, column: str, k: int, caption: Caption, look: Look, most: int | None = None) -> Spec:
    """One column of a table, the most first; rows of which nothing is shown stand last."""
    n = table.column(column)
    kind = table.columns[n].kind
    found = []
    for row in table.rows:
        cell = row.cells[n]
        value = cell.at_least if isinstance(cell, Figure) else cell
        found.append(
            Bar(
                str(row.cells[0]),
                value if isinstance(value, int | float) else None,
                danish.text(cell, kind, k),
            )
        )
    found.sort(key=lambda bar: (bar.value is None, -(bar.value or 0), bar.label))
    title = f"{table.title}: {table.columns[n].title[0].lower()}{table.columns[n].title[1:]}"
    if most is not None and len(found) > most:
        known = [bar for bar in found if bar.value is not None][:most]
        title += f", de {len(known)} med flest" if known else ""
        return _chart(title, known or found[:1], caption, look)
    return _chart(title, found, caption, look)


def _cut_first(bars: list[Bar]) -> list[Bar]:
    longest = max((bar.value for bar in bars[1:] if bar.value is not None), default=None)
    first = bars[0]
    if longest is None or first.value is None or first.value <= longest * MUCH_LONGER:
        return bars
    return [msgspec.structs.replace(first, value=longest * MUCH_LONGER, cut=True), *bars[1:]]


def _chart(title: str, bars: Sequence[Bar], caption: Caption, look: Look) -> Spec:
    """Where things stand is reckoned here, in pixels: a name above its bar on a phone, before it elsewhere."""
    colours = look.colours
    row, thick = (46, 18) if look.narrow else (32, 20)
    left = 0 if look.narrow else min(WIDEST_LABEL, LETTER * max((len(bar.label) for bar in bars), default=0) + 24)
    height = max(1, len(bars)) * row
    longest = max((each for bar in bars for each in (bar.value, bar.mark) if each), default=1)
    # A number stands after its bar where there is room, and never under another's mark.
    right = look.width - (150 if look.narrow else NUMBERS_WIDTH)
    values = []
    for n, bar in enumerate(bars):
        top = n * row + (22 if look.narrow else (row - thick) / 2)
        reach = max(bar.value or 0, bar.mark or 0)
        values.append(
            {
                "label": bar.label,
                "says": bar.says,
                "top": top,
                "bottom": top + thick,
                "middle": top + thick / 2,
                "label_y": n * row + 10 if look.narrow else top + thick / 2,
                "zero": left,
                "end": _pixels(bar.value or 0, longest, left, right),
                "mark": None if bar.mark is None else _pixels(bar.mark, longest, left, right),
                "says_x": _pixels(reach, longest, left, right) + 8,
                "shown": bar.value is not None,
                "cut": bar.cut,
            }
        )
    place = {"type": "quantitative", "axis": None, "scale": {"domain": [0, look.width], "range": [0, look.width]}}
    down = {"type": "quantitative", "axis": None, "scale": {"domain": [0, height], "range": [0, height]}}

    def layer(mark: Any, only: str | None = None, **encoding: Any) -> Spec:
        made: Spec = {"mark": mark, "encoding": encoding}
        return made | ({"transform": [{"filter": only}]} if only else {})

    words = {"field": "says", "type": "nominal"}
    return framed(
        title,
        caption,
        look,
        height,
        data={"values": values},
        layer=[
            layer(
                {"type": "rect", "color": colours.bar, "cornerRadius": 2, "description": ""},
                "datum.shown",
                x={"field": "zero", **place},
                x2={"field": "end"},
                y={"field": "top", **down},
                y2={"field": "bottom"},
            ),
            layer(
                {"type": "text", "color": colours.paper, "fontSize": 20, "fontWeight": 700, "text": "//", "dx": -26},
                "datum.cut",
                x={"field": "end", **place},
                y={"field": "middle", **down},
            ),
            layer(
                {"type": "rect", "color": colours.mark},
                "datum.mark != null",
                x={"field": "mark", **place},
                x2={"field": "mark_end"},
                y={"field": "mark_top", **down},
                y2={"field": "mark_bottom"},
            )
            | {
                "transform": [
                    {"filter": "datum.mark != null"},
                    {"calculate": "datum.mark + 3", "as": "mark_end"},
                    {"calculate": "datum.top - 3", "as": "mark_top"},
                    {"calculate": "datum.bottom + 3", "as": "mark_bottom"},
                ]
            },
            layer(
                {
                    "type": "text",
                    "align": "left" if look.narrow else "right",
                    "baseline": "middle",
                    "limit": look.width if look.narrow else left - 12,
                    "dx": 0 if look.narrow else -12,
                },
                x={"field": "zero", **place},
                y={"field": "label_y", **down},
                text={"field": "label", "type": "nominal"},
            ),
            layer(
                {"type": "text", "align": "left", "baseline": "middle", "fontWeight": 600},
                "datum.shown",
                x={"field": "says_x", **place},
                y={"field": "middle", **down},
                text=words,
            ),
            layer(
                {"type": "text", "align": "left", "baseline": "middle", "color": colours.muted},
                "!datum.shown",
                x={"field": "says_x", **place},
                y={"field": "middle", **down},
                text=words,
            ),
        ],
    )


def _pixels(value: float, longest: float, left: float, right: float) -> float:
    return round(left + (right - left) * value / longest, 1)
