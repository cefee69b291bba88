"""All SQL by which lists of defibrillators get into the table."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from backend.foundation.database import Connection, fetch_one
from backend.foundation.ids import AedId


class Source(msgspec.Struct, frozen=True):
    """Where a list is from and on which terms; shown beside every defibrillator of it."""

    source: str
    licence: str
    attribution: str
    made_up: bool = False


class Listed(msgspec.Struct, frozen=True):
    """A defibrillator as its source describes it. `id` is used only if the source names it for the first time."""

    id: AedId
    source_id: str
    lat: float
    lon: float
    cell_r9: int
    name: str | None = None
    location_text: str | None = None
    floor: str | None = None
    indoor: bool | None = None
    opening_hours: str | None = None
    cabinet_code: str | None = None
    phone: str | None = None


class Written(msgspec.Struct, frozen=True):
    new: int
    changed: int
    came_back: int


async def save_source(connection: Connection, source: Source, now: datetime) -> None:
    await connection.execute(
        """
        INSERT INTO aeds.import_source (source, licence, attribution, made_up, imported_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (source) DO UPDATE
        SET licence = EXCLUDED.licence, attribution = EXCLUDED.attribution, made_up = EXCLUDED.made_up,
          imported_at = EXCLUDED.imported_at
        """,
        source.source,
        source.licence,
        source.attribution,
        source.made_up,
        now,
    )


async def known_ids(connection: Connection, source: str) -> set[str]:
    """What a source listed at its last import."""
    rows = await connection.fetch("SELECT source_id FROM aeds.aed WHERE source = $1 AND gone_at IS NULL", source)
    return {row["source_id"] for row in rows}


async def write(connection: Connection, source: str, listed: Sequence[Listed], now: datetime) -> Written:
    """Insert the new, update what differs, bring back what had gone; what is the same is not touched.

    Condition, complaints and reservation are ours to know, not the source's: they stay.
    """
    written = await fetch_one(
        connection,
        Written,
        """
        WITH listed AS (
          SELECT id, source_id, lat, lon, cell_r9, name, location_text, floor, indoor, opening_hours, cabinet_code,
            phone
          FROM unnest($3::uuid[], $4::text[], $5::float8[], $6::float8[], $7::bigint[], $8::text[], $9::text[],
                      $10::text[], $11::boolean[], $12::text[], $13::text[], $14::text[])
            AS l (id, source_id, lat, lon, cell_r9, name, location_text, floor, indoor, opening_hours, cabinet_code,
                  phone)),
        before AS (
          SELECT a.source_id, a.gone_at FROM aeds.aed a JOIN listed l ON l.source_id = a.source_id WHERE a.source = $1),
        written AS (
          INSERT INTO aeds.aed AS a
            (id, source, source_id, lat, lon, cell_r9, name, location_text, floor, indoor, opening_hours, cabinet_code,
             phone, state, state_at)
          SELECT id, $1, source_id, lat, lon, cell_r9, name, location_text, floor, indoor, opening_hours, cabinet_code,
            phone, 'in_place', $2
          FROM listed
          ON CONFLICT (source, source_id) DO UPDATE
          SET lat = EXCLUDED.lat, lon = EXCLUDED.lon, cell_r9 = EXCLUDED.cell_r9, name = EXCLUDED.name,
            location_text = EXCLUDED.location_text, floor = EXCLUDED.floor, indoor = EXCLUDED.indoor,
            opening_hours = EXCLUDED.opening_hours, cabinet_code = EXCLUDED.cabinet_code, phone = EXCLUDED.phone,
            gone_at = NULL
          WHERE (a.lat, a.lon, a.name, a.location_text, a.floor, a.indoor, a.opening_hours, a.cabinet_code, a.phone)
              IS DISTINCT FROM (EXCLUDED.lat, EXCLUDED.lon, EXCLUDED.name, EXCLUDED.location_text, EXCLUDED.floor,
                EXCLUDED.indoor, EXCLUDED.opening_hours, EXCLUDED.cabinet_code, EXCLUDED.phone)
            OR a.gone_at IS NOT NULL
          RETURNING a.source_id)
        SELECT count(*) FILTER (WHERE b.source_id IS NULL) AS new,
          count(*) FILTER (WHERE b.source_id IS NOT NULL AND b.gone_at IS NULL) AS changed,
          count(*) FILTER (WHERE b.gone_at IS NOT NULL) AS came_back
        FROM written w LEFT JOIN before b ON b.source_id = w.source_id
        """,
        source,
        now,
        [each.id for each in listed],
        [each.source_id for each in listed],
        [each.lat for each in listed],
        [each.lon for each in listed],
        [each.cell_r9 for each in listed],
        [each.name for each in listed],
        [each.location_text for each in listed],
        [each.floor for each in listed],
        [each.indoor for each in listed],
        [each.opening_hours for each in listed],
        [each.cabinet_code for each in listed],
        [each.phone for each in listed],
    )
    assert written is not None
    return written


async def mark_gone(connection: Connection, source: str, source_ids: Sequence[str], now: datetime) -> None:
    await connection.execute(
        "UPDATE aeds.aed SET gone_at = $3 WHERE source = $1 AND source_id = ANY($2::text[]) AND gone_at IS NULL",
        source,
        list(source_ids),
        now,
    )
