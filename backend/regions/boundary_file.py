"""Reading a GeoJSON file of official boundaries; pure.

Municipalities carry `code`, `name`, `region_code`, `region_name`; regions `code`, `name`. An area may come in several
features. Coordinates are degrees, longitude first, as GeoJSON says.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
import shapely

from backend.regions.area import Level


class WrongFile(Exception):
    """The file cannot be imported; says where and what would be right."""


class Boundary(msgspec.Struct, frozen=True):
    """One area as the file draws it. `region_code` null: it belongs to no region."""

    level: Level
    code: str
    name: str
    region_code: str | None
    region_name: str | None
    shape: bytes
    repaired: bool


def read(text: bytes, level: Level | None = None) -> list[Boundary]:
    """Every area of a file, by code. Without `level`, areas with a property `region_code` are municipalities.

    Raises WrongFile.
    """
    features = features_of(text)
    parts: dict[tuple[Level, str], list[shapely.Geometry]] = {}
    facts: dict[tuple[Level, str], dict[str, Any]] = {}
    for number, feature in enumerate(features, start=1):
        properties = _properties(feature, number)
        is_level = level or (Level.MUNICIPALITY if "region_code" in properties else Level.REGION)
        key = (is_level, _code(properties, number))
        if facts.setdefault(key, properties).get("name") != properties.get("name"):
            raise WrongFile(f"feature {number}: code {key[1]} stands in the file with two names")
        parts.setdefault(key, []).append(shape_of(feature, number))
    return [_boundary(*key, facts[key], parts[key]) for key in sorted(parts)]


def features_of(text: bytes) -> Sequence[Any]:
    """The features of a GeoJSON file, unread. Raises WrongFile."""
    try:
        document = msgspec.json.decode(text)
    except msgspec.DecodeError as wrong:
        raise WrongFile(f"this is not JSON: {wrong}") from None
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not features:
        raise WrongFile('this is not a GeoJSON FeatureCollection: it has no list "features" with anything in it')
    return features


def _properties(feature: Any, number: int) -> dict[str, Any]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        raise WrongFile(f"feature {number} has no properties")
    if not properties.get("name") or not isinstance(properties["name"], str):
        raise WrongFile(
            f'feature {number} has no property "name"; it has {", ".join(sorted(properties)) or "none"}. '
            "Rename the file's properties to code, name and, for municipalities, region_code and region_name"
        )
    return properties


def _code(properties: dict[str, Any], number: int) -> str:
    code = str(properties.get("code", "")).zfill(4)
    if not (code.isascii() and code.isdigit() and len(code) == 4 and code != "0000"):
        raise WrongFile(f'feature {number}: the property "code" is four digits, such as 0101 or 1084')
    return code


def shape_of(feature: dict[str, Any], number: int) -> shapely.Geometry:
    """A feature's Polygon or MultiPolygon in degrees, crossing lines and all. Raises WrongFile."""
    try:
        shape = shapely.from_geojson(msgspec.json.encode(feature.get("geometry")))
    except shapely.GEOSException:
        shape = None
    if shape is None or shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty:
        raise WrongFile(f"feature {number} is not a Polygon or MultiPolygon")
    west, south, east, north = shape.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise WrongFile(
            f"feature {number}: coordinates are degrees, longitude first (GeoJSON is always WGS84); "
            "convert the file, for example with: ogr2ogr -t_srs EPSG:4326 new.geojson old.geojson"
        )
    return shape


def _boundary(level: Level, code: str, facts: dict[str, Any], parts: list[shapely.Geometry]) -> Boundary:
    """The parts as one valid shape; crossing lines are repaired, and it is told."""
    broken = not all(shapely.is_valid(part) for part in parts)
    whole = shapely.union_all([shapely.make_valid(part) if broken else part for part in parts])
    region_code = facts.get("region_code")
    return Boundary(
        level=level,
        code=code,
        name=facts["name"],
        region_code=str(region_code) if region_code and level is Level.MUNICIPALITY else None,
        region_name=facts.get("region_name"),
        shape=whole.normalize().wkb,
        repaired=broken,
    )
