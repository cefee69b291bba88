"""What an impossible place was probably meant to be. Words for a dispatch system's maker, so in English.

No coordinate is repeated in the words: a problem document may end up in a log.
"""

import math
from collections.abc import Callable

from backend.regions.projection import UTM32, to_wgs84

_HERE_M = 50_000
"""A guess counts when it lands in Denmark or in its waters."""


def likely_correction(
    first: float, second: float, system: str, metres_from_denmark: Callable[[float, float], float]
) -> str | None:
    """The first guess that lands in Denmark, as a sentence; None when none does or the place is fine already."""

    def lands(lat: float, lon: float) -> bool:
        return -90 <= lat <= 90 and -180 <= lon <= 180 and metres_from_denmark(lat, lon) <= _HERE_M

    def lands_on_grid(easting: float, northing: float) -> bool:
        place = to_wgs84(easting, northing)
        return place is not None and lands(*place)

    if not (math.isfinite(first) and math.isfinite(second)):
        return None
    if system == UTM32:
        return _of_grid(first, second, lands, lands_on_grid)
    return _of_degrees(first, second, lands, lands_on_grid)


_Test = Callable[[float, float], bool]


def _of_grid(easting: float, northing: float, lands: _Test, lands_on_grid: _Test) -> str | None:
    if lands_on_grid(easting, northing):
        return None
    if lands_on_grid(northing, easting):
        return "easting and northing look swapped"
    if lands(northing, easting) or lands(easting, northing):
        return 'these look like degrees: send them as system "WGS84" with lat and lon'
    in_zone_33 = to_wgs84(easting, northing, "EPSG:25833")
    if in_zone_33 is not None and lands(*in_zone_33):
        return "this looks like UTM zone 33: send zone 32 (EPSG:25832)"
    return None


def _of_degrees(lat: float, lon: float, lands: _Test, lands_on_grid: _Test) -> str | None:
    if lands(lat, lon):
        return None
    if lands(lon, lat):
        return "latitude and longitude look swapped"
    if lands_on_grid(lon, lat) or lands_on_grid(lat, lon):
        return 'these look like easting and northing: send them as system "EPSG:25832"'
    for north, east, words in (
        (-lat, lon, "the latitude has the wrong sign: north is positive"),
        (lat, -lon, "the longitude has the wrong sign: east is positive"),
        (-lat, -lon, "latitude and longitude have the wrong sign: north and east are positive"),
    ):
        if lands(north, east):
            return words
    for power in range(1, 8):
        if any(lands(lat / 10**a, lon / 10**b) for a, b in ((power, power), (power, 0), (0, power))):
            return "the decimal point looks misplaced: send degrees, for example 55.676 and 12.568"
    return None
