"""A policy may not cost an index: whatever PostgreSQL must try on a row first, it cannot look that row up by."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg

from backend.alerts import queries
from backend.delivery import claim, in_app, settle
from backend.delivery.message import Channel
from backend.delivery.outcome import Accepted
from backend.delivery.queries_claim import Room
from backend.foundation.database import Database, Lane, open_database
from backend.foundation.ids import VolunteerId
from backend.incidents import queries as incident_queries
from backend.responses.status import Status
from tests.alarm.cast import NOON, WORKER, Town
from tests.harness.keys import RING


async def scans(dsn: str) -> dict[str, int]:
    """How often each bound table was read from end to end. Nobody else may be at the database any more."""
    c = await asyncpg.connect(dsn)
    here = """
        SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'
    """
    while await c.fetchval(here) > 1:  # noqa: ASYNC110 – each says what it did when it goes
        await asyncio.sleep(0.02)
    rows = await c.fetch(
        """
        SELECT s.schemaname || '.' || s.relname AS name, s.seq_scan FROM pg_stat_user_tables s
        JOIN pg_class k ON k.oid = s.relid WHERE k.relrowsecurity
        """
    )
    await c.close()
    return {row["name"]: row["seq_scan"] for row in rows}


@asynccontextmanager
async def opened(dsn: str) -> AsyncIterator[Database]:
    database = await open_database(dsn, dict.fromkeys(Lane, 2), carries=RING)
    yield database
    await database.close()


async def go_out(town: Town, channel: Channel) -> int:
    """As a worker does it; how many."""
    async with town.database.acting_as(WORKER, Lane.ALERTS) as c:
        claims = await claim.claim(c, [Room(channel, 50, 50)], town.now)
    async with town.database.acting_as(WORKER, Lane.ALERTS) as c:
        parcels = await claim.start(c, claims, town.now)
    async with town.database.acting_as(WORKER, Lane.ALERTS) as c:
        await settle.settle(c, [settle.report_on(each, Accepted("id"), 5) for each in parcels], town.now)
    return len(parcels)


async def test_no_statement_on_an_alarm_s_way_must_read_a_bound_table_from_end_to_end(database_dsn: str) -> None:
    """Reading one so costs more than any index here: it is done only where a statement cannot be answered otherwise."""
    async with opened(database_dsn) as database:
        town = Town(database)
        await town.begin()
        people: list[VolunteerId] = await town.volunteers(*range(100, 2_000, 100))
        await town.aeds(150)
    owner = await asyncpg.connect(database_dsn)
    await owner.execute(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET enable_seqscan = off', current_database()); END $$"
    )
    await owner.close()
    before = await scans(database_dsn)

    async with opened(database_dsn) as database:
        town.database, town.pushes_go_out = database, False
        incident = await town.arrest()
        assert await go_out(town, Channel.FCM)
        alert = await town.alert(incident, people[0])
        async with town.being(people[0]) as c:
            await in_app.written_to_socket(c, people[0], [alert.id], town.now)
        await town.shows(incident, people[0])
        await town.accepts(incident, people[0])
        await town.declines(incident, people[1])
        await town.tells(incident, people[0], Status.EN_ROUTE)
        async with town.being(people[0]) as c:
            assert await incident_queries.place_of(c, incident) is not None
            (own,) = await queries.of_volunteer(c, people[0], NOON - timedelta(days=1))
            assert await incident_queries.by_ids(c, [own.incident_id])
        await town.time_passes(seconds=45)
        assert await go_out(town, Channel.SMS)
        await town.journal(incident)
        await town.gives_up(incident, people[0])
        await town.ends(incident)

    after = await scans(database_dsn)
    assert {name for name, count in after.items() if count > before.get(name, 0)} == set()
