"""A worker raises what needs a person, with no console open; somebody takes it up, for the whole centre."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from backend.alerts import alarm
from backend.alerts.word import ToCentre
from backend.attention import queries
from backend.attention.acknowledge import acknowledge
from backend.attention.item import Acknowledges, By, Need, Needs
from backend.attention.look import Lookout
from backend.foundation.database import Actor, Role
from backend.foundation.ids import without_time
from backend.foundation.journal import Event, Happening
from backend.foundation.kinds import Kind
from backend.foundation.problems import Problem
from backend.incidents import queries as incident_queries
from backend.incidents.incident import EndReason, StandDownReason
from backend.incidents.record import record
from tests.alarm.cast import Town
from tests.alarm.test_joining import NEXT_DOOR
from tests.alarm.test_wishes import says, stands_down
from tests.attention.cast import agrees, events, items, lent, looks, neighbour, rules, sounds, takes_up, waiting


async def test_nobody_accepted_is_raised_once_by_however_many_workers(town: Town) -> None:
    await town.volunteers(100)
    incident = await town.arrest()
    await looks(town)
    assert await items(town) == []
    await town.time_passes(minutes=2)

    await asyncio.gather(looks(town), looks(town))
    await looks(town)

    (item,) = await items(town)
    assert (item.what, item.incident_id, item.waits) == (Needs.NOBODY_ACCEPTED, incident, True)
    assert (await events(town, incident)).count("attention_needed") == 1


async def test_a_worker_killed_between_two_steps_leaves_them_to_the_next_look(town: Town) -> None:
    """The row and its line in the journal come together, or not at all."""
    incident = await town.arrest()
    await town.time_passes(minutes=2)
    looking = asyncio.create_task(looks(town))
    async with town.acting() as c:  # somebody decides about the incident: whoever wants to raise waits
        await c.execute("SELECT FROM incidents.incident WHERE id = $1 FOR UPDATE", incident)
        await asyncio.sleep(0.2)
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
    assert await items(town) == []
    assert "attention_needed" not in await events(town, incident)

    await looks(town)

    assert await waiting(town) == [Needs.NOBODY_ACCEPTED]


async def test_a_yes_makes_it_quiet_and_giving_up_makes_it_sound_again(town: Town) -> None:
    anna, *_ = await town.volunteers(100)
    incident = await sounds(town)
    assert await waiting(town) == [Needs.NOBODY_ACCEPTED]

    await town.accepts(incident, anna)
    await looks(town)
    assert await waiting(town) == []

    await town.gives_up(incident, anna)
    await town.time_passes(minutes=2)
    await looks(town)
    assert await waiting(town) == [Needs.NOBODY_ACCEPTED]


async def test_who_takes_it_up_first_is_kept_with_the_time_and_it_is_quiet_for_everybody(town: Town) -> None:
    incident = await sounds(town)
    (item,) = await items(town)
    anna, ben = uuid4(), uuid4()

    taken = await takes_up(town, item.id, anna)
    first_at = town.now
    town.clock.advance(timedelta(seconds=5))
    again = await takes_up(town, item.id, ben)
    await looks(town)

    assert (taken.acknowledged_by_id, taken.acknowledged_at) == (anna, first_at)
    assert again == taken
    assert await waiting(town) == []
    written = [entry for entry in await town.journal(incident) if entry.event == "attention_taken"]
    assert [entry.facts["needs"] for entry in written] == ["nobody_accepted"]
    rows = await town.rows("SELECT person_id FROM foundation.journal_entry WHERE event = 'attention_taken'")
    assert [row["person_id"] for row in rows] == [anna]


async def test_two_at_once_take_it_up_once(town: Town) -> None:
    incident = await sounds(town)
    (item,) = await items(town)

    first, second = await asyncio.gather(takes_up(town, item.id), takes_up(town, item.id))

    assert first == second
    assert (await events(town, incident)).count("attention_taken") == 1


async def test_another_centre_s_is_as_one_that_never_was(town: Town) -> None:
    await sounds(town)
    (item,) = await items(town)
    theirs = await neighbour(town)
    stranger = Actor(Role.API, centre_id=theirs, person_id=uuid4())
    with pytest.raises(Problem) as refused:
        async with town.database.acting_as(stranger) as c:
            await acknowledge(c, stranger, theirs, item.id, By.STAFF, uuid4(), town.now)
    assert refused.value.status == 404
    assert await waiting(town) == [Needs.NOBODY_ACCEPTED]


async def test_an_alarm_goes_out_whoever_acknowledges(town: Town) -> None:
    """Alerting never waits for a click."""
    anna, *_ = await town.volunteers(100)
    await rules(town, Acknowledges.CONSOLE)
    incident = await town.arrest()

    assert await town.ringing(incident) == {anna}
    await looks(town)
    assert await waiting(town) == [Needs.NEW_ALARM]
    await town.ends(incident)
    await looks(town)
    assert await waiting(town) == []


async def test_an_afraid_hjerteloeber_sounds_until_somebody_answers_also_after_they_gave_up(town: Town) -> None:
    (anna,) = await town.volunteers(100)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    await says(town, incident, anna, ToCentre.DOOR_OPEN)
    await says(town, incident, anna, ToCentre.UNSAFE)
    await stands_down(town, incident, anna, StandDownReason.UNSAFE_PLACE)

    await looks(town)

    (item,) = await items(town)
    pseudonym = (await town.alert(incident, anna)).pseudonym
    assert (item.what, item.detail) == (Needs.WORD, {"word": "unsafe", "pseudonym": pseudonym})
    await takes_up(town, item.id)
    await looks(town)
    assert await waiting(town) == []


async def test_a_channel_that_is_switched_off_is_over_when_it_is_back_and_sounds_when_it_fails_again(
    town: Town,
) -> None:
    for _ in range(2):
        await town.rows("UPDATE delivery.channel_switch SET enabled = false WHERE channel = 'sms'")
        await looks(town)
        assert await waiting(town) == [Needs.CHANNEL_DOWN]
        await town.rows("UPDATE delivery.channel_switch SET enabled = true WHERE channel = 'sms'")
        await looks(town)
        assert await waiting(town) == []


async def test_a_second_person_who_is_called_sounds_until_they_decide(town: Town) -> None:
    """As an alarm by hand writes it down where it goes beyond what somebody does alone."""
    incident = await town.arrest()

    async def written(event: Event) -> None:
        async with town.acting() as c:
            locked = await incident_queries.lock(c, incident)
            assert locked is not None
            await record(c, town.actor, locked, [Happening(event, {"for": "alarm_by_hand"})], town.now)

    await written(Event.SECOND_PERSON_ASKED)
    await looks(town)
    assert await waiting(town) == [Needs.SECOND_PERSON]
    await written(Event.SECOND_PERSON_DECIDED)
    await looks(town)
    assert await waiting(town) == []


async def test_trials_and_the_machine_s_own_alarm_need_nobody(town: Town) -> None:
    await town.arrest(kind=Kind.TEST)
    await town.arrest(kind=Kind.SYNTHETIC)
    await town.time_passes(minutes=3)
    await looks(town)
    assert await items(town) == []


async def test_that_somebody_looks_is_written_down(town: Town) -> None:
    async with town.database.acting_as(town.actor) as c:
        assert await queries.looked_at(c) is None
    await looks(town)
    async with town.database.acting_as(town.actor) as c:
        assert await queries.looked_at(c) == town.now


async def test_an_incident_somebody_holds_keeps_no_other_need_from_being_raised_nor_from_being_lent(town: Town) -> None:
    """A decision that hangs, or a row that is broken: one alarm's trouble is not the country's."""
    helps = await neighbour(town)
    await agrees(town, helps)
    await sounds(town)
    await town.time_passes(minutes=1)
    held = await town.arrest(NEXT_DOOR)
    free = await town.arrest(NEXT_DOOR)
    await rules(town, Acknowledges.CONSOLE)
    async with town.acting() as c:
        await c.execute("SELECT FROM incidents.incident WHERE id = $1 FOR UPDATE", held)
        await asyncio.wait_for(looks(town), 10)
        raised = {item.incident_id for item in await items(town) if item.what is Needs.NEW_ALARM}
        assert free in raised
        assert held not in raised
        assert len(await lent(town)) == 1
        async with town.database.acting_as(town.actor) as other:
            looked = await queries.looked_at(other)
        assert looked is not None
        assert looked < town.now, "something was left undone: nobody may take it for a whole look"
    await looks(town)
    assert held in {item.incident_id for item in await items(town) if item.what is Needs.NEW_ALARM}


async def test_channels_that_cannot_be_looked_at_keep_no_alarm_quiet(town: Town) -> None:
    incident = await town.arrest()
    await town.time_passes(minutes=2)
    await town.rows("ALTER TABLE delivery.channel_switch RENAME TO elsewhere")
    await looks(town)
    await town.rows("ALTER TABLE delivery.elsewhere RENAME TO channel_switch")
    assert [(item.what, item.incident_id) for item in await items(town)] == [(Needs.NOBODY_ACCEPTED, incident)]


async def test_a_worker_that_read_too_early_takes_nothing_for_over_that_another_one_raised(town: Town) -> None:
    """Else who has taken it up in that moment hears it again as if nobody had."""
    early = Lookout(town.database, town.clock)
    await early.round()
    async with town.acting(Role.OWNER) as c:
        await c.execute("RESET ROLE")
        await c.execute("LOCK TABLE attention.item IN ACCESS EXCLUSIVE MODE")
        looking = asyncio.create_task(early.round())
        while not await c.fetchval("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await c.execute(
            "INSERT INTO regions.feed (centre_id, kind, heard_at, clock_ahead_s, silent_since) "
            "VALUES ($1, 'live', $2, 0, $2)",
            town.centre_id,
            town.now,
        )
        need = Need(Needs.FEED_SILENT, f"live {town.now.isoformat()}", Kind.LIVE)
        await queries.raise_item(c, without_time(), town.centre_id, need, town.now)
    await looking
    rows = await town.rows("SELECT over_at FROM attention.item WHERE what = 'feed_silent'")
    assert [row["over_at"] for row in rows] == [None]


async def test_a_word_about_a_report_that_was_joined_keeps_no_other_alarm_from_being_lent(town: Town) -> None:
    helps = await neighbour(town)
    anna, *_ = await town.volunteers(*(100 + 10 * n for n in range(21)))
    kept = await town.arrest()
    ending = await town.arrest(NEXT_DOOR)
    (ringing,) = await town.ringing(ending)
    await town.accepts(ending, ringing)
    await says(town, ending, ringing, ToCentre.UNSAFE)
    await town.accepts(kept, anna)
    await looks(town)
    await town.joins(ending, kept)
    await agrees(town, helps)
    await town.time_passes(minutes=1)
    await looks(town)
    assert [helps] == [to for to, _ in await lent(town)]


async def test_what_ended_before_it_could_be_raised_is_not_raised(town: Town) -> None:
    incident = await town.arrest()
    await town.time_passes(minutes=2)
    async with town.acting() as c:
        await c.execute("SELECT FROM incidents.incident WHERE id = $1 FOR UPDATE", incident)
        looking = asyncio.create_task(looks(town))
        while not await c.fetchval("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await alarm.end(c, town.actor, incident, EndReason.CLOSED, town.now)
    await looking
    assert await items(town) == []
