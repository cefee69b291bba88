"""A worker takes no more than it can also write down; no channel takes another's place, nor retries a fresh alarm's."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Literal

import asyncpg
import pytest

from backend.delivery import claim
from backend.delivery.message import FIRST_OTHER, Channel, What, urgency
from backend.delivery.queries_claim import Room
from backend.demo.provider_faults import Trouble
from backend.foundation.database import Role
from backend.foundation.kinds import Kind
from backend.worker.loop import keep_running
from backend.worker.slots import LIVE, OTHERS, TRICKLE
from backend.worker.wake import Wake
from tests.delivery.cast import NOW, Town
from tests.delivery.providers import A_BUSY_MACHINE_S, Providers, Worker, answers
from tests.harness.locks import somebody_waits


async def rings(town: Town, how_many: int, *, sms: bool = False) -> None:
    for n in range(how_many):
        await town.message(await town.volunteer(push=f"token-{n}", sms=sms, phone=f"+45200003{n:02}"))


async def test_a_slot_is_free_again_only_when_its_result_is_written(town: Town, providers: Providers) -> None:
    """The provider answers at once, and writing the answers down has not begun: nothing more is claimed meanwhile."""
    await rings(town, 5)
    worker = Worker(town, providers, slots=2)

    for _ in range(3):
        await worker.sender.claim_live_round()
        await answers(worker.sender)
    assert len(providers.pushes()) == 2

    await worker.finishes()
    await worker.sender.claim_live_round()
    await worker.finishes()
    assert len(providers.pushes()) == 4


async def test_slots_come_back_whatever_became_of_the_attempts(town: Town, providers: Providers) -> None:
    await rings(town, 7)
    worker = Worker(town, providers, slots=3)

    for _ in range(4):
        await worker.sender.claim_live_round()
        await worker.finishes()

    assert len(providers.pushes()) == 7
    assert worker.held == 0


async def test_a_provider_that_lets_every_request_hang_takes_no_slot_of_another(
    town: Town, providers: Providers
) -> None:
    await rings(town, 4, sms=True)
    providers.trouble_pushes(Trouble.HANG)
    worker = Worker(town, providers, slots=2)
    await worker.claims()

    worker.clock.advance(timedelta(seconds=5))  # the second channel's turn, and both of the first one's slots are held
    hanging = set(worker.sender.sending)
    await worker.claims()
    if answered := worker.sender.sending - hanging:
        await asyncio.wait(answered)

    assert len(providers.texts()) == 2
    assert not any(task.done() for task in hanging)
    await worker.finishes()


async def test_retries_hold_half_of_the_slots_at_most_and_a_fresh_ring_finds_one(
    town: Town, providers: Providers
) -> None:
    await rings(town, 6)
    async with town.transaction(Role.WORKER) as c:
        await c.execute("UPDATE delivery.delivery SET attempts = 1, ambiguous = true")
    worker = Worker(town, providers, slots=4)

    await worker.claims()
    assert worker.held == 2, "although six wait and four are free"
    fresh = await town.message(await town.volunteer(push="fresh", sms=False, phone="+4520000399"), now=NOW)
    await worker.claims()

    assert worker.held == 3
    await worker.finishes()
    assert str(fresh.subject_id) in [push["data"]["alert_id"] for push in providers.pushes()]


async def test_retries_go_on_by_themselves_when_their_half_is_free_again(town: Town, providers: Providers) -> None:
    await rings(town, 6)
    async with town.transaction(Role.WORKER) as c:
        await c.execute("UPDATE delivery.delivery SET attempts = 1")
    worker = Worker(town, providers, slots=4)

    for _ in range(3):
        await worker.claims()
        await worker.finishes()

    assert len(providers.pushes()) == 6


async def test_one_claim_takes_from_every_channel_what_it_has_room_for(town: Town, providers: Providers) -> None:
    await rings(town, 5, sms=True)
    worker = Worker(town, providers, slots=3)
    worker.clock.advance(timedelta(seconds=5))

    await worker.claims()

    async with town.transaction(Role.WORKER) as c:
        leased = await c.fetch(
            "SELECT channel, count(*) AS n FROM delivery.delivery WHERE state = 'leased' GROUP BY channel"
        )
    assert {row["channel"]: row["n"] for row in leased} == {Channel.FCM: 3, Channel.SMS: 3}
    await worker.finishes()


async def drills(town: Town, how_many: int) -> None:
    for n in range(how_many):
        drilled = await town.volunteer(push=f"drill-{n}", sms=False, phone=f"+45200005{n:02}", kind=Kind.EXERCISE)
        await town.message(drilled, kind=Kind.EXERCISE)


async def test_a_drill_never_holds_a_slot_of_live_alarms(town: Town, providers: Providers) -> None:
    await drills(town, 20)
    worker = Worker(town, providers, slots=16)

    await worker.claims()
    assert worker.held == 16, "although twenty wait"
    await rings(town, 16)
    await worker.claims()

    assert worker.held == 32
    await worker.finishes()
    assert Counter(push["data"]["kind"] for push in providers.pushes()) == {"live": 16, "exercise": 16}


async def test_while_a_report_is_answered_a_drill_goes_on_slowly_and_a_live_alarm_at_full_speed(
    town: Town, providers: Providers
) -> None:
    await drills(town, 20)
    await rings(town, 12)
    alarm = asyncio.Event()
    sender = Worker(town, providers, slots=64, alarm=alarm).sender

    alarm.set()
    await sender.claim_others_round()
    await sender.claim_live_round()

    await answers(sender)
    kinds = Counter(push["data"]["kind"] for push in providers.pushes())
    assert kinds == {"live": 12, "exercise": TRICKLE}


class Watched(asyncio.Event):
    """Knows how often somebody sat down to wait for it."""

    waited_for = 0

    async def wait(self) -> Literal[True]:
        self.waited_for += 1
        return await super().wait()


@contextlib.asynccontextmanager
async def held(town: Town, kind: Kind) -> AsyncIterator[None]:
    """Somebody calls off everything of this kind, and is not done yet."""
    connection = await asyncpg.connect(town.database.dsn)
    holding = connection.transaction()
    await holding.start()
    await connection.execute("SELECT FROM delivery.message WHERE kind = $1 FOR UPDATE", kind)
    yield
    await holding.rollback()
    await connection.close()


async def test_slots_that_come_back_while_others_are_filled_are_filled_at_once(
    town: Town, providers: Providers
) -> None:
    """Nobody says so: there was room before they came back, and so nobody waited for any."""
    await drills(town, 40)
    wake = Wake(others=Watched())
    sender = Worker(town, providers, slots=16, wake=wake).sender
    assert len(await sender.fill(sender.others, [Room(Channel.FCM, 12, 6, first=FIRST_OTHER)])) == 12
    await answers(sender)

    async with held(town, Kind.EXERCISE):
        filling = asyncio.create_task(sender.claim_others_round())  # the four slots that a drill has left
        await somebody_waits(town.database.dsn)
        await sender.others.results.round()
        assert not wake.others.is_set()
    await filling

    assert isinstance(wake.others, Watched)
    assert wake.others.waited_for == 0
    assert await sender.fill(sender.others, sender.others.slots.rooms()), "there is more, and room for it"
    await sender.end()


async def test_a_drill_goes_on_when_the_slots_it_may_have_are_free_again(town: Town, providers: Providers) -> None:
    """Whoever sends live alarms has nothing new to look for."""
    await drills(town, 20)
    wake = Wake()
    sender = Worker(town, providers, slots=16, wake=wake).sender
    assert len(await sender.fill(sender.others, sender.others.slots.rooms())) == 16
    await answers(sender)
    assert not wake.others.is_set()

    await sender.others.results.round()

    assert wake.others.is_set()
    assert not wake.live.is_set()


async def test_an_alarm_waits_for_nobody_who_holds_up_a_drill(town: Town, providers: Providers) -> None:
    """A drill is being called off while a worker begins it: its pushes wait until that is over, an alarm's do not."""
    await drills(town, 20)
    sender = Worker(town, providers, slots=16).sender

    async with held(town, Kind.EXERCISE):
        drilling = asyncio.create_task(sender.claim_others_round())
        await somebody_waits(town.database.dsn)
        await rings(town, 2)
        async with asyncio.timeout(A_BUSY_MACHINE_S):
            await sender.claim_live_round()
        await answers(sender)

        assert {push["data"]["kind"] for push in providers.pushes()} == {"live"}
        assert not drilling.done()
    await drilling
    await sender.end()


