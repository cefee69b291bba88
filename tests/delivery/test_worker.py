"""The worker's loops: what fails is tried again, and nothing else waits for it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from prometheus_client import REGISTRY

from backend.foundation import timers
from backend.foundation.clock import Clock, MachineClock, SetClock
from backend.foundation.database import Connection, Database, Role
from backend.foundation.ids import in_order
from backend.foundation.timers import Timer
from backend.locations.bulk import Seed, seed_positions
from backend.worker import clock_check
from backend.worker.chores import CHORES
from backend.worker.housekeeping import Chore, Housekeeper
from backend.worker.loop import keep_running
from backend.worker.timing import Timekeeper
from backend.worker.wake import listen
from tests.delivery.cast import NOW, Town


async def test_a_loop_outlives_its_failures() -> None:
    rounds: list[int] = []
    enough = asyncio.Event()

    async def one_round() -> float:
        rounds.append(1)
        if len(rounds) == 3:
            enough.set()
        if len(rounds) < 3:
            raise RuntimeError("the database went away")
        return 60.0

    loop = asyncio.create_task(keep_running("test", one_round))
    async with asyncio.timeout(10):
        await enough.wait()
    assert not loop.done()
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)


async def test_one_timers_failure_holds_up_no_other_and_is_put_off(town: Town) -> None:
    bad, good = in_order(), in_order()
    async with town.transaction() as c:
        await timers.set_timer(c, bad, "look", NOW - timedelta(seconds=1), NOW)
        await timers.set_timer(c, good, "look", NOW, NOW)
    handled = []

    async def look_again(database: Database, timer: Timer, clock: Clock) -> None:
        if timer.subject_id == bad:
            raise RuntimeError("a bug")
        async with town.transaction(Role.WORKER) as c:
            assert await timers.take(c, timer)
        handled.append(timer.subject_id)

    keeper = Timekeeper(town.database, look_again, SetClock(NOW), asyncio.Event())
    await keeper.round()
    await keeper.finish()

    assert handled == [good]
    async with town.transaction() as c:
        assert await timers.due(c, NOW) == []
        (later,) = await timers.due(c, NOW + timedelta(minutes=1))
    assert later.subject_id == bad


async def test_a_timer_that_nobody_took_is_not_asked_about_for_ever(town: Town) -> None:
    async with town.transaction() as c:
        await timers.set_timer(c, in_order(), "look", NOW, NOW)
    asked = []

    async def look_away(database: Database, timer: Timer, clock: Clock) -> None:
        asked.append(timer)

    keeper = Timekeeper(town.database, look_away, SetClock(NOW), asyncio.Event())
    for _ in range(2):
        await keeper.round()
        await keeper.finish()

    assert len(asked) == 1


async def test_a_fresh_alarms_timer_waits_for_no_old_one_and_no_old_one_for_ever(town: Town) -> None:
    """After an outage a hundred incidents are to be looked at, and looking at one of the old takes its time."""
    old = [in_order() for _ in range(100)]
    async with town.transaction() as c:
        for number, subject in enumerate(old):
            await timers.set_timer(c, subject, "look", NOW - timedelta(seconds=200 - number), NOW)
    begun, go_on = [], asyncio.Event()

    async def look_again(database: Database, timer: Timer, clock: Clock) -> None:
        begun.append(timer.subject_id)
        if timer.subject_id == old[0]:
            await go_on.wait()
        async with town.transaction(Role.WORKER) as c:
            await timers.take(c, timer)

    keeper = Timekeeper(town.database, look_again, SetClock(NOW), asyncio.Event())
    await keeper.round()
    fresh = in_order()
    async with town.transaction() as c:
        await timers.set_timer(c, fresh, "look", NOW, NOW)
    while fresh not in begun:
        await keeper.round()

    assert old[0] in begun, "the oldest was among the first"
    assert len(begun) < 20
    go_on.set()
    await keeper.finish()


async def test_a_chore_that_fails_keeps_no_other_from_being_done(town: Town) -> None:
    done: list[str] = []

    async def nothing_due(connection: Connection, now: datetime) -> int:
        return 0

    def chore(what: str) -> Callable[[Connection, datetime], Awaitable[int]]:
        async def do(connection: Connection, now: datetime) -> int:
            if what == "broken":
                raise RuntimeError("a bug")
            done.append(what)
            return 1

        return do

    chores = [Chore(what, 60, nothing_due, chore(what)) for what in ("one", "broken", "other")]
    await Housekeeper(town.database, chores, SetClock(NOW)).round()

    assert done == ["one", "other"]


async def test_every_chore_of_this_installation_runs_on_an_empty_house(town: Town) -> None:
    for chore in CHORES:
        async with town.transaction(Role.WORKER) as c:
            assert (await chore.due(c, NOW), await chore.do(c, NOW)) == (0, 0), chore.what


async def test_whoever_loses_their_position_is_told_and_counted(town: Town) -> None:
    """Ben was heard of an hour ago; of Anna nothing for three days, and silence would look like being ready."""
    anna, ben = await town.volunteer(push="anna"), await town.volunteer(push="ben", phone="+4520000002")
    async with town.transaction(Role.WORKER) as c:
        await c.execute("RESET ROLE")
        await seed_positions(c, [Seed(anna, 55.4, 10.4, NOW - timedelta(hours=73))])
        await seed_positions(c, [Seed(ben, 55.4, 10.4, NOW - timedelta(hours=1))])
    before = counted("positions")

    await Housekeeper(town.database, [chore for chore in CHORES if chore.what == "positions"], SetClock(NOW)).round()

    assert counted("positions") - before == 1
    async with town.transaction() as c:
        told = await c.fetch("SELECT volunteer_id, what, content FROM delivery.message")
        left = await c.fetch("SELECT volunteer_id FROM locations.position")
    assert [(anna, "notice", {"reason": "position_lost"})] == [tuple(row) for row in told]
    assert [ben] == [row["volunteer_id"] for row in left]


def counted(what: str) -> float:
    figure = REGISTRY.get_sample_value("hjerteloeber_housekeeping_removed_total", {"what": what})
    return figure or 0.0


async def test_a_notify_wakes_its_loop(town: Town) -> None:
    woken, other = asyncio.Event(), asyncio.Event()
    listening = asyncio.create_task(listen(town.database.dsn, {"one": woken, "two": other}))
    async with asyncio.timeout(10):
        await woken.wait()  # on connecting: whatever was notified before
        await other.wait()
        woken.clear()
        other.clear()
        async with town.transaction() as c:
            await c.execute("SELECT pg_notify('one', '')")
        await woken.wait()
    assert not other.is_set()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def test_a_host_whose_clock_is_wrong_is_noticed(town: Town) -> None:
    wrong = SetClock(MachineClock().now() + timedelta(seconds=30))

    assert await clock_check.compare(town.database, wrong) > clock_check.LIMIT_S
    assert abs(await clock_check.compare(town.database, MachineClock())) < clock_check.LIMIT_S
