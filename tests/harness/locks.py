"""Seeing that a transaction waits for another one."""

import asyncio

import asyncpg


async def somebody_waits(dsn: str) -> None:
    """Return once a connection to this database waits for a lock of another one."""
    connection = await asyncpg.connect(dsn)
    try:
        async with asyncio.timeout(10):
            while not await connection.fetchval(  # noqa: ASYNC110 – the database tells nobody by itself
                "SELECT true FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            ):
                await asyncio.sleep(0.01)
    finally:
        await connection.close()
