"""All SQL of the regions that processes use while they run; what imports write is in queries_import.py."""

from datetime import datetime
from uuid import UUID

import msgspec

from backend.foundation.database import Connection, fetch_all, fetch_one
from backend.foundation.ids import CentreId
from backend.regions.area import Area, Level


class MunicipalityName(msgspec.Struct, frozen=True):
    code: str
    name_da: str
    name_en: str
    region: str


class Centre(msgspec.Struct, frozen=True):
    id: UUID
    code: str
    name: str
    kind: str
    valid_from: datetime
    valid_to: datetime | None


async def areas(connection: Connection) -> list[Area]:
    """Every area of every time, with its shape."""
    return await fetch_all(
        connection,
        Area,
        """
        SELECT id, level, code, name_da, name_en, parent, lower(valid) AS valid_from, upper(valid) AS valid_to,
          shape, source
        FROM regions.area ORDER BY level, code, lower(valid)
        """,
    )


class Named(msgspec.Struct, frozen=True):
    """An area without its shape."""

    code: str
    level: Level
    name_da: str
    name_en: str
    parent: str | None


class Shape(msgspec.Struct, frozen=True):
    code: str
    shape: bytes  # WKB in degrees, longitude first


async def areas_at(connection: Connection, at: datetime) -> list[Named]:
    """Every area of a moment, without its shape."""
    return await fetch_all(
        connection,
        Named,
        """
        SELECT code, level, name_da, name_en, parent FROM regions.area WHERE valid @> $1::timestamptz
        ORDER BY level, code
        """,
        at,
    )


async def shapes_at(connection: Connection, at: datetime, level: Level) -> list[Shape]:
    """The shapes that areas of a level have at a moment."""
    return await fetch_all(
        connection,
        Shape,
        """
        SELECT code, shape FROM regions.area
        WHERE level = $2 AND valid @> $1::timestamptz AND shape IS NOT NULL ORDER BY code
        """,
        at,
        level.value,
    )


async def municipalities(connection: Connection, at: datetime) -> list[MunicipalityName]:
    """The municipalities of a moment by Danish name; Christiansø is none."""
    return await fetch_all(
        connection,
        MunicipalityName,
        """
        SELECT code, name_da, name_en, parent AS region FROM regions.area
        WHERE level = 'municipality' AND valid @> $1::timestamptz AND parent IS NOT NULL ORDER BY name_da, code
        """,
        at,
    )


async def municipality(connection: Connection, code: str, at: datetime) -> MunicipalityName | None:
    """The municipality with this code at a moment, if there is one."""
    return await fetch_one(
        connection,
        MunicipalityName,
        """
        SELECT code, name_da, name_en, parent AS region FROM regions.area
        WHERE level = 'municipality' AND code = $1 AND valid @> $2::timestamptz AND parent IS NOT NULL
        """,
        code,
        at,
    )


async def municipalities_of_postcode(connection: Connection, postcode: str) -> list[str]:
    """Codes of the municipalities a postcode lies in; empty when it is unknown or none were imported."""
    rows = await connection.fetch(
        "SELECT municipality FROM regions.postcode WHERE postcode = $1 ORDER BY municipality", postcode
    )
    return [row["municipality"] for row in rows]


async def has_postcodes(connection: Connection) -> bool:
    """Whether an operator imported postcodes: until then a home is told as a municipality."""
    return bool(await connection.fetchval("SELECT EXISTS (SELECT FROM regions.postcode)"))


async def centres(connection: Connection, at: datetime) -> list[Centre]:
    """The dispatch centres of a moment and those to come, by code."""
    return await fetch_all(
        connection,
        Centre,
        """
        SELECT id, code, name, kind, lower(valid) AS valid_from, upper(valid) AS valid_to FROM regions.dispatch_centre
        WHERE upper(valid) IS NULL OR upper(valid) > $1 ORDER BY code, lower(valid)
        """,
        at,
    )


async def all_centres(connection: Connection) -> list[CentreId]:
    """Every centre there is, was or will be."""
    rows = await connection.fetch("SELECT id FROM regions.dispatch_centre ORDER BY id")
    return [row["id"] for row in rows]


async def centre_by_code(connection: Connection, code: str, at: datetime) -> Centre | None:
    """The dispatch centre that bears a code at a moment."""
    return await fetch_one(
        connection,
        Centre,
        """
        SELECT id, code, name, kind, lower(valid) AS valid_from, upper(valid) AS valid_to FROM regions.dispatch_centre
        WHERE code = $1 AND valid @> $2::timestamptz
        """,
        code,
        at,
    )


async def centre_now_or_to_come(connection: Connection, code: str, at: datetime) -> Centre | None:
    """The dispatch centre that bears a code at a moment, else the first that will: what is new is prepared before."""
    return next((each for each in await centres(connection, at) if each.code == code), None)


async def centre_of_area(connection: Connection, level: Level, code: str, at: datetime) -> UUID | None:
    """Which centre answers for an area at a moment."""
    answer: UUID | None = await connection.fetchval(
        "SELECT centre_id FROM regions.centre_area WHERE level = $1 AND code = $2 AND valid @> $3::timestamptz",
        level.value,
        code,
        at,
    )
    return answer


async def municipalities_of_centre(connection: Connection, centre_id: UUID, at: datetime) -> list[str]:
    """Codes of the municipalities a centre answers for at a moment, by themselves or by their region."""
    rows = await connection.fetch(
        """
        SELECT m.code FROM regions.area m
        WHERE m.level = 'municipality' AND m.valid @> $2::timestamptz AND EXISTS (
          SELECT FROM regions.centre_area c WHERE c.centre_id = $1 AND c.valid @> $2::timestamptz
            AND ((c.level = 'municipality' AND c.code = m.code) OR (c.level = 'region' AND c.code = m.parent)))
        """,
        centre_id,
        at,
    )
    return [str(row["code"]) for row in rows]


async def add_centre(
    connection: Connection,
    centre_id: UUID,
    code: str,
    name: str,
    kind: str,
    valid_from: datetime,
    valid_to: datetime | None,
) -> None:
    await connection.execute(
        "INSERT INTO regions.dispatch_centre (id, code, name, kind, valid) VALUES ($1, $2, $3, $4, tstzrange($5, $6))",
        centre_id,
        code,
        name,
        kind,
        valid_from,
        valid_to,
    )


async def add_centre_area(
    connection: Connection,
    row_id: UUID,
    centre_id: UUID,
    level: Level,
    code: str,
    valid_from: datetime,
    valid_to: datetime | None,
) -> None:
    await connection.execute(
        """
        INSERT INTO regions.centre_area (id, centre_id, level, code, valid) VALUES ($1, $2, $3, $4, tstzrange($5, $6))
        """,
        row_id,
        centre_id,
        level.value,
        code,
        valid_from,
        valid_to,
    )
