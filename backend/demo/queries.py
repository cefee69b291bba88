"""What the demo asks its own database; it writes through the rooms' own verbs."""

import asyncpg
import msgspec

from backend.foundation.database import Connection, fetch_all
from backend.foundation.ids import CentreId


class RegionalCentre(msgspec.Struct, frozen=True):
    id: CentreId
    code: str
    name: str
    region: str


async def centres(connection: Connection) -> list[RegionalCentre]:
    """The dispatch centres of today's regions, by region code."""
    return await fetch_all(
        connection,
        RegionalCentre,
        """
        SELECT centre.id, centre.code, centre.name, area.code AS region
        FROM regions.centre_area AS area JOIN regions.dispatch_centre AS centre ON centre.id = area.centre_id
        WHERE area.level = 'region' AND area.code ~ '^[0-9]{4}$'
        ORDER BY area.code, lower(area.valid)
        """,
    )


async def make_database(server_dsn: str, name: str, *, anew: bool) -> None:
    """Make the database `name` where it is missing; `anew` drops an old one first. Must stand outside a transaction."""
    connection = await asyncpg.connect(server_dsn)
    try:
        if anew:
            await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", name):
            await connection.execute(f'CREATE DATABASE "{name}"')
    finally:
        await connection.close()
