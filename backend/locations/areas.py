"""Where people are, for somebody who may know roughly: areas with never fewer than three people in each.

Pure. An area is a cell. One is shown in parts only where every part that holds anybody holds three or more; so no area
lies within another, and nothing follows by subtracting one from another. Where even the largest cell holds fewer than
three, they are not shown.
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping
from typing import TypeVar

import msgspec

from backend.locations.cells import POSITION_RESOLUTION, centre_of, parent_at, radius_m

LEAST = 3
LARGEST_RESOLUTION = 6
"""Cells of some 3.7 km to a corner: about as far as a shipped policy's reach."""

Who = TypeVar("Who", bound=Hashable)


class Area(msgspec.Struct, frozen=True):
    """The middle of a cell in degrees, how far its corners are, and how many people it holds: three at least."""

    lat: float
    lon: float
    radius_m: int
    people: int


def areas_of(cells: Mapping[Who, int]) -> dict[Who, Area]:
    """Whose area is which, of people and the resolution 10 cells they are in; whoever cannot be shown is left out."""
    found: dict[Who, Area] = {}
    for cell, people in _by_parent(cells, list(cells), LARGEST_RESOLUTION).items():
        if len(people) >= LEAST:
            _divide(cells, people, cell, LARGEST_RESOLUTION, found)
    return found


def _divide(cells: Mapping[Who, int], people: list[Who], cell: int, resolution: int, found: dict[Who, Area]) -> None:
    if resolution < POSITION_RESOLUTION:
        parts = _by_parent(cells, people, resolution + 1)
        if all(len(part) >= LEAST for part in parts.values()):
            for each, part in parts.items():
                _divide(cells, part, each, resolution + 1, found)
            return
    lat, lon = centre_of(cell)
    area = Area(round(lat, 5), round(lon, 5), radius_m(cell), len(people))
    found.update(dict.fromkeys(people, area))


def _by_parent(cells: Mapping[Who, int], people: list[Who], resolution: int) -> dict[int, list[Who]]:
    parts: dict[int, list[Who]] = defaultdict(list)
    for who in people:
        parts[parent_at(cells[who], resolution)].append(who)
    return parts
