"""The map that numbers are shown on: regions and municipalities of a Danish day, as everybody knows them."""

from datetime import datetime

import msgspec
import shapely

from backend.foundation.database import Connection
from backend.regions import queries
from backend.regions.area import Level

__all__ = ["Level", "Place", "places_at", "shapes_at"]

FINEST_DEGREES = 0.004
"""What is left out of a border, about 300 m: a picture of Denmark has no room for more."""


class Place(msgspec.Struct, frozen=True):
    """A region, or a municipality with the code of its region as `parent`. Codes are text: `0101`, `1084+1085`."""

    code: str
    level: Level
    name_da: str
    name_en: str
    parent: str | None


async def places_at(connection: Connection, at: datetime) -> list[Place]:
    """Every region and municipality of a moment, by level and code; Christiansø is neither."""
    return [
        Place(area.code, area.level, area.name_da, area.name_en, area.parent)
        for area in await queries.areas_at(connection, at)
        if area.level is Level.REGION or area.parent is not None
    ]


async def shapes_at(connection: Connection, at: datetime, level: Level) -> dict[str, str]:
    """GeoJSON geometries by code, coarsened for a picture; only of those whose borders were imported or shipped.

    Takes about a tenth of a second of the processor for all municipalities: keep what it gives.
    """
    shapes = await queries.shapes_at(connection, at, level)
    return {
        each.code: str(shapely.to_geojson(shapely.simplify(shapely.from_wkb(each.shape), FINEST_DEGREES)))
        for each in shapes
    }
