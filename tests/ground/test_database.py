"""Getting at the database, and losing it."""

import asyncio

import asyncpg
import pytest

from backend.foundation.database import Actor, Connection, Database, Lane, Role, open_database
from backend.foundation.harmless import Fault, without_harm

API = Actor(Role.API)


async def backend_of(database: Database, lane: Lane) -> int:
    async with database.acting_as(API, lane) as connection:
        return int(await connection.fetchval("SELECT pg_backend_pid()"))


@pytest.mark.parametrize("in_a_statement", [True, False])
async def test_whoever_loses_the_server_drops_every_connection_to_it(database_dsn: str, in_a_statement: bool) -> None:
    """A server that goes away takes all lanes with it: the next caller of any of them gets a new connection."""
    database = await open_database(database_dsn, {Lane.ALERTS: 1, Lane.ANSWERS: 1})
    before = await backend_of(database, Lane.ANSWERS)

    lost = (asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, asyncpg.InterfaceError)
    with pytest.raises((*lost, asyncpg.InternalClientError)):
        await _lose(database, in_a_statement)

    assert await backend_of(database, Lane.ANSWERS) != before
    await database.close()


async def _lose(database: Database, in_a_statement: bool) -> None:
    async with database.acting_as(API, Lane.ALERTS) as connection:
        await connection.execute("RESET ROLE")
        if in_a_statement:
            await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        await _kill(database.dsn, await connection.fetchval("SELECT pg_backend_pid()"))
        await connection.execute("SELECT 1")


async def _kill(dsn: str, backend: int) -> None:
    other = await asyncpg.connect(dsn)
    await other.execute("SELECT pg_terminate_backend($1)", backend)
    while await other.fetchval("SELECT true FROM pg_stat_activity WHERE pid = $1", backend):
        pass
    await other.close()


async def test_a_statement_called_wrongly_is_a_fault_like_any_other(database_dsn: str) -> None:
    """The driver refuses it before it is sent: the connection is well, and so is what the transaction has done."""
    database = await open_database(database_dsn, {Lane.ALERTS: 1})
    async with database.acting_as(API, Lane.ALERTS) as connection:
        outcome = await without_harm(connection, lambda: connection.fetchval("SELECT 1", "too much"), "a mistake")
        assert await connection.fetchval("SELECT 2") == 2

    assert outcome == Fault("InterfaceError")
    await database.close()


async def test_of_two_that_wait_for_each_other_both_come_to_their_end(database_dsn: str) -> None:
    """PostgreSQL ends one of two transactions in a deadlock; it has done nothing wrong and is done anew."""
    database = await open_database(database_dsn, {Lane.ALERTS: 3})
    async with database.acting_as(Actor(Role.OWNER), Lane.ALERTS) as c:
        await c.execute("RESET ROLE")
        await c.execute("CREATE TABLE public.pair (name text PRIMARY KEY, written int NOT NULL)")
        await c.execute("GRANT SELECT, UPDATE ON public.pair TO hjerteloeber_api")
        await c.execute("INSERT INTO public.pair VALUES ('this', 0), ('that', 0)")
    both_hold_one = asyncio.Barrier(2)
    tries = 0

    async def writes(first: str, second: str) -> None:
        async def work(c: Connection) -> None:
            nonlocal tries
            tries += 1
            await c.execute("UPDATE public.pair SET written = written + 1 WHERE name = $1", first)
            if tries <= 2:
                await both_hold_one.wait()
            await c.execute("UPDATE public.pair SET written = written + 1 WHERE name = $1", second)

        await database.in_transaction(API, Lane.ALERTS, work)

    await asyncio.gather(writes("this", "that"), writes("that", "this"))

    async with database.acting_as(API, Lane.ALERTS) as c:
        assert [row["written"] for row in await c.fetch("SELECT written FROM public.pair")] == [2, 2]
    assert tries == 3
    await database.close()
