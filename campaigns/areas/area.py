"""An area and its inhabitants."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from backend.public.places import Level, Place


class Inhabitants(msgspec.Struct, frozen=True):
    """How many people lived in an area on 1 January of a year."""

    code: str
    year: int
    people: int


class Area(msgspec.Struct, frozen=True):
    """A region, or a municipality with its region as `parent`; `inhabitants` None: nobody has told us."""

    code: str
    level: Level
    name_da: str
    name_en: str
    parent: str | None = None
    inhabitants: Inhabitants | None = None


def with_inhabitants(places: Sequence[Place], told: Mapping[str, Inhabitants]) -> list[Area]:
    """Each area with what was told of it, a region of which nothing was with the sum of its municipalities.

    What was told of a region that is of another year than its municipalities gives way to their sum, if it is whole.
    """
    below: dict[str | None, list[Inhabitants | None]] = defaultdict(list)
    for place in places:
        if place.level is Level.MUNICIPALITY:
            below[place.parent].append(told.get(place.code))
    return [
        Area(
            place.code,
            place.level,
            place.name_da,
            place.name_en,
            place.parent,
            (_summed(place.code, below[place.code]) if place.level is Level.REGION else None) or told.get(place.code),
        )
        for place in places
    ]


def _summed(code: str, parts: Sequence[Inhabitants | None]) -> Inhabitants | None:
    """Of one year, and of all parts; else a sum says nothing."""
    known = [part for part in parts if part is not None]
    if not known or len(known) < len(parts) or len({part.year for part in known}) > 1:
        return None
    return Inhabitants(code, known[0].year, sum(part.people for part in known))
