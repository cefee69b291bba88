"""A process that is frozen in the middle of a transaction, or whose machine is gone, holds up nobody for long."""

import asyncio

import asyncpg
import pytest

from backend.foundation.database import Actor, Lane, Role, open_database

WORKER = Actor(Role.WORKER)
LOCK = "SELECT 1 FROM foundation.timer FOR UPDATE"


async def test_who_says_nothing_in_a_transaction_lets_go_of_what_it_holds(database_dsn: str) -> None:
    frozen = await open_database(database_dsn, {Lane.REST: 2}, silent_at_most_s=0.2)
    other = await open_database(database_dsn, {Lane.REST: 1})
    async with other.acting_as(WORKER) as connection:
        await connection.execute("INSERT INTO foundation.timer VALUES (gen_random_uuid(), 'r', now())")
    has_it, thawed = asyncio.Event(), asyncio.Event()

    async def falls_silent() -> None:
        async with frozen.acting_as(WORKER) as connection:
            await connection.execute(LOCK)
            has_it.set()
            await thawed.wait()
            await connection.execute("DELETE FROM foundation.timer")

    silent = asyncio.create_task(falls_silent())
    await has_it.wait()
    async with asyncio.timeout(10), other.acting_as(WORKER) as connection:
        await connection.execute(LOCK)
    thawed.set()

    # The last is the driver's word where the server's goodbye has come and the connection's end has not yet.
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)):
        await silent
    async with frozen.acting_as(WORKER) as connection:
        assert await connection.fetchval("SELECT count(*) FROM foundation.timer") == 1, "it did nothing, and goes on"
    await frozen.close()
    await other.close()
