"""Statements about organisations and their units."""

from collections.abc import Sequence

from backend.public.store import Connection, fetch_all
from campaigns.organisation.unit import Unit


async def lock_organisation(connection: Connection, name: str) -> None:
    """One import after another; the organisation is there from now on."""
    await connection.execute(
        """
        INSERT INTO campaigns.organisation (name) VALUES ($1)
        ON CONFLICT (name) DO UPDATE SET name = excluded.name
        """,
        name,
    )


async def history_of(connection: Connection, name: str) -> list[Unit]:
    """Every unit at every time, oldest first."""
    return await fetch_all(
        connection,
        Unit,
        """
        SELECT code, parent, kind, name_da, name_en, since, until, merged_into, split_from FROM campaigns.unit
        WHERE organisation = $1 ORDER BY since, code
        """,
        name,
    )


async def delete_units(connection: Connection, name: str) -> None:
    await connection.execute("DELETE FROM campaigns.unit WHERE organisation = $1", name)


async def insert_units(connection: Connection, name: str, units: Sequence[Unit]) -> None:
    await connection.execute(
        """
        INSERT INTO campaigns.unit
          (organisation, code, parent, kind, name_da, name_en, since, until, merged_into, split_from)
        SELECT $1, code, parent, kind, name_da, name_en, since, until, merged_into, split_from FROM unnest(
          $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::date[], $8::date[], $9::text[], $10::text[])
          AS u (code, parent, kind, name_da, name_en, since, until, merged_into, split_from)
        """,
        name,
        [unit.code for unit in units],
        [unit.parent for unit in units],
        [unit.kind.value for unit in units],
        [unit.name_da for unit in units],
        [unit.name_en for unit in units],
        [unit.since for unit in units],
        [unit.until for unit in units],
        [unit.merged_into for unit in units],
        [unit.split_from for unit in units],
    )
