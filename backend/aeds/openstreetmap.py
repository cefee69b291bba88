"""Reading a GeoJSON file tagged as OpenStreetMap does it (`emergency=defibrillator`); pure.

Tags: wiki.openstreetmap.org, Tag:emergency=defibrillator. The registry comes through the same door.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import shapely

from backend.aeds.queries_import import Listed
from backend.foundation.ids import AedId, in_order
from backend.locations.cells import res9_of

Tags = Mapping[str, str | int | float | bool | None]
_LONGEST = 500
_LOCATION_TAGS = ("defibrillator:location:da", "defibrillator:location", "aed:location", "location:description")
_NOT_FOR_EVERYBODY = ("no", "private")


class Skipped(msgspec.Struct, frozen=True):
    """A feature that is no use, and why."""

    feature: int
    why: str


class Reading(msgspec.Struct, frozen=True):
    listed: list[Listed]
    skipped: list[Skipped]


class WrongFile(Exception):
    """The file cannot be imported; says which feature and what would be right."""


def read(text: bytes) -> Reading:
    """Every defibrillator of a FeatureCollection. Raises WrongFile where importing would do harm."""
    listed: dict[str, Listed] = {}
    skipped: list[Skipped] = []
    for number, feature in enumerate(_features(text), start=1):
        tags = _tags(feature, number)
        if tags.get("emergency") != "defibrillator":
            skipped.append(Skipped(number, "not tagged emergency=defibrillator"))
        elif tags.get("access") in _NOT_FOR_EVERYBODY:
            skipped.append(Skipped(number, "not for the public (access)"))
        else:
            found = _listed(feature, tags, number)
            if found.source_id in listed:
                raise WrongFile(f"feature {number}: the id {found.source_id} stands in the file twice")
            listed[found.source_id] = found
    return Reading(listed=list(listed.values()), skipped=skipped)


def _features(text: bytes) -> Sequence[Any]:
    try:
        document = msgspec.json.decode(text)
    except msgspec.DecodeError as wrong:
        raise WrongFile(f"this is not JSON: {wrong}") from None
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise WrongFile('this is not a GeoJSON FeatureCollection: it has no list "features"')
    return features


def _tags(feature: Any, number: int) -> Tags:
    """The tags, whether they lie flat in `properties` or in `properties.tags`, as exporters differ."""
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        raise WrongFile(f"feature {number} has no properties")
    inner = properties.get("tags")
    return {**properties, **inner} if isinstance(inner, dict) else properties


def _listed(feature: dict[str, Any], tags: Tags, number: int) -> Listed:
    lat, lon = _point(feature, number)
    return Listed(
        id=AedId(in_order()),
        source_id=_source_id(feature, tags, number),
        lat=lat,
        lon=lon,
        cell_r9=res9_of(lat, lon),
        name=_text(tags, "name", "operator"),
        location_text=_text(tags, *_LOCATION_TAGS),
        floor=_text(tags, "level", "addr:floor"),
        indoor=_indoor(tags),
        opening_hours=_text(tags, "opening_hours"),
        cabinet_code=_text(tags, "defibrillator:code", "defibrillator:cabinet:code"),
        phone=_text(tags, "phone", "contact:phone"),
    )


def _point(feature: dict[str, Any], number: int) -> tuple[float, float]:
    """Latitude and longitude; of an outline the middle."""
    try:
        shape = shapely.from_geojson(msgspec.json.encode(feature.get("geometry")))
        middle = shape.centroid
        lat, lon = float(middle.y), float(middle.x)
    except (shapely.GEOSException, AttributeError, ValueError):
        raise WrongFile(f"feature {number} has no geometry that can be read") from None
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):  # also an empty geometry: its middle is not a number
        raise WrongFile(
            f"feature {number}: coordinates are degrees, longitude first (GeoJSON is always WGS84); "
            "convert the file, for example with: ogr2ogr -t_srs EPSG:4326 new.geojson old.geojson"
        )
    return lat, lon


def _source_id(feature: dict[str, Any], tags: Tags, number: int) -> str:
    """What the source calls it: the same next time, or importing twice would double it."""
    for value in (feature.get("id"), tags.get("@id"), tags.get("id"), tags.get("osm_id"), tags.get("ref")):
        if value not in (None, ""):
            return str(value)
    raise WrongFile(
        f'feature {number} has no id: give each feature an "id", or a property "@id", "id", "osm_id" or "ref", '
        "so that the next import knows it again"
    )


def _indoor(tags: Tags) -> bool | None:
    return {"yes": True, "true": True, "no": False, "false": False}.get(str(tags.get("indoor", "")).lower())


def _text(tags: Tags, *keys: str) -> str | None:
    """The first of some tags that says anything."""
    for key in keys:
        value = tags.get(key)
        if value is not None and str(value).strip():
            return str(value).strip()[:_LONGEST]
    return None
