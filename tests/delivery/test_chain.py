"""The journal's global chain: what is committed is sealed, and whoever changes something is noticed."""

import contextlib
from datetime import datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from backend.delivery.sealing import WIDE_LOOK_EVERY_S, Attempts
from backend.foundation import journal, sealer
from backend.foundation.clock import SetClock
from backend.foundation.database import Actor, Connection, Role
from backend.foundation.ids import in_order
from backend.foundation.journal import Event, Happening
from backend.foundation.kinds import Kind
from backend.foundation.sealer import Source
from backend.incidents.sealing import sources
from backend.worker.run import Sealing
from tests.delivery.cast import NOW, Town
from tests.delivery.providers import Worker


async def something_happens(town: Town, worker: Worker) -> None:
    """Three journal entries, an attempt and its result."""
    happenings = [Happening(Event.WAVE_ASKED, {"metres": metres, "share": 0.5}) for metres in (100, 200, 300)]
    async with town.transaction() as c:
        await journal.write(c, Actor(Role.API), in_order(), Kind.LIVE, uuid4(), 1, happenings, NOW)
    await town.message(await town.volunteer(sms=False))
    await worker.works()


async def test_entries_attempts_and_results_are_sealed_into_one_chain_that_verifies(town: Town, worker: Worker) -> None:
    await something_happens(town, worker)
    one_round = sources()
    async with town.transaction(Role.WORKER) as c:
        assert await sealer.seal(c, one_round, NOW) == 5
        assert await sealer.seal(c, one_round, NOW) == 0, "nothing is sealed twice"
        found = await sealer.verify(c, sources(), NOW)

    assert (found.seals, found.broken, found.erased) == (5, [], 0)


async def test_a_changed_record_breaks_the_chain_where_it_stands(town: Town, worker: Worker, database_dsn: str) -> None:
    await something_happens(town, worker)
    async with town.transaction(Role.WORKER) as c:
        await sealer.seal(c, sources(), NOW)
    await town.as_superuser("UPDATE foundation.journal_entry SET facts = '{\"metres\": 1}' WHERE seq = 2")
    async with town.transaction(Role.WORKER) as c:
        assert (await sealer.verify(c, sources(), NOW)).broken == [2]


async def test_a_changed_seal_breaks_the_chain(town: Town, worker: Worker) -> None:
    await something_happens(town, worker)
    async with town.transaction(Role.WORKER) as c:
        await sealer.seal(c, sources(), NOW)
    await town.as_superuser("UPDATE foundation.journal_seal SET digest = sha256('x') WHERE position = 3")
    async with town.transaction(Role.WORKER) as c:
        assert (await sealer.verify(c, sources(), NOW)).broken == [3, 4]


async def test_an_erased_record_is_told_apart_from_a_broken_one(town: Town, worker: Worker) -> None:
    await something_happens(town, worker)
    async with town.transaction(Role.WORKER) as c:
        await sealer.seal(c, sources(), NOW)
    await town.as_superuser("DELETE FROM delivery.attempt_result")
    async with town.transaction(Role.WORKER) as c:
        found = await sealer.verify(c, sources(), NOW)
    assert (found.broken, found.erased) == ([], 1)


async def test_cutting_the_end_off_is_noticed_by_a_head_written_down_elsewhere(town: Town, worker: Worker) -> None:
    await something_happens(town, worker)
    async with town.transaction(Role.WORKER) as c:
        await sealer.seal(c, sources(), NOW)
        anchor = await sealer.head(c)
        assert await sealer.is_in_chain(c, anchor)
    await town.as_superuser("DELETE FROM foundation.journal_seal WHERE position > 3")
    async with town.transaction(Role.WORKER) as c:
        assert (await sealer.verify(c, sources(), NOW)).broken == []
        assert not await sealer.is_in_chain(c, anchor)


async def test_two_sealers_at_once_make_one_chain(town: Town, worker: Worker) -> None:
    await something_happens(town, worker)
    async with town.transaction(Role.WORKER) as one, town.transaction(Role.WORKER) as other:
        assert await sealer.seal(one, sources(), NOW) == 5
        assert await sealer.seal(other, sources(), NOW) == 0
    async with town.transaction(Role.WORKER) as c:
        assert (await sealer.verify(c, sources(), NOW)).broken == []


async def test_neither_api_nor_worker_may_change_what_is_sealed(town: Town, worker: Worker) -> None:
    await something_happens(town, worker)
    for role in (Role.API, Role.WORKER):
        async with town.database.acting_as(Actor(role)) as c:
            for table in ("foundation.journal_entry", "foundation.journal_seal", "delivery.attempt"):
                for right in ("UPDATE", "DELETE"):
                    assert not await c.fetchval("SELECT has_table_privilege($1, $2)", table, right)


