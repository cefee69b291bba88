"""Centre, person and role end with the transaction, however it ends: the next one on the connection has none."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest

from backend.foundation.database import Actor, Connection, Database, Lane, Role, become, enter, open_database

TRANSACTIONS = 1_000
CENTRES = [uuid4() for _ in range(5)]
PEOPLE = [uuid4() for _ in range(5)]
WHO = "SELECT current_user::text AS role, foundation.centre() AS centre, foundation.person() AS person"


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    """Three connections for everybody, so that each serves hundreds."""
    database = await open_database(database_dsn, {Lane.REST: 3, Lane.STATS: 1})
    yield database
    await database.close()


class BadLuck(Exception):
    """What goes wrong in somebody's own code."""


async def acts_for(connection: Connection, actor: Actor) -> None:
    row = await connection.fetchrow(WHO)
    assert row is not None
    assert (row["role"], row["centre"], row["person"]) == (actor.role.value, actor.centre_id, actor.person_id)


def somebody(chance: random.Random) -> Actor:
    role = chance.choice([Role.API, Role.WORKER])
    return Actor(role, chance.choice([None, *CENTRES]), chance.choice([None, *PEOPLE]))


async def ends_well(_connection: Connection) -> None:
    pass


async def enters_and_becomes(connection: Connection) -> None:
    await enter(connection, CENTRES[0])
    await become(connection, PEOPLE[0])


async def fails_in_a_statement(connection: Connection) -> None:
    await enters_and_becomes(connection)
    await connection.execute("SELECT 1/0")


async def fails_by_itself(connection: Connection) -> None:
    await enters_and_becomes(connection)
    raise BadLuck


async def enters_within_a_savepoint_that_is_undone(connection: Connection) -> None:
    row = await connection.fetchrow(WHO)
    with contextlib.suppress(asyncpg.DivisionByZeroError):
        async with connection.transaction():
            await fails_in_a_statement(connection)
    assert await connection.fetchrow(WHO) == row


async def enters_within_a_savepoint(connection: Connection) -> None:
    async with connection.transaction():
        await enters_and_becomes(connection)
    assert await connection.fetchval("SELECT foundation.centre()") == CENTRES[0]


async def is_cancelled_in_a_statement(connection: Connection) -> None:
    await enters_and_becomes(connection)
    async with asyncio.timeout(0.005):
        await connection.execute("SELECT pg_sleep(1)")


async def is_cancelled_between_two(connection: Connection) -> None:
    await enters_and_becomes(connection)
    async with asyncio.timeout(0):
        await asyncio.sleep(1)


async def is_ended_by_the_server(connection: Connection) -> None:
    await enters_and_becomes(connection)
    await connection.execute("SET LOCAL statement_timeout = '2ms'")
    await connection.execute("SELECT pg_sleep(1)")


FATES = (
    ends_well,
    enters_and_becomes,
    fails_in_a_statement,
    fails_by_itself,
    enters_within_a_savepoint_that_is_undone,
    enters_within_a_savepoint,
    is_cancelled_in_a_statement,
    is_cancelled_between_two,
    is_ended_by_the_server,
)
ENDS_BADLY = (BadLuck, asyncpg.DivisionByZeroError, asyncpg.QueryCanceledError, TimeoutError)


async def test_a_thousand_interleaved_transactions_never_inherit_a_centre(database: Database) -> None:
    chance = random.Random(2_027)
    begun = 0

    async def many(times: int) -> None:
        nonlocal begun
        for _ in range(times):
            actor, fate = somebody(chance), chance.choice(FATES)
            with contextlib.suppress(*ENDS_BADLY):
                async with database.acting_as(actor) as connection:
                    begun += 1
                    await acts_for(connection, actor)
                    await asyncio.sleep(0)
                    await acts_for(connection, actor)
                    await fate(connection)

    await asyncio.gather(*(many(TRANSACTIONS // 20) for _ in range(20)))
    assert begun == TRANSACTIONS


async def test_outside_a_transaction_nobody_is_acted_for(database: Database) -> None:
    """What is asked past `acting_as` (a listening connection, a fault of ours) finds neither centre nor person."""
    for fate in FATES:
        with contextlib.suppress(*ENDS_BADLY):
            async with database.acting_as(Actor(Role.API, CENTRES[1], PEOPLE[1])) as connection:
                pid = await connection.fetchval("SELECT pg_backend_pid()")
                await fate(connection)
        async with database._pools[Lane.REST].acquire() as bare:
            assert await bare.fetchval("SELECT foundation.centre()") is None, (fate.__name__, pid)
            assert await bare.fetchval("SELECT foundation.person()") is None
            assert await bare.fetchval("SELECT current_user = session_user")


async def test_whom_a_connection_is_anyway_inherits_nothing_either(database_dsn: str) -> None:
    """A worker's connections are the worker's from the first moment on: nothing is set when it acts for nobody."""
    database = await open_database(database_dsn, {Lane.REST: 1}, own_role=Role.WORKER)
    for fate in FATES:
        for actor in (Actor(Role.API, CENTRES[1], PEOPLE[1]), Actor(Role.WORKER, CENTRES[2])):
            with contextlib.suppress(*ENDS_BADLY):
                async with database.acting_as(actor) as connection:
                    await acts_for(connection, actor)
                    await fate(connection)
            async with database.acting_as(Actor(Role.WORKER)) as connection:
                await acts_for(connection, Actor(Role.WORKER))
    await database.close()


async def test_whoever_is_cancelled_while_it_commits_leaves_nothing_behind(database: Database) -> None:
    async def one(actor: Actor) -> None:
        async with database.acting_as(actor) as connection:
            await acts_for(connection, actor)

    for number in range(60):
        task = asyncio.create_task(one(Actor(Role.API, CENTRES[number % 5], PEOPLE[number % 5])))
        for _ in range(number % 12):
            await asyncio.sleep(0.0004)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await one(Actor(Role.WORKER))


async def test_statistics_act_for_nobody(database: Database) -> None:
    async with database.statistics() as connection:
        await acts_for(connection, Actor(Role.STATS))


async def test_a_centre_that_is_no_id_is_nobody_s(database: Database) -> None:
    """Whatever is in the setting, it never is another centre: what cannot be read is an error, and no row."""
    async with database.acting_as(Actor(Role.API)) as connection:
        await connection.execute("SELECT set_config('hjerteloeber.centre', 'all', true)")
        with pytest.raises(asyncpg.InvalidTextRepresentationError):
            await connection.fetchval("SELECT foundation.centre()")


async def test_who_is_acted_for_is_asked_for_in_the_database_s_own_words(database: Database) -> None:
    centre: UUID = CENTRES[3]
    async with database.acting_as(Actor(Role.WORKER)) as connection:
        await enter(connection, centre)
        assert await connection.fetchval("SELECT foundation.centre()") == centre
        await enter(connection, CENTRES[4])
        assert await connection.fetchval("SELECT foundation.centre()") == CENTRES[4]
