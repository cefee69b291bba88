"""Reading a GeoJSON file of land parts; pure.

Each feature is one part: a Polygon or MultiPolygon in degrees, with the properties `name` and `fixed_links`, a list of
the names of parts that a bridge, a tunnel or a causeway leads to (a ferry is none). A link told on one side is enough.
`fixed_links` must be there even when it is empty: a file that says nothing of bridges, such as one of municipalities,
would else part whoever lives on either side of one.
"""

import math
from collections.abc import Sequence
from typing import Any

import msgspec
import shapely

from backend.regions.boundary_file import WrongFile, features_of, shape_of

LARGEST_KM2 = 500_000
"""Sweden and some more, five million cells: a file beyond it has a corner in the wrong place. Ours ††."""
_KM_PER_DEGREE = 111.195


class Part(msgspec.Struct, frozen=True):
    """A piece of land that can be crossed on foot from end to end."""

    name: str
    shape: shapely.Geometry
    fixed_links: tuple[str, ...]
    repaired: bool


def read(text: bytes) -> list[Part]:
    """Every part of a file, in its order. Raises WrongFile, which names the feature and the property."""
    parts: dict[str, Part] = {}
    for number, feature in enumerate(features_of(text), start=1):
        part = _part(feature, number)
        if part.name in parts:
            raise WrongFile(f'feature {number}: the property "name" is {part.name}, as of an earlier feature')
        parts[part.name] = part
    for number, part in enumerate(parts.values(), start=1):
        for other in part.fixed_links:
            if other not in parts or other == part.name:
                why = "the part itself" if other == part.name else "the name of no feature"
                raise WrongFile(f'feature {number} ({part.name}): "fixed_links" has {other}, which is {why}')
    if sum(_km2(part.shape) for part in parts.values()) > LARGEST_KM2:
        raise WrongFile(f"this is more than {LARGEST_KM2:,} km² of land: a corner must be in the wrong place")
    return list(parts.values())


def _part(feature: Any, number: int) -> Part:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        raise WrongFile(f"feature {number} has no properties")
    name = properties.get("name")
    if not isinstance(name, str) or not name.strip():
        raise WrongFile(f'feature {number} has no property "name"; it has {", ".join(sorted(properties)) or "none"}')
    where = f"feature {number} ({name.strip()})"
    shape = shapely.force_2d(shape_of(feature, number))  # some programs write heights
    valid = bool(shapely.is_valid(shape))
    if not valid:
        shape = shapely.make_valid(shape)
    if not shapely.area(shape):
        raise WrongFile(f"{where}: its polygon has no area")
    return Part(
        name=name.strip(),
        shape=shape,
        fixed_links=_fixed_links(properties, where),
        repaired=not valid,
    )


def _fixed_links(properties: dict[str, Any], where: str) -> tuple[str, ...]:
    links: Sequence[Any] = properties.get("fixed_links", "")
    if not isinstance(links, list) or not all(isinstance(each, str) and each.strip() for each in links):
        raise WrongFile(
            f'{where}: the property "fixed_links" is a list of the names of the parts that a bridge, a tunnel or a '
            "causeway leads to, [] where none does"
        )
    return tuple(each.strip() for each in links)


def _km2(shape: shapely.Geometry) -> float:
    """Near enough for a guard."""
    _, south, _, north = shapely.bounds(shape)
    return float(shapely.area(shape)) * _KM_PER_DEGREE**2 * math.cos(math.radians((south + north) / 2))
