"""All SQL by which shipped facts and an operator's files get into the regions' tables."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.foundation.database import Connection
from backend.foundation.kinds import Kind
from backend.regions.area import Area


class DatedCentre(msgspec.Struct, frozen=True):
    id: UUID
    code: str
    name: str
    kind: Kind
    valid_from: datetime
    valid_to: datetime | None


class DatedCentreArea(msgspec.Struct, frozen=True):
    id: UUID
    centre_id: UUID
    level: str
    code: str
    valid_from: datetime
    valid_to: datetime | None


async def insert_areas(connection: Connection, areas: Sequence[Area]) -> int:
    """Insert what is not there; what an operator has for that code and time stays. Returns how many were new."""
    new: int = await connection.fetchval(
        """
        WITH inserted AS (
          INSERT INTO regions.area (id, level, code, name_da, name_en, parent, valid, shape, source)
          SELECT id, level, code, name_da, name_en, parent, tstzrange(valid_from, valid_to), shape, source
          FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[],
                      $8::timestamptz[], $9::bytea[], $10::text[])
            AS a (id, level, code, name_da, name_en, parent, valid_from, valid_to, shape, source)
          ON CONFLICT DO NOTHING RETURNING 1)
        SELECT count(*) FROM inserted
        """,
        [area.id for area in areas],
        [area.level.value for area in areas],
        [area.code for area in areas],
        [area.name_da for area in areas],
        [area.name_en for area in areas],
        [area.parent for area in areas],
        [area.valid_from for area in areas],
        [area.valid_to for area in areas],
        [area.shape for area in areas],
        [area.source for area in areas],
    )
    return new


async def insert_centres(connection: Connection, centres: Sequence[DatedCentre]) -> None:
    await connection.execute(
        """
        INSERT INTO regions.dispatch_centre (id, code, name, kind, valid)
        SELECT id, code, name, kind, tstzrange(valid_from, valid_to)
        FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[])
          AS c (id, code, name, kind, valid_from, valid_to)
        ON CONFLICT DO NOTHING
        """,
        [centre.id for centre in centres],
        [centre.code for centre in centres],
        [centre.name for centre in centres],
        [centre.kind.value for centre in centres],
        [centre.valid_from for centre in centres],
        [centre.valid_to for centre in centres],
    )


async def insert_centre_areas(connection: Connection, rows: Sequence[DatedCentreArea]) -> None:
    """Rows of a centre that is not there (an operator took its code for another) are left out."""
    await connection.execute(
        """
        INSERT INTO regions.centre_area (id, centre_id, level, code, valid)
        SELECT r.id, r.centre_id, r.level, r.code, tstzrange(r.valid_from, r.valid_to)
        FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[])
          AS r (id, centre_id, level, code, valid_from, valid_to)
        JOIN regions.dispatch_centre c ON c.id = r.centre_id
        ON CONFLICT DO NOTHING
        """,
        [row.id for row in rows],
        [row.centre_id for row in rows],
        [row.level for row in rows],
        [row.code for row in rows],
        [row.valid_from for row in rows],
        [row.valid_to for row in rows],
    )


async def set_shape(connection: Connection, area_id: UUID, shape: bytes, source: str) -> None:
    await connection.execute("UPDATE regions.area SET shape = $2, source = $3 WHERE id = $1", area_id, shape, source)


async def close_area(connection: Connection, area_id: UUID, at: datetime) -> None:
    """The area as it was ends at `at`."""
    await connection.execute("UPDATE regions.area SET valid = tstzrange(lower(valid), $2) WHERE id = $1", area_id, at)


async def recode_region(connection: Connection, old: str, new: str) -> None:
    """Give a region its official code wherever our own one stands."""
    await connection.execute("UPDATE regions.area SET code = $2 WHERE level = 'region' AND code = $1", old, new)
    await connection.execute("UPDATE regions.area SET parent = $2 WHERE parent = $1", old, new)
    await connection.execute("UPDATE regions.centre_area SET code = $2 WHERE level = 'region' AND code = $1", old, new)


async def replace_postcodes(connection: Connection, pairs: Sequence[tuple[str, str]]) -> None:
    await connection.execute("DELETE FROM regions.postcode")
    await connection.execute(
        """
        INSERT INTO regions.postcode (postcode, municipality)
        SELECT postcode, municipality FROM unnest($1::text[], $2::text[]) AS p (postcode, municipality)
        """,
        [postcode for postcode, _ in pairs],
        [municipality for _, municipality in pairs],
    )
