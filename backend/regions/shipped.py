"""The facts that come with the project, put into the database: run after the migrations, as often as one likes."""

import csv
from datetime import date, datetime
from importlib import resources
from uuid import UUID, uuid5

import msgspec
import shapely

from backend.foundation.clock import copenhagen_midnight
from backend.foundation.database import Connection
from backend.foundation.kinds import Kind
from backend.regions import queries_import
from backend.regions.area import Area, Level
from backend.regions.queries_import import DatedCentre, DatedCentreArea

NAMESPACE = UUID("8d0c6a52-6a6e-5b8e-9f7e-0f3f7a1d9a54")
"""Ids of shipped rows are made from it and from what the row is, so that they are the same everywhere."""

_DATA = "backend.regions.data"


class Place(msgspec.Struct, frozen=True):
    """A town or village of the shipped list (GeoNames, CC BY 4.0)."""

    name: str
    lat: float
    lon: float
    population: int
    municipality: str
    region: str


async def load(connection: Connection, now: datetime) -> int:
    """Put the shipped areas and centres where they are missing; return how many areas were new.

    Changes nothing that is there: neither an imported border nor a centre that an operator made.
    `now` is not looked at: the shipped facts say themselves from when to when they hold.
    """
    del now
    new = await queries_import.insert_areas(connection, [*_regions(), *_municipalities()])
    await queries_import.insert_centres(connection, _centres())
    await queries_import.insert_centre_areas(connection, _centre_areas())
    return new


def centre_id(code: str) -> UUID:
    """The id of a shipped dispatch centre, for example of `amk-hovedstaden`."""
    return uuid5(NAMESPACE, f"dispatch_centre {code}")


def places() -> list[Place]:
    """The shipped populated places, largest first."""
    return [
        Place(
            name=row["name"],
            lat=float(row["lat"]),
            lon=float(row["lon"]),
            population=int(row["population"]),
            municipality=row["municipality_code"],
            region=row["region_code"],
        )
        for row in _rows("dk_places.csv")
    ]


def _regions() -> list[Area]:
    shapes = _coarse_shapes()
    return [
        Area(
            id=uuid5(NAMESPACE, f"region {row['code']} {row['from']}"),
            level=Level.REGION,
            code=row["code"],
            name_da=row["name_da"],
            name_en=row["name_en"],
            parent=None,
            valid_from=_day(row["from"]),
            valid_to=_end(row["to"]),
            shape=shapely.union_all([shapes[code] for code in row["shape_of"].split()]).wkb,
            source=row["source"],
        )
        for row in _rows("regions.csv")
    ]


def _municipalities() -> list[Area]:
    return [
        Area(
            id=uuid5(NAMESPACE, f"municipality {row['code']} {row['from']}"),
            level=Level.MUNICIPALITY,
            code=row["code"],
            name_da=row["name_da"],
            name_en=row["name_en"],
            parent=row["region_code"] or None,
            valid_from=_day(row["from"]),
            valid_to=_end(row["to"]),
            shape=None,
            source="shipped list of names",
        )
        for row in _rows("municipalities.csv")
    ]


def _centres() -> list[DatedCentre]:
    return [
        DatedCentre(
            id=centre_id(row["code"]),
            code=row["code"],
            name=row["name"],
            kind=Kind(row["kind"]),
            valid_from=_day(row["from"]),
            valid_to=_end(row["to"]),
        )
        for row in _rows("dispatch_centres.csv")
    ]


def _centre_areas() -> list[DatedCentreArea]:
    return [
        DatedCentreArea(
            id=uuid5(NAMESPACE, f"centre_area {row['level']} {row['code']} {row['from']}"),
            centre_id=centre_id(row["centre_code"]),
            level=row["level"],
            code=row["code"],
            valid_from=_day(row["from"]),
            valid_to=_end(row["to"]),
        )
        for row in _rows("centre_areas.csv")
    ]


def _coarse_shapes() -> dict[str, shapely.Geometry]:
    text = resources.files(_DATA).joinpath("ne_dk_regions.geojson").read_text("utf-8")
    return {
        feature["properties"]["code"]: shapely.geometry.shape(feature["geometry"])
        for feature in msgspec.json.decode(text)["features"]
    }


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(resources.files(_DATA).joinpath(name).read_text("utf-8").splitlines()))


def _day(text: str) -> datetime:
    """A Danish day's beginning, in UTC."""
    day = date.fromisoformat(text)
    return copenhagen_midnight(day.year, day.month, day.day)


def _end(text: str) -> datetime | None:
    return _day(text) if text else None
