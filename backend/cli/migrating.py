"""Migrations, and what ships as data."""

from asyncpg import connect

from backend.foundation import migrations
from backend.foundation.clock import MachineClock
from backend.foundation.database import prepare_connection
from backend.regions import shipped as regions
from backend.selection import policies


async def bring_up_to_date(dsn: str) -> list[str]:
    """Apply what is missing; say what was done."""
    said = [f"applied {name}" for name in await migrations.migrate(dsn)] or ["every migration is applied"]
    now = MachineClock().now()
    connection = await connect(dsn)
    try:
        await prepare_connection(connection)
        async with connection.transaction():
            await regions.load(connection, now)
            await policies.load(connection, now)
    finally:
        await connection.close()
    return [*said, "shipped regions, municipalities and policies are loaded"]
