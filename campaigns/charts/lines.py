"""Lines: what was told, week by week."""

from collections.abc import Sequence
from datetime import date

from campaigns.charts.look import Caption, Look, Spec, framed
from campaigns.figures import danish
from campaigns.figures.figure import Figure
from campaigns.figures.table import Table

SHOWN = ("registered", "reachable", "trained")
HEIGHT = 320
LINE = 18
"""Between two names at the lines' ends, in pixels."""
MOST_POINTS = 30
YEARLY = 200
"""Days from which on an axis names months and years."""


def series_chart(table: Table, k: int, caption: Caption, look: Look) -> Spec:
    """A line each for new, reachable and trained hjerteløbere, named at its end; dashed, the way to a target."""
    colours = look.colours
    titles = {column.name: column.title for column in table.columns}
    columns = [(name, table.column(name)) for name in SHOWN]
    values: list[Spec] = [
        {"day": row.key, "line": titles[name], "number": cell.at_least}
        for name, n in columns
        for row in table.rows
        if isinstance(cell := row.cells[n], Figure) and cell.at_least is not None
    ]
    way: list[Spec] = []
    if "expected" in titles:
        n = table.column("expected")
        way = [{"day": row.key, "number": cell} for row in table.rows if isinstance(cell := row.cells[n], int)]
    days = [row.key for row in table.rows]
    largest = max((int(each["number"]) for each in [*values, *way]), default=10)
    top = max(10, largest * 1.08)
    ends = _ends(table, columns, titles, k)
    if way:
        last = way[-1]["number"]
        ends.append((titles["expected"], float(last), f"{titles['expected']}: {danish.number(last)}"))
        ends.sort(key=lambda end: -end[1])
    room = 0 if look.narrow else 230
    width = look.width - room
    names = [titles[name] for name, _ in columns]
    x = {
        "field": "day",
        "type": "temporal",
        "scale": {"type": "utc", "domain": [days[0], days[-1]], "range": [0, width - 50]},
        "axis": {
            "format": "%b %Y" if _span(table) > YEARLY else "%-d. %b",
            "tickCount": 3 if look.narrow else 7,
            "grid": False,
            "labelFlush": True,
            "labelOverlap": True,
        },
    }
    y = {
        "field": "number",
        "type": "quantitative",
        "scale": {"domain": [0, top], "nice": False},
        "axis": {"format": ",d", "tickCount": 5, "domain": False, "ticks": False, "labelPadding": 6},
    }
    colour = {
        "field": "line",
        "type": "nominal",
        "legend": None,
        "scale": {
            "domain": [*names, titles.get("expected", "")],
            "range": [*colours.lines[: len(names)], colours.muted],
        },
    }
    layers: list[Spec] = [
        {
            "data": {"values": way},
            "mark": {"type": "line", "strokeDash": [5, 5], "color": colours.muted, "strokeWidth": 1.5},
            "encoding": {"x": x, "y": y},
        },
        {
            "data": {"values": values},
            "mark": {"type": "line", "strokeWidth": 2.5, "point": {"size": 36} if len(days) <= MOST_POINTS else False},
            "encoding": {"x": x, "y": y, "color": colour},
        },
        {
            "data": {"values": values},
            "transform": [{"filter": f"datum.day == '{days[-1]}'"}],
            "mark": {"type": "point", "filled": True, "size": 50, "opacity": 1},
            "encoding": {"x": x, "y": y, "color": colour},
        },
    ]
    height = HEIGHT
    if look.narrow:
        height = 230
        layers += [_name(words, 0, height + 44 + n * LINE, name, colour) for n, (name, _, words) in enumerate(ends)]
    else:
        layers += [
            _name(words, width - 36, y_at, name, colour)
            for (name, _, words), y_at in zip(
                ends, _apart([height * (1 - value / top) for _, value, _ in ends]), strict=True
            )
        ]
    about = f"{table.title}: i alt ved ugens slutning"
    return framed(about, caption, look, height, layer=layers) | ({"width": width - 50} if not look.narrow else {})


def _ends(
    table: Table, columns: Sequence[tuple[str, int]], titles: dict[str, str], k: int
) -> list[tuple[str, float, str]]:
    """Of each line its name, where it ends, and what is said there; from the top down."""
    ends = []
    for name, n in columns:
        cell = table.rows[-1].cells[n]
        assert isinstance(cell, Figure)
        ends.append((titles[name], float(cell.told or 0), f"{titles[name]}: {danish.figure(cell, k)}"))
    return sorted(ends, key=lambda end: -end[1])


def _apart(heights: list[float]) -> list[float]:
    """So that no name stands upon another: from the bottom up, each at least a line above the one below."""
    found: list[float] = []
    for height in reversed(heights):
        found.insert(0, min(height, found[0] - LINE) if found else height)
    return found


def _name(words: str, x: float, y: float, line: str, colour: Spec) -> Spec:
    return {
        "data": {"values": [{"line": line, "words": words}]},
        "mark": {"type": "text", "align": "left", "baseline": "middle", "fontWeight": 600, "clip": False},
        "encoding": {
            "x": {"value": x},
            "y": {"value": y},
            "text": {"field": "words", "type": "nominal"},
            "color": colour,
        },
    }


def _span(table: Table) -> int:
    return (date.fromisoformat(table.rows[-1].key) - date.fromisoformat(table.rows[0].key)).days