async def test_what_an_alarm_s_pushes_came_to_is_written_whoever_holds_what_came_of_a_drill_s(
    town: Town, providers: Providers
) -> None:
    await drills(town, 3)
    await rings(town, 2)
    worker = Worker(town, providers, slots=64)
    await worker.claims()
    await answers(worker.sender)

    connection = await asyncpg.connect(town.database.dsn)
    async with connection.transaction():
        await connection.execute("SELECT FROM delivery.delivery WHERE kind = 'exercise' FOR UPDATE")
        drilled = asyncio.create_task(worker.sender.others.results.round())
        await somebody_waits(town.database.dsn)
        async with asyncio.timeout(A_BUSY_MACHINE_S):
            await worker.sender.live.results.round()
        assert not drilled.done()
        assert worker.held == 3
    await drilled
    await connection.close()
    assert worker.held == 0


@pytest.mark.parametrize("what", What)
def test_whatever_there_is_to_say_is_taken_by_one_of_the_two_lines(what: What) -> None:
    for kind in Kind:
        level = urgency(what, kind)
        takes = [whose for whose in (LIVE, OTHERS) if whose.first <= level <= whose.last]
        alarm = kind is Kind.LIVE and what in (What.RING, What.REVISION, What.WORD, What.STAND_DOWN)
        assert takes == [LIVE if alarm else OTHERS]