LONG_AGO, THIS_MORNING = NOW - timedelta(days=2), NOW - timedelta(hours=5)


async def entries(town: Town, count: int, at: datetime, kind: str | None = None) -> None:
    connection = await asyncpg.connect(town.database.dsn)
    await connection.execute(
        """
        INSERT INTO foundation.journal_entry (event, at, role, facts, kind)
        SELECT 'right_changed', $2, 'hjerteloeber_owner', '{}', $3 FROM generate_series(1, $1)
        """,
        count,
        at,
        kind,
    )
    await connection.close()


async def seal_all(town: Town, one_round: list[Source], *, long_look: bool = False) -> int:
    async with town.transaction(Role.WORKER) as c:
        sealed = 0
        while more := await sealer.seal(c, one_round, NOW, long_look=long_look):
            sealed += more
    return sealed


async def test_a_sealer_begins_where_the_chain_ends(town: Town) -> None:
    """Else a worker started in a quiet night would read the whole journal three times a second."""
    await entries(town, 2100, NOW)
    assert await seal_all(town, sources()) == 2100
    await town.as_superuser("DELETE FROM foundation.journal_seal WHERE position = 1")

    assert await seal_all(town, sources()) == 0
    assert await seal_all(town, sources(), long_look=True) == 1


async def test_what_waited_for_a_sealer_for_days_is_sealed_when_one_starts(town: Town) -> None:
    await entries(town, 3, NOW)
    await seal_all(town, sources())
    await entries(town, 2500, LONG_AGO)
    assert await seal_all(town, sources()) == 2500


async def test_the_long_look_goes_back_a_day_and_the_check_tells_of_what_is_older(town: Town) -> None:
    """A look at all that ever was, every ten minutes, would grow for ever."""
    for at in (LONG_AGO, THIS_MORNING, NOW):
        await entries(town, 2100, at)
    await seal_all(town, sources())
    await town.as_superuser("DELETE FROM foundation.journal_seal WHERE record_id IN ('1', '2101')")

    assert await seal_all(town, sources(), long_look=True) == 1
    async with town.transaction(Role.WORKER) as c:
        assert (await sealer.verify(c, sources(), NOW)).unsealed == 1


async def test_an_attempt_without_a_seal_is_told_of_too(town: Town, worker: Worker) -> None:
    await something_happens(town, worker)
    async with town.transaction(Role.WORKER) as c:
        assert (await sealer.verify(c, sources(), NOW)).unsealed == 0, "it may be on its way into the chain"
        assert (await sealer.verify(c, sources(), NOW + timedelta(minutes=2))).unsealed == 5


async def test_the_machine_s_own_alarm_stays_out_of_the_chain(town: Town, worker: Worker) -> None:
    """Its records go after a day: thousands of erased ones a day would hide the one that somebody else erased."""
    await entries(town, 3, NOW, "synthetic")
    await town.message(await town.volunteer(sms=False, kind=Kind.SYNTHETIC), kind=Kind.SYNTHETIC)
    await worker.works()
    assert await seal_all(town, sources(), long_look=True) == 0
    async with town.transaction(Role.WORKER) as c:
        assert (await sealer.verify(c, sources(), NOW + timedelta(minutes=2))).unsealed == 0


async def test_nothing_leaves_the_chain_by_being_called_synthetic(town: Town) -> None:
    await entries(town, 3, NOW, "live")
    await seal_all(town, sources())
    await town.as_superuser("UPDATE foundation.journal_entry SET kind = 'synthetic' WHERE id = 2")
    async with town.transaction(Role.WORKER) as c:
        assert (await sealer.verify(c, sources(), NOW)).broken == [2]


async def attempts(connection: Connection, count: int, at: datetime) -> None:
    """So many of one delivery, all of one moment."""
    await connection.execute(
        """
        INSERT INTO delivery.attempt (id, delivery_id, fence, provider, started_at)
        SELECT gen_random_uuid(), d.id, $3::int + n, 'fcm', $2
        FROM (SELECT id FROM delivery.delivery LIMIT 1) d, generate_series(1, $1) n
        """,
        count,
        at,
        at.microsecond + 10_000 * at.second,
    )


async def test_more_attempts_of_one_moment_than_a_round_takes_are_all_sealed_once(town: Town) -> None:
    await town.message(await town.volunteer(sms=False))
    async with town.transaction() as c:
        await attempts(c, 3 * sealer.AT_ONCE + 7, NOW)
    one_round = sources()

    assert await seal_all(town, one_round) == 3 * sealer.AT_ONCE + 7
    assert await seal_all(town, one_round) == 0
    async with town.transaction(Role.WORKER) as c:
        assert (await sealer.verify(c, sources(), NOW + timedelta(minutes=2))).unsealed == 0


