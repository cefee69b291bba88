"""What the operator is shown: each trouble as a figure of its own, and no exercise as if it were an alarm."""

from datetime import timedelta

from prometheus_client import REGISTRY

from backend.delivery.message import Channel
from backend.delivery.switches import switch
from backend.foundation import sealer
from backend.foundation.database import Actor, Role
from backend.foundation.kinds import Kind
from backend.incidents import sealing
from backend.incidents.incident import Address, EndReason, Place
from backend.worker import watch
from tests.alarm.cast import SQUARE, Town, metres_east


async def shown(town: Town, figure: str, **labels: str) -> float:
    """The figure after one more look."""
    await watch.look(town.database, town.clock)
    found = REGISTRY.get_sample_value(f"hjerteloeber_{figure}", labels)
    assert found is not None
    return found


async def test_a_town_where_all_is_well_shows_noughts(town: Town) -> None:
    for figure in ("timer_overdue_seconds", "choice_waits_seconds", "alerts_missed_for_outage", "place_kept_seconds"):
        assert await shown(town, figure, kind="live") == 0
    assert await shown(town, "channel_on", channel="fcm") == 1
    assert await shown(town, "worker_looked_at_timestamp") == town.now.timestamp()


async def test_a_message_that_waits_and_a_timer_that_is_overdue_are_seen(town: Town) -> None:
    town.pushes_go_out = False
    await town.volunteers(100)
    await town.arrest()
    town.clock.advance(timedelta(seconds=30))
    assert await shown(town, "message_waits_seconds", kind="live", channel="fcm") == 30
    town.clock.advance(timedelta(minutes=5))
    assert await shown(town, "timer_overdue_seconds", kind="live") > 60


async def test_an_exercise_does_not_look_like_an_alarm(town: Town) -> None:
    town.pushes_go_out = False
    await town.volunteers(100, kind=Kind.EXERCISE)
    await town.arrest(kind=Kind.EXERCISE)
    town.clock.advance(timedelta(seconds=30))
    assert await shown(town, "message_waits_seconds", kind="live", channel="fcm") == 0
    assert await shown(town, "message_waits_seconds", kind="exercise", channel="fcm") == 30


async def test_whom_an_outage_kept_from_being_asked_are_counted(town: Town) -> None:
    town.pushes_go_out = False
    await town.volunteers(100, 200)
    await town.arrest()
    await town.time_passes(minutes=10)
    assert await shown(town, "alerts_missed_for_outage", kind="live") == 2


async def test_incidents_to_which_nobody_says_yes_are_counted_beside_all_that_asked(town: Town) -> None:
    people = await town.volunteers(100, 200)
    answered = await town.arrest()
    await town.accepts(answered, people[0])
    await town.declines(answered, people[1])
    await town.arrest(metres_east(300))
    over_at_once = await town.arrest(metres_east(600))
    await town.ends(over_at_once, EndReason.NOT_CARDIAC_ARREST)
    await town.arrest(metres_east(30_000))
    await town.time_passes(minutes=4)
    assert await shown(town, "incidents_nobody_in_reach", kind="live") == 1
    assert await shown(town, "incidents_asked", kind="live") == 2
    assert await shown(town, "incidents_nobody_accepted", kind="live") == 1


async def test_who_has_not_heard_of_a_new_place_is_counted_until_they_have(town: Town) -> None:
    (anna,) = await town.volunteers(100)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    await town.revises(incident, Place(*metres_east(200), 10, Address(text="Torvet 5")))
    await town.time_passes(seconds=20)
    assert await shown(town, "revisions_unheard", kind="live") == 1
    await town.shows(incident, anna)
    assert await shown(town, "revisions_unheard", kind="live") == 0


async def test_a_place_that_outlives_its_incident_is_seen(town: Town) -> None:
    await town.volunteers(100)
    await town.ends(await town.arrest())
    town.clock.advance(timedelta(minutes=20))
    assert await shown(town, "place_kept_seconds", kind="live") == 20 * 60


async def test_a_choice_that_is_still_wanted_is_seen(town: Town) -> None:
    incident = await town.arrest()
    await town.rows("UPDATE incidents.incident SET asking = 'pending' WHERE id = $1", incident)
    town.clock.advance(timedelta(seconds=15))
    assert await shown(town, "choice_waits_seconds", kind="live") == 15


async def test_a_channel_that_is_switched_off_is_shown(town: Town) -> None:
    async with town.acting(Role.OWNER) as c:
        await switch(c, Actor(Role.OWNER), Channel.FCM, "test", town.now, on=False)
    assert await shown(town, "channel_on", channel="fcm") == 0
    assert await shown(town, "channel_on", channel="sms") == 1


async def test_a_journal_that_is_not_sealed_grows_old(town: Town) -> None:
    await town.arrest(SQUARE)
    town.clock.advance(timedelta(seconds=42))
    assert await shown(town, "journal_unsealed_seconds") == 42
    await sealed(town)
    assert await shown(town, "journal_unsealed_seconds") == 0


async def test_going_through_the_chain_finds_what_was_changed_however_often_it_begins_anew(town: Town) -> None:
    await town.volunteers(*range(100, 2000, 100))
    for metres in (0, 100, 200):
        await town.arrest(metres_east(metres))
    await sealed(town)
    await town.rows("UPDATE foundation.journal_seal SET digest = sha256('x') WHERE position = 3")
    check, before = watch.ChainCheck(town.database), watch.journal_broken_total._value.get()
    for _ in range(2):
        await check.round()
    assert watch.journal_broken_total._value.get() - before == 4, "the third and the one after it, twice"


async def test_a_part_of_the_chain_is_whole_only_with_the_seal_before_it(town: Town) -> None:
    await town.volunteers(100, 200)
    await town.arrest()
    await sealed(town)
    sources: list[sealer.Source] = sealing.sources()
    async with town.acting(Role.WORKER) as c:
        assert (await sealer.verify_part(c, sources, 0, 1)).broken == []
        assert (await sealer.verify_part(c, sources, 1, 1)).broken == []
    await town.rows("DELETE FROM foundation.journal_seal WHERE position = 1")
    async with town.acting(Role.WORKER) as c:
        assert (await sealer.verify_part(c, sources, 0, 1)).broken == [2]
        assert (await sealer.verify_part(c, sources, 1, 1)).broken == [1]


async def sealed(town: Town) -> None:
    async with town.acting(Role.WORKER) as c:
        await sealer.seal(c, sealing.sources(), town.now)
