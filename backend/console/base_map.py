"""The map's ground: what the project knows of Denmark itself, so that no map of somebody else's has to be asked."""

from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
import shapely

from backend.regions import shipped
from backend.regions.find import Borders

TOLERANCE_M = 30.0
"""Far below what the shipped borders are good for, and a third of the corners of imported ones."""
DECIMALS = 4
IN_DANISH = {"Copenhagen": "København", "Århus": "Aarhus"}
"""The list's names are Danish but for one, and for one that was changed."""

_made: WeakKeyDictionary[Borders, bytes] = WeakKeyDictionary()


def ground(borders: Borders, now: datetime) -> bytes:
    """Areas and places as GeoJSON; made once for the borders a process has in memory."""
    made = _made.get(borders)
    if made is None:
        made = _made[borders] = _ground(borders, now)
    return made


def _ground(borders: Borders, now: datetime) -> bytes:
    areas = [_feature(_rounded(each.shape), what="area", name=each.name) for each in borders.outlines(now, TOLERANCE_M)]
    places = [
        _feature(
            {"type": "Point", "coordinates": [each.lon, each.lat]},
            what="place",
            name=IN_DANISH.get(each.name, each.name),
            people=each.population,
        )
        for each in shipped.places()
    ]
    return msgspec.json.encode({"type": "FeatureCollection", "features": areas + places})


def _rounded(shape: shapely.Geometry) -> msgspec.Raw:
    return msgspec.Raw(shapely.to_geojson(shapely.set_precision(shape, 10**-DECIMALS)).encode())


def _feature(geometry: Any, **properties: str | int) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}
