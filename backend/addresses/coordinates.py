"""Two numbers that say where something is, in the ways they are read aloud, copied and typed. Pure.

*55,676 12,568* · *55.676, 12.568* · *55°40.56'N 12°34.08'Ø* · *55 40 33 N, 12 34 05 E* · *N 6175711 E 724337*.
Everything else is no pair of coordinates: an address is tried then.
"""

import re
from enum import StrEnum

import msgspec

from backend.regions.projection import to_wgs84

_AXES = {"n": "n", "e": "e", "ø": "e", "s": "s", "w": "w", "v": "w"}
_NUMBER = r"\d{1,9}(?:[.,]\d{1,15})?"
"""Bounded, as is what stands between: a server reads this, and nobody's typing is to keep it from an alarm."""
_LONGEST_PART = 60
_PART = re.compile(
    rf"(?P<before>[nesøvw])?\s*(?P<first>-?{_NUMBER})\s*(?:[°º]|gr\b|grader\b)?"
    rf"(?:\s*(?P<second>{_NUMBER})\s*(?:['′’]|min\b)?(?:\s*(?P<third>{_NUMBER})\s*(?:\"|″|”|''|sek\b)?)?)?"
    r"\s*(?P<after>[nesøvw](?![a-zæøå]))?",
    re.IGNORECASE,
)
_ZONE = re.compile(
    r"^(?:utm|etrs89|epsg:25832)?\s*(?:zone\s*)?(?:32\s*[uvn]?\b(?=\s*[nesøvw]?\s*\d{6}))?[\s:,]*", re.IGNORECASE
)
_CUT = re.compile(r"\s*[;,/]\s+|\s*[;/]\s*|\s+|(?<=[nesøvw])(?=\d)|(?<=\d)(?=[nesøvw]\s*\d)|,", re.IGNORECASE)
_UNIT_M = (111_195.0, 1_853.0, 31.0)
"""A degree, a minute, a second of latitude."""
_FINEST_M = 10
_NORTHINGS, _EASTINGS = (5_900_000, 6_500_000), (300_000, 1_000_000)
_LAT, _LON = (53.0, 59.0), (6.0, 17.0)


class How(StrEnum):
    """In which way they were understood."""

    DEGREES = "degrees"
    MINUTES = "degrees_minutes"
    SECONDS = "degrees_minutes_seconds"
    UTM32 = "utm32"


class Coordinates(msgspec.Struct, frozen=True):
    """In degrees. `swapped`: the longitude stood first and nothing said so; Denmark has only one way to mean it.

    `accuracy_m`: what the last digit that was typed is worth, 10 m at least: *55,7 12,6* is somewhere in a town.
    """

    lat: float
    lon: float
    how: How
    accuracy_m: int
    swapped: bool = False


def read(typed: str) -> Coordinates | None:
    """None for what is no pair of numbers in or about Denmark."""
    text = _ZONE.sub("", " ".join(typed.split()))
    for pair in _pairs(text):
        found = _grid(*pair) or _degrees(*pair)
        if found is not None:
            return found
    return None


class _Part(msgspec.Struct, frozen=True):
    """One of the two: up to three numbers, the axis where one is said, and how many digits the last one has behind."""

    numbers: tuple[float, ...]
    axis: str
    digits: int


def _pairs(text: str) -> list[tuple[_Part, _Part]]:
    """Every place to cut in two at which both sides read as a whole."""
    found = []
    for cut in _CUT.finditer(text):
        left, right = (_part(side) for side in (text[: cut.start()], text[cut.end() :]))
        if left is not None and right is not None and len(left.numbers) == len(right.numbers):
            found.append((left, right))
    return found


def _part(text: str) -> _Part | None:
    match = _PART.fullmatch(text.strip()) if len(text) <= _LONGEST_PART else None
    if match is None or (match["before"] and match["after"]):
        return None
    typed = [each.replace(",", ".") for each in match.group("first", "second", "third") if each]
    axis = _AXES.get((match["before"] or match["after"] or "").lower(), "")
    return _Part(tuple(map(float, typed)), axis, len(typed[-1].partition(".")[2]))


def _grid(left: _Part, right: _Part) -> Coordinates | None:
    if len(left.numbers) != 1:
        return None
    for east, north in ((left, right), (right, left)):
        said = (east.axis in ("", "e")) and (north.axis in ("", "n"))
        if said and _within(east.numbers[0], _EASTINGS) and _within(north.numbers[0], _NORTHINGS):
            degrees = to_wgs84(east.numbers[0], north.numbers[0])
            return None if degrees is None else Coordinates(*degrees, How.UTM32, _worth_m(1, east, north))
    return None


def _degrees(left: _Part, right: _Part) -> Coordinates | None:
    swapped = left.axis in ("e", "w") or right.axis in ("n", "s")
    lat, lon = (right, left) if swapped else (left, right)
    if lat.axis not in ("", "n", "s") or lon.axis not in ("", "e", "w"):
        return None
    north, east = _in_degrees(lat, "s"), _in_degrees(lon, "w")
    if north is None or east is None:
        return None
    how = (How.DEGREES, How.MINUTES, How.SECONDS)[len(lat.numbers) - 1]
    accuracy_m = _worth_m(_UNIT_M[len(lat.numbers) - 1], left, right)
    unsaid = not left.axis and not right.axis
    if unsaid and not (lat.digits or lon.digits) and how is How.DEGREES:
        return None  # two whole numbers: a house and a postcode, say
    if _within(north, _LAT) and _within(east, _LON):
        return Coordinates(north, east, how, accuracy_m)
    if unsaid and _within(east, _LAT) and _within(north, _LON):
        return Coordinates(east, north, how, accuracy_m, swapped=True)
    return None


def _worth_m(unit_m: float, *parts: _Part) -> int:
    return max(_FINEST_M, round(unit_m / 10.0 ** min(part.digits for part in parts)))


def _in_degrees(part: _Part, negative: str) -> float | None:
    whole, *finer = part.numbers
    if any(not 0 <= each < 60 for each in finer) or (finer and whole != int(whole)):
        return None
    degrees = abs(whole) + sum(each / (60.0, 3600.0)[at] for at, each in enumerate(finer))
    return -degrees if part.axis == negative or whole < 0 else degrees


def _within(number: float, between: tuple[int, int] | tuple[float, float]) -> bool:
    return between[0] <= number <= between[1]
