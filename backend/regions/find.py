"""Which region and municipality a place lies in, at a given moment; in the process's own memory, no query."""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
import shapely

from backend.foundation.database import Connection
from backend.regions import corrections, queries
from backend.regions.area import Area, Found, How, Level
from backend.regions.projection import to_wgs84

NEAREST_WITHIN_M = 5_000
"""Harbours, piers and islets fall outside every coarse polygon: the nearest area within this distance has them."""

_METRES_PER_DEGREE = 6_371_007.18 * math.pi / 180
# Degrees that surely hold 5 km in both directions anywhere south of 70° north.
_SEARCH_DEGREES = (NEAREST_WITHIN_M / _METRES_PER_DEGREE) / math.cos(math.radians(70))


class Outline(NamedTuple):
    """An area's shape in degrees, as it is drawn."""

    code: str
    name: str
    shape: shapely.Geometry


class Borders:
    """Every area of every time. Made once at start and again after an import; asking it costs some 10 µs."""

    def __init__(self, areas: Sequence[Area]) -> None:
        self._areas = [area for area in areas if area.shape is not None]
        self._names = list(areas)
        self._shapes = shapely.from_wkb(np.array([area.shape for area in self._areas], dtype=object))
        shapely.prepare(self._shapes)
        self._tree = shapely.STRtree(self._shapes)

    @classmethod
    async def load(cls, connection: Connection) -> "Borders":
        """The borders as they stand in the database."""
        to_wgs84(500_000, 6_200_000)  # reads the projection database now rather than on the first alarm's path
        return cls(await queries.areas(connection))

    def place_of(self, lat: float, lon: float, at: datetime) -> Found:
        """The area around a point at a moment; else the nearest within 5 km; else unknown.

        Municipalities are finer, so they are asked first and say the region too (Christiansø says it has none).
        While only regions have shapes the municipality is null.
        """
        near = self._near(lat, lon, at)
        for level in (Level.MUNICIPALITY, Level.REGION):
            of_level = [(metres, area) for metres, area in near if area.level is level]
            if of_level:
                metres, area = of_level[0]
                how = How.INSIDE if metres == 0 else How.NEAREST
                if level is Level.MUNICIPALITY:
                    return Found(region=area.parent, municipality=area.code, how=how)
                return Found(region=area.code, municipality=None, how=how)
        return Found(region=None, municipality=None, how=How.UNKNOWN)

    def name_of(self, level: Level, code: str, at: datetime, language: str = "da") -> str | None:
        """What an area is called at a moment, in Danish or English."""
        for area in self._names:
            if area.level is level and area.code == code and area.holds_at(at):
                return area.name_en if language == "en" else area.name_da
        return None

    def outlines(self, at: datetime, tolerance_m: float) -> list[Outline]:
        """The finest areas that have shapes at a moment, for a map: no corner further off than the tolerance."""
        there = [(area, shape) for area, shape in zip(self._areas, self._shapes, strict=True) if area.holds_at(at)]
        finest = Level.MUNICIPALITY if any(area.level is Level.MUNICIPALITY for area, _ in there) else Level.REGION
        return [
            Outline(area.code, area.name_da, shapely.simplify(shape, tolerance_m / _METRES_PER_DEGREE))
            for area, shape in there
            if area.level is finest
        ]

    def metres_from_denmark(self, lat: float, lon: float) -> float:
        """Metres to the nearest area of any time, 0 inside; good to about two per cent.

        0 while no area has a shape: where nothing is known, nothing is too far away.
        """
        if not self._areas:
            return 0.0
        point = shapely.Point(lon, lat)
        index = self._tree.query_nearest(point, all_matches=False)[0]
        there = shapely.get_coordinates(shapely.shortest_line(point, self._shapes[index]))[1]
        return _great_circle_m(lat, lon, float(there[1]), float(there[0]))

    def likely_correction(self, first: float, second: float, system: str) -> str | None:
        """What somebody who sent an impossible place probably meant, as a sentence, or None.

        `first` and `second` are lat and lon, or easting and northing where `system` is EPSG:25832.
        """
        return corrections.likely_correction(first, second, system, self.metres_from_denmark)

    def _near(self, lat: float, lon: float, at: datetime) -> list[tuple[float, Area]]:
        """Areas valid at `at` within 5 km, the nearest first; 0 m is inside. On a shared border the lower code wins."""
        point = shapely.Point(lon, lat)
        found = [(0.0, self._areas[i]) for i in self._tree.query(point, predicate="intersects")]
        found = [(metres, area) for metres, area in found if area.holds_at(at)]
        if not any(area.level is Level.MUNICIPALITY for _, area in found):
            inside = {area.id for _, area in found}
            for i in self._tree.query(point, predicate="dwithin", distance=_SEARCH_DEGREES):
                area = self._areas[i]
                if area.id not in inside and area.holds_at(at):
                    metres = _metres_to_shape(lat, lon, self._shapes[i])
                    if metres <= NEAREST_WITHIN_M:
                        found.append((metres, area))
        return sorted(found, key=lambda pair: (pair[0], pair[1].code))


def _metres_to_shape(lat: float, lon: float, shape: shapely.Geometry) -> float:
    """From a point to a shape a few kilometres away, in a plane laid at the point (error below 0.1 %)."""
    across = math.cos(math.radians(lat)) * _METRES_PER_DEGREE
    flat = shapely.transform(shape, lambda xy: (xy - (lon, lat)) * (across, _METRES_PER_DEGREE))
    return float(shapely.distance(shapely.Point(0, 0), flat))


def _great_circle_m(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    phi, other_phi = math.radians(lat), math.radians(other_lat)
    chord = (
        math.sin((other_phi - phi) / 2) ** 2
        + math.cos(phi) * math.cos(other_phi) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    )
    return 2 * 6_371_007.18 * math.asin(min(1.0, math.sqrt(chord)))
