"""The journal's global chain: what is committed is sealed, and whoever changes something is noticed."""

from uuid import uuid4

from backend.delivery.sealing import Attempts, Results
from backend.foundation import journal, sealer
from backend.foundation.database import Actor, Role
from backend.foundation.ids import in_order
from backend.foundation.journal import Event, Happening
from backend.foundation.kinds import Kind
from backend.foundation.sealer import JournalEntries, Source
from tests.delivery.cast import NOW, Town
from tests.delivery.providers import Worker


def sources() -> list[Source]:
    return [JournalEntries(), Attempts(), Results()]


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
        found = await sealer.verify(c, sources())

    assert (found.seals, found.broken, found.erased) == (5, [], 0)


async def test_a_changed_record_breaks_the_chain_where_it_stands(town: Town, worker: Worker, database_dsn: str) -> None:
    await something_happens(town, worker)
    async with town.transaction(Role.WORKER) as c:
        await sealer.seal(c, sources(), NOW)
    await town.as_superuser("UPDATE foundation.journal_entry SET facts = '{\"metres\": 1}' WHERE seq = 2")
    async with town.transaction(Role.WORKER) as c:
        assert (await sealer.verify(c, sources())).broken == [2]


async def test_a_changed_seal_breaks_the_chain(town: Town, worker: Worker) -> None:
    await something_happens(town, worker)
    async with town.transaction(Role.WORKER) as c:
        await sealer.seal(c, sources(), NOW)
    await town.as_superuser("UPDATE foundation.journal_seal SET digest = sha256('x') WHERE position = 3")
    async with town.transaction(Role.WORKER) as c:
        assert (await sealer.verify(c, sources())).broken == [3, 4]


async def test_an_erased_record_is_told_apart_from_a_broken_one(town: Town, worker: Worker) -> None:
    await something_happens(town, worker)
    async with town.transaction(Role.WORKER) as c:
        await sealer.seal(c, sources(), NOW)
    await town.as_superuser("DELETE FROM delivery.attempt_result")
    async with town.transaction(Role.WORKER) as c:
        found = await sealer.verify(c, sources())
    assert (found.broken, found.erased) == ([], 1)


async def test_cutting_the_end_off_is_noticed_by_a_head_written_down_elsewhere(town: Town, worker: Worker) -> None:
    await something_happens(town, worker)
    async with town.transaction(Role.WORKER) as c:
        await sealer.seal(c, sources(), NOW)
        anchor = await sealer.head(c)
        assert await sealer.is_in_chain(c, anchor)
    await town.as_superuser("DELETE FROM foundation.journal_seal WHERE position > 3")
    async with town.transaction(Role.WORKER) as c:
        assert (await sealer.verify(c, sources())).broken == []
        assert not await sealer.is_in_chain(c, anchor)


async def test_two_sealers_at_once_make_one_chain(town: Town, worker: Worker) -> None:
    await something_happens(town, worker)
    async with town.transaction(Role.WORKER) as one, town.transaction(Role.WORKER) as other:
        assert await sealer.seal(one, sources(), NOW) == 5
        assert await sealer.seal(other, sources(), NOW) == 0
    async with town.transaction(Role.WORKER) as c:
        assert (await sealer.verify(c, sources())).broken == []


async def test_neither_api_nor_worker_may_change_what_is_sealed(town: Town, worker: Worker) -> None:
    await something_happens(town, worker)
    for role in (Role.API, Role.WORKER):
        async with town.transaction(role) as c:
            for table in ("foundation.journal_entry", "foundation.journal_seal", "delivery.attempt"):
                for right in ("UPDATE", "DELETE"):
                    assert not await c.fetchval("SELECT has_table_privilege($1, $2)", table, right)


async def test_a_sealer_that_finds_all_sealed_when_it_starts_looks_at_what_is_new_only(town: Town) -> None:
    """Else a worker started in a quiet night would read the whole journal three times a second."""
    await town.as_superuser(
        """
        INSERT INTO foundation.journal_entry (event, at, role, facts)
        SELECT 'right_changed', now(), 'hjerteloeber_owner', '{}' FROM generate_series(1, 2100)
        """
    )
    async with town.transaction(Role.WORKER) as c:
        first = sources()
        while await sealer.seal(c, first, NOW):
            pass
    started_later = JournalEntries()
    async with town.transaction(Role.WORKER) as c:
        assert await started_later.unsealed(c, sealer.AT_ONCE, whole=True) == []
    await town.as_superuser("DELETE FROM foundation.journal_seal WHERE position = 1")

    async with town.transaction(Role.WORKER) as c:
        assert await started_later.unsealed(c, sealer.AT_ONCE, whole=False) == []
        assert len(await started_later.unsealed(c, sealer.AT_ONCE, whole=True)) == 1