async def test_attempts_that_commit_after_newer_ones_were_sealed_are_sealed_too(town: Town) -> None:
    await town.message(await town.volunteer(sms=False))
    one_round, many = sources(), 2 * sealer.AT_ONCE + 1
    async with town.transaction() as late:
        await attempts(late, many, NOW)
        async with town.transaction() as c:
            await attempts(c, 5, NOW + timedelta(seconds=1))
        assert await seal_all(town, one_round) == 5
        assert await seal_all(town, one_round) == 0
    assert await seal_all(town, one_round) == many
    assert await seal_all(town, one_round) == 0


class Stopwatch:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_what_a_frozen_process_commits_ten_seconds_late_the_wide_look_finds(town: Town) -> None:
    """Every round looks two seconds back of the newest, and one in five seconds thirty."""
    await town.message(await town.volunteer(sms=False))
    stopwatch = Stopwatch()
    one_round: list[Source] = [Attempts(stopwatch)]
    async with town.transaction() as frozen:
        await attempts(frozen, 3, NOW)
        async with town.transaction() as c:
            await attempts(c, 1, NOW + timedelta(seconds=10))
        assert await seal_all(town, one_round) == 1
    assert await seal_all(town, one_round) == 0

    stopwatch.now += WIDE_LOOK_EVERY_S

    assert await seal_all(town, one_round) == 3
    assert await seal_all(town, one_round) == 0


async def test_what_was_undone_holds_nothing_up_and_what_follows_is_sealed(town: Town) -> None:
    await town.message(await town.volunteer(sms=False))
    one_round = sources()
    for second in range(3):
        with contextlib.suppress(ZeroDivisionError):
            async with town.transaction() as c:
                await attempts(c, 2, NOW + timedelta(seconds=second))
                raise ZeroDivisionError
        assert await seal_all(town, one_round) == 0
        async with town.transaction() as c, c.transaction():  # with a transaction number of its own
            await attempts(c, 2, NOW + timedelta(seconds=second))
        assert await seal_all(town, one_round) == 2


async def test_what_is_frozen_is_not_judged_anew_and_what_comes_after_it_is(town: Town) -> None:
    await town.message(await town.volunteer(sms=False))
    one_round = sources()
    async with town.transaction() as c:
        await attempts(c, 5, NOW)
    assert await seal_all(town, one_round) == 5
    await town.as_superuser("VACUUM (FREEZE) delivery.attempt")
    assert await seal_all(town, one_round) == 0
    async with town.transaction() as c:
        await attempts(c, 3, NOW - timedelta(seconds=1))

    assert await seal_all(town, one_round) == 3
    async with town.transaction(Role.WORKER) as c:
        assert (await sealer.verify(c, sources(), NOW + timedelta(minutes=2))).unsealed == 0


async def test_what_a_failed_round_took_for_sealed_the_next_one_seals(town: Town) -> None:
    await town.message(await town.volunteer(sms=False))
    sealing = Sealing(town.database, SetClock(NOW), lambda: False)
    async with town.transaction() as c:
        await attempts(c, 5, NOW)
    await sealing.round()
    async with town.transaction() as c:
        await attempts(c, 7, NOW - timedelta(seconds=1))
    await town.as_superuser("ALTER TABLE foundation.journal_seal ADD CONSTRAINT full_disk CHECK (false) NOT VALID")
    with pytest.raises(asyncpg.CheckViolationError):
        await sealing.round()
    await town.as_superuser("ALTER TABLE foundation.journal_seal DROP CONSTRAINT full_disk")

    await sealing.round()

    async with town.transaction(Role.WORKER) as c:
        assert (await sealer.verify(c, sources(), NOW + timedelta(minutes=2))).unsealed == 0


async def test_a_sealer_that_was_away_for_three_days_leaves_no_gap(town: Town) -> None:
    """It begins with a look at the last day; what is older than that, and not sealed yet, comes after it."""
    await town.message(await town.volunteer(sms=False))
    async with town.transaction() as c:
        await attempts(c, 1, NOW - timedelta(days=3, seconds=3))
    await entries(town, 1, NOW - timedelta(days=3))
    await seal_all(town, sources())
    for days in (2, 0):
        async with town.transaction() as c:
            await attempts(c, 3, NOW - timedelta(days=days, seconds=days))
        await entries(town, sealer.LOOK_BACK_IDS + 50, NOW - timedelta(days=days))
    sealing = Sealing(town.database, SetClock(NOW), lambda: False)

    while not await sealing.round():
        pass
    while not await sealing.round():
        pass

    async with town.transaction(Role.WORKER) as c:
        assert (await sealer.verify(c, sources(), NOW + timedelta(minutes=2))).unsealed == 0
