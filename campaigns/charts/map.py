"""Maps: how many of a hundred thousand inhabitants, by region or municipality."""

import math
from collections.abc import Mapping

import msgspec
import shapely

from campaigns.charts.look import Caption, Look, Spec, framed
from campaigns.figures import danish
from campaigns.figures.table import Row, Table

MOST_NAMED = 20
"""More areas than so many have no room for their names on a map; the table has them."""
HEIGHT = 440
CLASSES = 5
PEOPLE, ACTIVE = "new_per_100_000", "active_per_100_000"


class Shaped(msgspec.Struct, frozen=True):
    row: Row
    shape: str  # a GeoJSON geometry


def can_be_drawn(table: Table, shapes: Mapping[str, str]) -> bool:
    """Whether there are borders, and any number of what can be told per inhabitants."""
    return any(row.key in shapes and row.cells[table.column("inhabitants")] is not None for row in table.rows)


def map_chart(table: Table, shapes: Mapping[str, str], k: int, caption: Caption, look: Look) -> Spec:
    """New hjerteløbere and those who can be alarmed, side by side, or one below the other on a phone."""
    shaped = [Shaped(row, shapes[row.key]) for row in table.rows if row.key in shapes]
    # One scale for both, so that a colour means the same on either.
    found = [each.row.cells[table.column(column)] for each in shaped for column in (PEOPLE, ACTIVE)]
    most = max((cell for cell in found if isinstance(cell, float)), default=0.0)
    maps = [_map(table, column, shaped, most, k, look) for column in (PEOPLE, ACTIVE)]
    spec = framed(
        f"{table.title}: af 100.000 indbyggere",
        caption,
        look,
        HEIGHT,
        **{"vconcat" if look.narrow else "hconcat": maps},
        spacing=24,
    )
    del spec["width"], spec["height"]
    return spec | {"autosize": {"type": "pad"}}


def _map(table: Table, column: str, shaped: list[Shaped], most: float, k: int, look: Look) -> Spec:
    colours = look.colours
    n = table.column(column)
    kind = table.columns[n].kind
    step = _round_step(most / CLASSES)
    classes = max(1, math.ceil(most / step))
    nothing = f"færre end {k} vist"
    names = [f"{_said(step * i)}–{_said(step * (i + 1))}" for i in range(classes)]
    features, labels = [], []
    for each in shaped:
        cell = each.row.cells[n]
        place = shapely.from_geojson(each.shape)
        in_class = names[min(classes - 1, int(cell // step))] if isinstance(cell, float) else nothing
        said = danish.text(cell, kind, k) if cell is not None else f"færre end {k} vist"
        # A map's ring goes clockwise round what is inside; otherwise it is the rest of the globe.
        geometry = msgspec.json.decode(shapely.to_geojson(shapely.orient_polygons(place, exterior_cw=True)))
        features.append({"type": "Feature", "geometry": geometry, "in_class": in_class, "name": each.row.cells[0]})
        at = place.representative_point()
        labels.append({"x": at.x, "y": at.y, "name": _short(str(each.row.cells[0])), "says": said})
    projection = {"type": "mercator"}
    layers: list[Spec] = [
        {
            "data": {"values": features},
            "mark": {"type": "geoshape", "stroke": colours.border, "strokeWidth": 1},
            "encoding": {
                "color": {
                    "field": "in_class",
                    "type": "nominal",
                    "title": None,
                    "scale": {"domain": [*names, nothing], "range": [*colours.steps[-classes:], colours.nothing]},
                    "legend": {"orient": "bottom", "columns": 2 if look.narrow else 3, "symbolType": "square"},
                }
            },
        }
    ]
    if len(shaped) <= MOST_NAMED:
        # A letter's edge is drawn over it: so first the edges, then the letters.
        layers += [
            _labels(labels, field, dy, edge, look)
            for edge in (True, False)
            for field, dy in (("name", -8), ("says", 9))
        ]
    title = table.columns[n].title
    return {
        "width": look.width if look.narrow else (look.width - 24) // 2,
        "height": HEIGHT if not look.narrow else 340,
        "title": {
            "text": title,
            "fontSize": 14,
            "fontWeight": 600,
            "anchor": "start",
            "offset": 6,
        },
        "projection": projection,
        "layer": layers,
    }


def _labels(labels: list[dict[str, object]], field: str, dy: int, edge: bool, look: Look) -> Spec:
    colours = look.colours
    drawn = {"stroke": colours.paper, "strokeWidth": 3, "strokeJoin": "round"} if edge else {}
    return {
        "data": {"values": labels},
        "mark": {"type": "text", "dy": dy, "fontWeight": 600, "fontSize": 13 if field == "says" else 12, **drawn},
        "encoding": {
            "longitude": {"field": "x", "type": "quantitative"},
            "latitude": {"field": "y", "type": "quantitative"},
            "text": {"field": field, "type": "nominal"},
        },
    }


def _round_step(least: float) -> float:
    """The next round number: 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 15 …"""
    if least <= 0:
        return 1.0
    power = 10 ** math.floor(math.log10(least))
    return next(float(power * each) for each in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if power * each >= least)


def _said(value: float) -> str:
    return danish.number(value, 0 if value == int(value) else 1)


def _short(name: str) -> str:
    return name.removeprefix("Region ")
