"""Getting from here to there, as seen by a phone. Pure."""

import math
from dataclasses import dataclass

from backend.demo.phones.chances import ROAD_FACTOR

EARTH_RADIUS_M = 6_371_008.8


@dataclass(frozen=True)
class Point:
    lat: float
    lon: float


def metres_between(a: Point, b: Point) -> float:
    """Along a great circle."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin(math.radians(b.lon - a.lon) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(half))


def seconds_between(a: Point, b: Point, speed_m_s: float) -> float:
    """By road."""
    return metres_between(a, b) * ROAD_FACTOR / speed_m_s


def part_of_way(a: Point, b: Point, share: float) -> Point:
    """Where somebody is who has done `share` (0–1) of the way; distances here are small enough for a flat map."""
    share = min(1.0, max(0.0, share))
    return Point(a.lat + (b.lat - a.lat) * share, a.lon + (b.lon - a.lon) * share)