async def test_whoever_is_told_to_end_writes_down_what_came_of_an_alarm_and_of_a_drill(
    town: Town, providers: Providers
) -> None:
    await drills(town, 3)
    await rings(town, 2)
    alarm = asyncio.Event()
    worker = Worker(town, providers, slots=64, alarm=alarm)
    settling = [
        asyncio.create_task(keep_running("settle", line.results.round))
        for line in (worker.sender.live, worker.sender.others)
    ]
    await worker.claims()

    alarm.set()
    await worker.sender.end()
    for task in settling:
        task.cancel()
    await asyncio.gather(*settling, return_exceptions=True)
    await town.message(await town.volunteer(push="late", sms=False, phone="+4520000399"))
    await worker.sender.claim_live_round()
    await worker.sender.claim_others_round()
    async with town.transaction(Role.WORKER) as c:
        rows = await c.fetch("SELECT d.kind, d.state FROM delivery.delivery d WHERE channel = 'fcm'")
    assert Counter((row["kind"], row["state"]) for row in rows) == {
        ("live", "accepted"): 2,
        ("exercise", "accepted"): 3,
        ("live", "queued"): 1,
    }


async def test_a_claim_for_live_alarms_locks_nothing_of_a_drill_and_a_drill_s_nothing_of_theirs(
    town: Town, providers: Providers
) -> None:
    await drills(town, 5)
    await rings(town, 4)
    sender = Worker(town, providers, slots=64).sender
    live, others = sender.live.slots.rooms(), sender.others.slots.rooms()

    async with town.transaction(Role.WORKER) as one, town.transaction(Role.WORKER) as other:
        assert len(await claim.claim(one, live, NOW)) == 4
        assert await free(town) == {"exercise": 5}
        assert len(await claim.claim(other, others, NOW)) == 5
        assert await free(town) == {}


async def free(town: Town) -> dict[str, int]:
    """Of what is queued: what nobody has locked, by kind."""
    async with town.transaction(Role.WORKER) as c:
        rows = await c.fetch("SELECT kind FROM delivery.delivery WHERE channel = 'fcm' FOR UPDATE SKIP LOCKED")
    return dict(Counter(row["kind"] for row in rows))


async def test_a_drill_goes_on_while_alarms_never_end(town: Town, providers: Providers) -> None:
    await drills(town, 3 * TRICKLE)
    alarm = asyncio.Event()
    sender = Worker(town, providers, slots=64, alarm=alarm).sender

    for rounds in (1, 2, 3):
        alarm.set()
        await sender.claim_others_round()
        await answers(sender)
        assert len(providers.pushes()) == rounds * TRICKLE
