"""Seeing that a transaction waits for another one."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

import asyncpg

T = TypeVar("T")
_WAITING = """
    SELECT true FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' LIMIT 1
"""


async def somebody_waits(dsn: str) -> None:
    """Return once a connection to this database waits for a lock of another one."""
    connection = await asyncpg.connect(dsn)
    try:
        async with asyncio.timeout(10):
            while not await connection.fetchval(_WAITING):  # noqa: ASYNC110 – the database tells nobody by itself
                await asyncio.sleep(0.01)
    finally:
        await connection.close()


async def waiting_for_nobody(dsn: str, work: Awaitable[T]) -> T:
    """What `work` gives, however long that takes. Fails once a connection to this database waits for another's lock."""
    connection = await asyncpg.connect(dsn)
    working = asyncio.ensure_future(work)
    try:
        while not working.done():
            assert not await connection.fetchval(_WAITING), "it waits for a lock"
            await asyncio.wait({working}, timeout=0.01)
    finally:
        await connection.close()
    return await working
