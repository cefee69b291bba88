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


async def recruited(dsn: str) -> list[tuple[str, int]]:
    """How many came by join codes: sign-ups begun, phones proven, people registered."""
    connection = await asyncpg.connect(dsn)
    try:
        row = await connection.fetchrow(
            """
            SELECT (SELECT sum(begun)::bigint FROM recruitment.join_code) AS begun,
                   (SELECT count(DISTINCT phone_key) FROM recruitment.touch) AS proven,
                   (SELECT count(*) FROM recruitment.member) AS registered
            """
        )
    finally:
        await connection.close()
    assert row is not None
    return [(name, int(count)) for name, count in row.items()]


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
