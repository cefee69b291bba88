"""Blackout areas: where nobody's place is stored. If in doubt, it is inside.

A place is *in doubt* when any point it may stand for is in an area: of what would be kept, every point of the cell (for
whoever chose coarser, of the cell of resolution 8 around it); of what was measured, every point within twice the
accuracy the phone told, since phones give the radius of two thirds of all fixes. Whoever is in doubt is not stored, and
what was stored before is deleted: the last place outside a fence tells as much as one inside.

Nothing is written down of that either: not a flag, not a notice, not a line in the log. The phone hears it in the
answer, and is the only one to know.
"""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
import shapely

from backend.foundation.database import Connection
from backend.foundation.ids import without_time
from backend.locations import queries_blackout
from backend.locations.cells import (
    COARSE_RESOLUTION,
    INDEX_RESOLUTION,
    POSITION_RESOLUTION,
    cell_of,
    cells_near,
    cells_touching,
    coarsened,
    middle_of,
)
from backend.regions.boundary_file import WrongFile, features_of, shape_of

LARGEST_KM2 = 2_000
"""All areas together. A file beyond it has a corner in the wrong place: no country hides so much. Ours ††."""
WIDEST_DOUBT_M = 5_000
"""A fix that may be further off says nothing, and is judged as if it were this far. Ours ††."""
_KM_PER_DEGREE = 111.195
_BATCH = 50_000
_FINE_UP_TO_M, _MIDDLE_UP_TO_M = 300, 1_500  # so that a circle is some hundred cells at most


class Area(msgspec.Struct, frozen=True):
    """One area of a file."""

    name: str
    shape: shapely.Geometry


class Cell(msgspec.Struct, frozen=True):
    """A cell that touches an area; `coarse` as the table has it."""

    cell: int
    coarse: bool


class Imported(msgspec.Struct, frozen=True):
    """What an import did: areas by name, and how many places of people were deleted at once."""

    begun: tuple[str, ...]
    ended: tuple[str, ...]
    cells: int
    deleted: int


def read(text: bytes) -> list[Area]:
    """Every area of a GeoJSON file: Polygons or MultiPolygons in degrees with a property `name`. Raises WrongFile."""
    areas: dict[str, Area] = {}
    for number, feature in enumerate(features_of(text), start=1):
        area = _area(feature, number)
        if area.name in areas:
            raise WrongFile(f'feature {number}: the property "name" is {area.name}, as of an earlier feature')
        areas[area.name] = area
    if sum(_km2(area.shape) for area in areas.values()) > LARGEST_KM2:
        raise WrongFile(f"this is more than {LARGEST_KM2:,} km²: a corner must be in the wrong place")
    return list(areas.values())


def cells_of(shape: shapely.Geometry) -> set[Cell]:
    """Every cell that a place inside could be kept as, or be in doubt by."""
    found: set[Cell] = set()
    for polygon in _polygons(shape):
        rings = [_corners(polygon.exterior), *map(_corners, polygon.interiors)]
        for resolution in (POSITION_RESOLUTION, INDEX_RESOLUTION, COARSE_RESOLUTION):
            cells = cells_touching(*rings, resolution=resolution)
            found |= {Cell(cell, coarse=False) for cell in cells}
            if resolution == COARSE_RESOLUTION:
                found |= {Cell(middle_of(cell), coarse=True) for cell in cells}
    return found


def cells_in_doubt(lat: float, lon: float, accuracy_m: float | None) -> list[int]:
    """The cells that somebody measured here may be in, of whichever resolution keeps them few."""
    radius_m = min(2 * (accuracy_m or 0.0), WIDEST_DOUBT_M)
    own = cell_of(lat, lon)
    if radius_m == 0:
        return [own]
    if radius_m <= _FINE_UP_TO_M:
        resolution = POSITION_RESOLUTION
    else:
        resolution = INDEX_RESOLUTION if radius_m <= _MIDDLE_UP_TO_M else COARSE_RESOLUTION
    return [own, *cells_near(lat, lon, radius_m, resolution)]


def as_coarse(lat: float, lon: float) -> int:
    """What whoever chose coarser would be kept as, to be looked for among the coarse cells."""
    return coarsened(cell_of(lat, lon))


async def import_blackout(
    connection: Connection, areas: Sequence[Area], source: str, begins: datetime, ends: datetime | None, now: datetime
) -> Imported:
    """These areas, and no others, from `begins` on (until `ends`). Places that are inside already are deleted at once.

    Needs a transaction. Raises WrongFile when it would begin before one that was imported for later.
    """
    await queries_blackout.one_import_at_a_time(connection)
    if await queries_blackout.begins_after(connection, begins):
        raise WrongFile("areas that begin later have been imported already: import these from that day on")
    ended = await queries_blackout.end_all(connection, begins)
    laid_out = {area.name: cells_of(area.shape) for area in areas}
    for area in areas:
        area_id = without_time()
        await queries_blackout.insert_area(connection, area_id, area.name, begins, ends, source, now)
        cells = sorted(laid_out[area.name], key=lambda each: (each.cell, each.coarse))
        for start in range(0, len(cells), _BATCH):
            batch = cells[start : start + _BATCH]
            await queries_blackout.insert_cells(connection, area_id, [c.cell for c in batch], [c.coarse for c in batch])
    await queries_blackout.let_the_planner_look(connection)
    deleted = await queries_blackout.delete_hidden(connection, now)
    names = tuple(sorted(area.name for area in areas))
    number = sum(len(cells) for cells in laid_out.values())
    return Imported(names, tuple(sorted(set(ended) - set(names))), number, deleted)


async def forget_hidden(connection: Connection, now: datetime) -> int:
    """Housekeeping: an area that began since hides what was stored before; how many places are gone."""
    return await queries_blackout.delete_hidden(connection, now)


async def count_hidden(connection: Connection, now: datetime) -> int:
    """How many places stand where none may."""
    return await queries_blackout.count_hidden(connection, now)


async def hides(connection: Connection, lat: float, lon: float, *, coarse: bool, now: datetime) -> bool:
    """Whether a place, kept as fine or as coarse as this, would be in an area."""
    as_kept = as_coarse(lat, lon) if coarse else cell_of(lat, lon)
    return await queries_blackout.touches(connection, [cell_of(lat, lon)], as_kept if coarse else None, now)


def _area(feature: Any, number: int) -> Area:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str) or not name.strip():
        raise WrongFile(f'feature {number} has no property "name"')
    shape = shapely.force_2d(shape_of(feature, number))
    if not shapely.is_valid(shape):
        shape = shapely.make_valid(shape)
    if not shapely.area(shape):
        raise WrongFile(f"feature {number} ({name.strip()}): its polygon has no area")
    return Area(name.strip(), shape)


def _polygons(shape: shapely.Geometry) -> Iterable[shapely.Polygon]:
    return (each for each in shapely.get_parts(shapely.get_parts(shape)) if isinstance(each, shapely.Polygon))


def _corners(ring: shapely.LinearRing) -> list[tuple[float, float]]:
    return [(lat, lon) for lon, lat in ring.coords]


def _km2(shape: shapely.Geometry) -> float:
    """Near enough for a guard."""
    _, south, _, north = shapely.bounds(shape)
    return float(shapely.area(shape)) * _KM_PER_DEGREE**2 * math.cos(math.radians((south + north) / 2))
