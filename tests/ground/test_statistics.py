"""Statistics have a lane of their own: however many want one, nothing an alarm needs waits for them."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from backend.foundation.database import STATISTICS_WAITING, Actor, Database, Lane, Role, open_database
from backend.foundation.problems import Problem


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    database = await open_database(database_dsn, {Lane.ALERTS: 1, Lane.STATS: 1})
    yield database
    await database.close()


async def test_a_statistic_reads_as_its_own_role_for_five_seconds_at_most(database: Database) -> None:
    async with database.statistics() as connection:
        assert await connection.fetchval("SELECT current_user") == Role.STATS
        settings = {name: await connection.fetchval(f"SHOW {name}") for name in ("statement_timeout", "lock_timeout")}
        assert settings == {"statement_timeout": "5s", "lock_timeout": "1s"}
        assert await connection.fetchval("SELECT count(*) FROM incidents.incident") == 0


async def test_a_statistic_writes_nothing(database: Database) -> None:
    with pytest.raises((asyncpg.ReadOnlySQLTransactionError, asyncpg.InsufficientPrivilegeError)):
        async with database.statistics() as connection:
            await connection.execute("DELETE FROM incidents.incident")


async def test_the_ninth_who_waits_is_turned_away_and_alerts_have_their_connection(database: Database) -> None:
    begun, enough = asyncio.Event(), asyncio.Event()

    async def wants_one() -> None:
        async with database.statistics():
            begun.set()
            await enough.wait()

    those = [asyncio.create_task(wants_one()) for _ in range(STATISTICS_WAITING)]
    await begun.wait()
    with pytest.raises(Problem) as turned_away:
        async with database.statistics():
            pass
    async with database.acting_as(Actor(Role.API), Lane.ALERTS) as connection:
        assert await connection.fetchval("SELECT 1") == 1
    enough.set()
    await asyncio.gather(*those)

    assert (turned_away.value.status, turned_away.value.slug) == (503, "overloaded")
    async with database.statistics() as connection:
        assert await connection.fetchval("SELECT 1") == 1


async def test_a_query_that_took_too_long_is_answered_like_one_that_came_too_late(database: Database) -> None:
    async def takes_too_long() -> None:
        async with database.statistics() as connection:
            await connection.execute("SET LOCAL statement_timeout = '1ms'")
            await connection.execute("SELECT pg_sleep(30)")

    with pytest.raises(Problem) as turned_away:
        await takes_too_long()
    assert turned_away.value.slug == "overloaded"


async def test_a_lost_connection_for_statistics_costs_no_other_lane_its_own(database: Database) -> None:
    """It may be a standby's."""
    async with database.acting_as(Actor(Role.API), Lane.ALERTS) as connection:
        before = await connection.fetchval("SELECT pg_backend_pid()")

    async def loses_it() -> None:
        async with database.statistics() as connection:
            await connection.execute("RESET ROLE")
            await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises((asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, asyncpg.InterfaceError)):
        await loses_it()
    async with database.acting_as(Actor(Role.API), Lane.ALERTS) as connection:
        assert await connection.fetchval("SELECT pg_backend_pid()") == before


async def test_when_an_alarm_comes_the_statistic_being_read_ends_and_none_begins(database: Database) -> None:
    reading = asyncio.Event()

    async def reads_for_ever() -> None:
        async with database.statistics() as connection:
            reading.set()
            await connection.execute("SELECT pg_sleep(4)")

    task = asyncio.create_task(reads_for_ever())
    await reading.wait()
    database.put_statistics_off(60)
    with pytest.raises(Problem):
        await task
    with pytest.raises(Problem):
        async with database.statistics():
            pass
    async with database.acting_as(Actor(Role.API), Lane.ALERTS) as connection:
        works = "SELECT state = 'active' FROM pg_stat_activity WHERE application_name = 'hjerteloeber stats'"
        assert not await connection.fetchval(works), "PostgreSQL works on it no longer"
