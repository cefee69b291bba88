"""A queue that was empty for days and has a drill in it now: whoever works on it touches what it takes, and no more.

PostgreSQL keeps the plan of a statement that a connection has asked a few times, and for an empty table that plan is
to read it whole. So the planner is told that it is, all is asked often enough, and nobody tells of its filling.
"""

import contextlib
from collections.abc import AsyncIterator

import asyncpg
import pytest

from backend.delivery import claim, settle
from backend.delivery.message import Channel
from backend.delivery.outcome import Accepted
from backend.delivery.queries_claim import Claim, Room
from backend.foundation import sealer
from backend.foundation.clock import SetClock
from backend.foundation.database import Connection, Database, Lane
from backend.foundation.kinds import Kind
from backend.incidents.sealing import sources
from backend.worker.run import SEAL_ASIDE, SEAL_ASIDE_ROUNDS, Sealing, open_for_work
from backend.worker.settling import WORKER
from backend.worker.slots import LIVE, Slots
from tests.delivery.cast import NOW, Town
from tests.harness.keys import RING

UNTIL_A_PLAN_IS_KEPT = 8  # PostgreSQL thinks about the sixth
WAITING, OVER = 6_000, 6_000
TAKEN = 50
ROOMS = [Room(Channel.FCM, TAKEN, TAKEN // 2), Room(Channel.SMS, TAKEN, TAKEN // 2)]
TABLES = (  # people are few here
    *("delivery.delivery", "delivery.message", "delivery.attempt", "delivery.attempt_result"),
    "foundation.journal_seal",
)


@pytest.fixture
async def at_work(town: Town) -> AsyncIterator[Database]:
    """A worker's own connections."""
    await town.as_superuser("VACUUM ANALYZE")
    database = await open_for_work(town.database.dsn, RING)
    yield database
    await database.close()


async def sends(connection: Connection) -> list[Claim]:
    """Claim, start and settle."""
    claims = await claim.claim(connection, ROOMS, NOW)
    parcels = await claim.start(connection, claims, NOW)
    await settle.settle(connection, [settle.report_on(each, Accepted("1"), 1) for each in parcels], NOW)
    return claims


async def sweeps(connection: Connection) -> None:
    await settle.recover(connection, NOW)
    await settle.end_the_late(connection, NOW)
    await settle.end_unserved(connection, [Channel.FCM, Channel.SMS], NOW)


_FILLED = """
    WITH over AS (
      SELECT d.*, m.what, m.volunteer_id, m.content, m.created_at
      FROM delivery.delivery d JOIN delivery.message m ON m.id = d.message_id
      ORDER BY m.created_at DESC, m.id DESC LIMIT 1),
    new AS (
      SELECT gen_random_uuid() AS id, gen_random_uuid() AS subject_id, gen_random_uuid() AS delivery_id,
             n AS number, n <= $1::int AS is_over
      FROM generate_series(1, $1::int + $2::int) n),
    said AS (
      INSERT INTO delivery.message (id, kind, what, subject_id, volunteer_id, content, created_at, expires_at)
      SELECT new.id, kind, what, subject_id, volunteer_id, content, created_at, expires_at FROM new, over),
    queued AS (
      INSERT INTO delivery.delivery
        (id, message_id, kind, channel, address_id, state, urgency, queued_at, expires_at, next_at, attempts, fence,
         settled_at)
      SELECT delivery_id, new.id, kind, channel, address_id, CASE WHEN is_over THEN 'accepted' ELSE 'queued' END,
             urgency, queued_at, expires_at, next_at, is_over::int, is_over::int, CASE WHEN is_over THEN queued_at END
      FROM new, over),
    tried AS (
      INSERT INTO delivery.attempt (id, delivery_id, fence, provider, started_at)
      SELECT new.id, delivery_id, 1, 'fcm', queued_at + number * interval '1 ms' FROM new, over WHERE is_over)
    INSERT INTO delivery.attempt_result (attempt_id, outcome, ended_at)
    SELECT new.id, 'accepted', queued_at + number * interval '1 ms' FROM new, over WHERE is_over
"""


async def fill(town: Town, kind: Kind = Kind.LIVE) -> None:
    """As many wait as a small drill has, beside as many that are over."""
    await town.message(await town.volunteer(sms=False, kind=kind), kind=kind)
    connection = await asyncpg.connect(town.database.dsn)
    await connection.execute(_FILLED, OVER, WAITING)
    await connection.close()


class Reads:
    """What a connection has read since `begin`: PostgreSQL adds it up beyond a transaction's end, for a second."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._before: dict[str, tuple[int, int]] = {}

    async def begin(self) -> None:
        self._before = await self._read()

    async def whole(self) -> list[str]:
        """Tables from one end to the other."""
        return [name for name, (scans, _) in (await self._read()).items() if scans > self._before[name][0]]

    async def of_the_queue(self) -> int:
        """Rows of the queue that an index led to."""
        return (await self._read())["delivery"][1] - self._before["delivery"][1]

    async def _read(self) -> dict[str, tuple[int, int]]:
        rows = await self._connection.fetch(
            """
            SELECT relname, seq_scan, idx_tup_fetch FROM pg_stat_xact_user_tables
            WHERE schemaname || '.' || relname = ANY($1)
            """,
            TABLES,
        )
        return {row["relname"]: (row["seq_scan"], row["idx_tup_fetch"]) for row in rows}


@contextlib.asynccontextmanager
async def reading(database: Database, lane: Lane) -> AsyncIterator[tuple[Connection, Reads]]:
    async with database.acting_as(WORKER, lane) as connection:
        reads = Reads(connection)
        await reads.begin()
        yield connection, reads


async def test_sending_touches_what_it_takes_although_its_plans_are_of_an_empty_queue(
    town: Town, at_work: Database
) -> None:
    one = await town.volunteer(push="warm", sms=False, phone="+4520000077")
    for _ in range(UNTIL_A_PLAN_IS_KEPT):
        await town.message(one)
        async with at_work.acting_as(WORKER, Lane.ALERTS) as c:
            assert len(await sends(c)) == 1
    await fill(town)

    async with reading(at_work, Lane.ALERTS) as (c, reads):
        assert len(await sends(c)) == TAKEN
        assert await reads.whole() == []
        assert await reads.of_the_queue() < 20 * TAKEN


async def test_an_alarm_s_claim_reads_nothing_of_the_drill_that_waits_beside_it(town: Town, at_work: Database) -> None:
    await fill(town, Kind.EXERCISE)
    one = await town.volunteer(push="warm", sms=False, phone="+4520000077")
    await town.message(one)

    async with reading(at_work, Lane.ALERTS) as (c, reads):
        assert len(await claim.claim(c, Slots([Channel.FCM, Channel.SMS], 128, LIVE).rooms(), NOW)) == 1
        assert await reads.whole() == []
        assert await reads.of_the_queue() < 20


async def test_a_sweep_looks_at_no_delivery_that_is_over_or_that_can_wait(town: Town, at_work: Database) -> None:
    for _ in range(UNTIL_A_PLAN_IS_KEPT):
        async with at_work.acting_as(WORKER, Lane.ALERTS) as c:
            await sweeps(c)
    await fill(town)

    async with reading(at_work, Lane.ALERTS) as (c, reads):
        await sweeps(c)
        assert await reads.whole() == []
        assert await reads.of_the_queue() == 0


async def test_a_round_of_sealing_reads_no_table_whole(town: Town, at_work: Database) -> None:
    one_round = sources()
    for _ in range(UNTIL_A_PLAN_IS_KEPT):
        async with at_work.acting_as(WORKER) as c:
            assert await sealer.seal(c, one_round, NOW) == 0
    await fill(town)

    sealed, more = 0, 1
    while more:
        async with reading(at_work, Lane.REST) as (c, reads):
            sealed += (more := await sealer.seal(c, one_round, NOW))
            assert await reads.whole() == []
            assert await reads.of_the_queue() <= 2 * more, "what was judged is not judged again"
    assert sealed == 2 * OVER


async def test_beside_an_alarm_little_of_a_drill_is_sealed_at_a_time_and_no_chain_falls_behind_for_it(
    town: Town, at_work: Database
) -> None:
    """A drill has reports of its own, and each counts as an alarm at first: they may come one after the other."""
    await fill(town)
    aside = False
    sealing = Sealing(at_work, SetClock(NOW), lambda: aside)

    async def sealed_by_a_round() -> int:
        before = await seals(at_work)
        await sealing.round()
        return await seals(at_work) - before

    assert await sealed_by_a_round() == 2 * sealer.AT_ONCE
    aside = True
    assert await sealed_by_a_round() == 2 * SEAL_ASIDE
    aside = False
    assert await sealed_by_a_round() == 2 * sealer.AT_ONCE
    aside = True
    assert [await sealed_by_a_round() for _ in range(SEAL_ASIDE_ROUNDS)] == [2 * SEAL_ASIDE] * SEAL_ASIDE_ROUNDS
    assert [await sealed_by_a_round() for _ in range(2)] == [2 * sealer.AT_ONCE] * 2, "until nothing more waits"


async def seals(database: Database) -> int:
    async with database.acting_as(WORKER) as c:
        return int(await c.fetchval("SELECT count(*) FROM foundation.journal_seal"))
