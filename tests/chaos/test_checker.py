"""The checker is tested too: a healthy story breaks no promise, and each lie about it breaks the one it is about."""

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from backend.alerts.alert import AlertState
from backend.incidents.incident import Address, Place
from tests.alarm.cast import SQUARE, Town, metres_east
from tests.alarm.conftest import town as town  # noqa: PLC0414 - the same town
from tests.chaos.healthy import Story
from tests.chaos.records import Answered, Away, Freeze

SECOND = timedelta(seconds=1)


@pytest.fixture
async def story(town: Town) -> Story:
    story = Story(town)
    await story.happens()
    return story


async def breaks(story: Story, promise: int, saying: str) -> bool:
    """Whether this promise alone is found broken, in these words."""
    found = await story.violations()
    ours = [each for each in found if each.startswith(f"promise {promise}: ")]
    assert any(saying in each for each in ours), found
    return True


async def test_a_healthy_story_breaks_no_promise(story: Story) -> None:
    assert await story.violations() == []


async def test_an_acknowledged_incident_that_is_not_there_is_found(story: Story) -> None:
    gone = msgspec.structs.replace(story.records.reports[0], key="key-9", incident_id=UUID(int=9))
    story.records.reports = [*story.records.reports, gone]
    assert await breaks(story, 1, "is not there")


async def test_an_open_incident_nobody_will_look_at_is_found(story: Story) -> None:
    await story.plant("DELETE FROM foundation.timer")
    assert await breaks(story, 1, "nothing will ever look at it again")


async def test_an_acknowledged_stand_down_that_did_not_happen_is_found(story: Story) -> None:
    false = msgspec.structs.replace(story.records.stand_downs[0], incident_id=story.running)
    story.records.stand_downs = [false]
    assert await breaks(story, 1, "its stand-down was acknowledged and it goes on")


async def test_two_incidents_of_one_key_are_found(story: Story) -> None:
    again = msgspec.structs.replace(story.records.reports[0], incident_id=story.running)
    story.records.reports = [*story.records.reports, again]
    assert await breaks(story, 2, "acknowledged with 2 incidents")


async def test_a_case_opened_twice_while_it_is_open_is_found(story: Story) -> None:
    await story.plant("DROP INDEX incidents.one_open_case")
    other = await story.is_reported("case-2", "key-3")
    await story.is_sealed()
    assert await breaks(story, 2, f"incident {other} was opened while {story.running} was open")


async def test_a_volunteer_no_channel_tried_and_nothing_says_why_is_found(story: Story) -> None:
    await story.plant(
        "DELETE FROM delivery.attempt_result r USING delivery.attempt t, delivery.delivery d, delivery.message m, "
        "alerts.alert a WHERE r.attempt_id = t.id AND t.delivery_id = d.id AND d.message_id = m.id "
        "AND m.subject_id = a.id AND a.incident_id = {incident} AND a.state = 'missed'",
        incident=story.running,
    )
    assert await breaks(story, 3, "no channel accepted it in time")


async def test_a_volunteer_chosen_and_never_asked_is_found(story: Story) -> None:
    outsider = (await story.town.volunteers(9000))[0]
    await story.plant(
        "INSERT INTO selection.candidate (incident_id, centre_id, wave, volunteer_id, metres, from_place, verdict) "
        "VALUES ({incident}, {centre}, 1, {who}, 1, 'live', 'chosen')",
        incident=story.running,
        centre=story.town.centre_id,
        who=outsider,
    )
    assert await breaks(story, 3, "was chosen")


async def test_a_ring_that_never_ends_is_found(story: Story) -> None:
    await story.plant("UPDATE alerts.alert SET state = 'ringing', ended_at = NULL WHERE state = 'missed'")
    assert await breaks(story, 3, "has passed")


async def test_two_alerts_of_one_volunteer_and_incident_are_found(story: Story) -> None:
    await story.plant(
        "ALTER TABLE alerts.alert DROP CONSTRAINT alert_incident_id_volunteer_id_key",
        "INSERT INTO alerts.alert (id, incident_id, volunteer_id, kind, centre_id, pseudonym, wave, ring_no, metres, "
        "state, asked_at, rings_until, ended_at, last_sign_at) "
        "SELECT gen_random_uuid(), incident_id, volunteer_id, kind, centre_id, pseudonym, wave, ring_no, metres, "
        "state, asked_at, rings_until, ended_at, last_sign_at FROM alerts.alert WHERE state = 'declined'",
    )
    assert await breaks(story, 4, "has 2 alerts")


async def test_somebody_ringing_for_two_alarms_is_found(story: Story) -> None:
    """Engagement forgotten while the first alarm rang: the second asks the same people."""
    first = await story.is_reported("case-3", "key-3")
    await story.pushes_arrive()
    await story.plant("DELETE FROM volunteers.engagement")
    await story.is_reported("case-4", "key-4")
    await story.pushes_arrive()
    assert await breaks(story, 4, "rings")
    assert len(await story.town.ringing(first)) > 0


async def test_somebody_engaged_without_an_alert_is_found(story: Story) -> None:
    await story.plant(
        "INSERT INTO volunteers.engagement (volunteer_id, kind, incident_id, state, since) "
        "VALUES ({who}, 'live', {incident}, 'ringing', {now})",
        who=story.people[1],
        incident=story.running,
        now=story.town.now,
    )
    assert await breaks(story, 4, "without an alert")


async def test_a_push_taken_twice_without_a_cause_is_found(story: Story) -> None:
    assert story.records.arrivals is not None
    story.records.arrivals = [*story.records.arrivals, story.records.arrivals[0]]
    assert await breaks(story, 5, "1 times too often, 0 attempts were unclear")


async def test_a_push_sent_before_its_attempt_was_written_down_is_found(story: Story) -> None:
    assert story.records.arrivals is not None
    unknown = msgspec.structs.replace(story.records.arrivals[0], message_id=UUID(int=7))
    story.records.arrivals = [*story.records.arrivals, unknown]
    assert await breaks(story, 5, "without an attempt")


async def test_a_push_with_another_alerts_id_is_found(story: Story) -> None:
    assert story.records.arrivals is not None
    first, *others = story.records.arrivals
    story.records.arrivals = [msgspec.structs.replace(first, alert_id=UUID(int=8)), *others]
    assert await breaks(story, 5, "another alert's id")


async def test_a_ring_started_after_its_stand_down_was_acknowledged_is_found(story: Story) -> None:
    await story.plant(
        "UPDATE delivery.attempt t SET started_at = {late} "
        "FROM delivery.delivery d, delivery.message m, alerts.alert a "
        "WHERE d.id = t.delivery_id AND m.id = d.message_id AND a.id = m.subject_id AND m.what = 'revision' "
        "AND a.incident_id = {incident}",
        late=story.records.stand_downs[0].acknowledged_at + SECOND,
        incident=story.over,
    )
    assert await breaks(story, 6, "revision attempt")


async def test_a_ring_started_after_its_end_is_found(story: Story) -> None:
    await story.plant(
        "UPDATE delivery.message SET expires_at = {then} WHERE what = 'ring'", then=story.town.now - timedelta(hours=1)
    )
    assert await breaks(story, 6, "started after rings_until")


async def test_a_push_that_comes_after_the_acknowledgement_is_found_unless_its_worker_was_frozen(story: Story) -> None:
    assert story.records.arrivals is not None
    stop = story.records.stand_downs[0].acknowledged_at
    ring = next(a for a in story.records.arrivals if a.what == "ring")
    others = [a for a in story.records.arrivals if a is not ring]
    story.records.arrivals = [*others, msgspec.structs.replace(ring, arrived_at=stop + SECOND)]
    assert await breaks(story, 6, "1.0 s after its stand-down was acknowledged")

    story.records.freezes = [Freeze("worker", stop - SECOND, stop + SECOND)]
    assert await story.violations() == []


async def test_one_freeze_excuses_one_late_push_only(story: Story) -> None:
    assert story.records.arrivals is not None
    stop = story.records.stand_downs[0].acknowledged_at
    late = [msgspec.structs.replace(a, arrived_at=stop + SECOND) for a in story.records.arrivals if a.what == "ring"][
        :2
    ]
    kept = [a for a in story.records.arrivals if a.message_id not in {each.message_id for each in late}]
    story.records.arrivals = kept + late
    story.records.freezes = [Freeze("worker", stop - SECOND, stop + SECOND)]
    assert len([each for each in await story.violations() if each.startswith("promise 6: ")]) == 1


async def test_a_yes_after_the_stand_down_that_was_not_refused_is_found(story: Story) -> None:
    stop = story.records.stand_downs[0].acknowledged_at
    alert = (await story.town.alerts(story.over))[0]
    story.records.answers = [Answered(alert.id, "accept", 200, stop + SECOND, stop + SECOND)]
    assert await breaks(story, 6, "accepted after its stand-down")


async def test_a_stand_down_that_told_of_fewer_than_came_is_found(story: Story) -> None:
    told = story.records.stand_downs[0]
    story.records.stand_downs = [msgspec.structs.replace(told, sent=told.sent - 2, stopped=2)]
    assert await breaks(story, 6, "its stand-down told of")


async def test_an_alert_that_outlives_its_incident_is_found(story: Story) -> None:
    await story.plant(
        "UPDATE alerts.alert SET state = 'ringing', ended_at = NULL "
        "WHERE incident_id = {incident} AND state = 'withdrawn'",
        incident=story.over,
    )
    assert await breaks(story, 6, "although its incident has ended")


async def test_somebody_asked_while_away_is_found(story: Story) -> None:
    asked_at = (await story.town.alert(story.running, story.people[0])).asked_at
    story.records.away = [Away(story.people[0], "off duty", asked_at - SECOND, None)]
    assert await breaks(story, 7, "was away (off duty)")


@pytest.mark.parametrize(
    ("planted", "saying"),
    [
        ("UPDATE volunteers.volunteer SET state = 'withdrawn', withdrawn_at = '2020-01-01Z'", "had withdrawn"),
        ("UPDATE volunteers.volunteer_identity SET birth_year = 2010", "under age"),
        ("UPDATE volunteers.volunteer SET quiet_week = '{{[0,10080)}}'", "quiet hours"),
        ("UPDATE selection.candidate SET verdict = 'snoozed' WHERE verdict = 'chosen'", "who was snoozed"),
    ],
)
async def test_somebody_asked_who_may_not_be_is_found(story: Story, planted: str, saying: str) -> None:
    await story.plant(planted)
    assert await breaks(story, 7, saying)


async def test_somebody_asked_while_on_a_mission_is_found(story: Story) -> None:
    await story.plant("DELETE FROM volunteers.engagement")
    await story.is_reported("case-3", "key-3")
    await story.pushes_arrive()
    assert await breaks(story, 7, "goes")


async def test_a_place_taken_twice_is_found(story: Story) -> None:
    await story.plant(
        "DROP INDEX alerts.alert_place_taken_once",
        "UPDATE alerts.alert SET state = 'finished', place = 1, role = 'direct' "
        "WHERE incident_id = {incident} AND state = 'missed'",
        incident=story.running,
    )
    assert await breaks(story, 8, "place 1 is held by")


async def test_a_role_the_policy_does_not_give_is_found(story: Story) -> None:
    await story.plant(
        "UPDATE foundation.journal_entry SET facts = facts || '{{\"role\": \"guide\"}}' WHERE event = 'accepted'"
    )
    assert await breaks(story, 8, "took role guide")


async def test_a_defibrillator_kept_for_nobody_is_found(story: Story) -> None:
    await story.plant(
        "DELETE FROM aeds.reservation",
        "INSERT INTO aeds.reservation (aed_id, incident_id, volunteer_id, reserved_at) "
        "SELECT id, {incident}, {who}, {now} FROM aeds.aed LIMIT 1",
        incident=story.running,
        who=story.people[3],
        now=story.town.now,
    )
    assert await breaks(story, 8, "who does not go")


async def test_accepting_twice_is_found(story: Story) -> None:
    await story.plant(
        "INSERT INTO foundation.journal_entry (incident_id, seq, event, at, kind, centre_id, role, facts) "
        "SELECT incident_id, 1000, event, at, kind, centre_id, role, facts FROM foundation.journal_entry "
        "WHERE event = 'accepted' ORDER BY id LIMIT 1"
    )
    assert await breaks(story, 9, "was accepted twice")


async def test_whoever_a_new_place_let_go_and_the_next_rang_again_may_accept_again(story: Story) -> None:
    town, anna = story.town, story.people[0]
    await town.revises(story.running, Place(*metres_east(9_000), 5, Address(text="Havnen 1")))
    assert (await town.alert(story.running, anna)).state is AlertState.STOOD_DOWN
    await town.revises(story.running, Place(*SQUARE, 5, Address(text="Torvet 5")))
    await story.pushes_arrive()
    await town.accepts(story.running, anna)
    await story.is_sealed()
    assert await story.violations() == []


async def test_ringing_somebody_who_is_on_the_way_is_found(story: Story) -> None:
    await story.plant(
        "INSERT INTO foundation.journal_entry (incident_id, seq, event, at, kind, centre_id, role, facts) "
        "SELECT incident_id, 1000, event, at, kind, centre_id, role, facts FROM foundation.journal_entry "
        "WHERE event = 'wave_asked' ORDER BY id DESC LIMIT 1"
    )
    assert await breaks(story, 9, "was rung again on its way")


async def test_an_acknowledged_yes_that_was_not_written_down_is_found(story: Story) -> None:
    alert = await story.town.alert(story.running, story.people[1])
    story.records.answers = [Answered(alert.id, "accept", 200, story.town.now, story.town.now)]
    assert await breaks(story, 9, "accept was acknowledged and is not in the journal")


async def test_a_yes_after_giving_up_is_found(story: Story) -> None:
    alert = await story.town.alert(story.over, story.people[1])
    now = story.town.now
    story.records.answers = [
        Answered(alert.id, "give_up", 200, now, now),
        Answered(alert.id, "accept", 200, now + SECOND, now + SECOND),
    ]
    assert await breaks(story, 9, "accepted after it was given up")


async def test_a_kind_that_crosses_is_found(story: Story) -> None:
    await story.plant(
        "ALTER TABLE delivery.message DROP CONSTRAINT message_volunteer_id_kind_fkey",
        "ALTER TABLE delivery.delivery DROP CONSTRAINT delivery_message_id_kind_fkey",
        "UPDATE delivery.message SET kind = 'exercise' WHERE what = 'revision'",
    )
    assert await breaks(story, 10, "crosses kinds")


async def test_a_push_of_another_kind_is_found(story: Story) -> None:
    assert story.records.arrivals is not None
    first, *others = story.records.arrivals
    story.records.arrivals = [msgspec.structs.replace(first, kind="exercise"), *others]
    assert await breaks(story, 10, "was pushed as exercise")


async def test_a_change_that_went_past_the_journal_is_found(story: Story) -> None:
    await story.plant("UPDATE alerts.alert SET state = 'declined', answered_at = asked_at WHERE state = 'missed'")
    assert await breaks(story, 11, "state is missed in the journal, declined in its table")


async def test_an_entry_that_is_gone_is_found(story: Story) -> None:
    await story.plant("DELETE FROM foundation.journal_entry WHERE event = 'declined'")
    assert await breaks(story, 11, "its journal cannot be")


async def test_an_entry_that_was_changed_is_found(story: Story) -> None:
    await story.plant("UPDATE foundation.journal_entry SET at = at + interval '1 hour' WHERE event = 'gave_up'")
    assert await breaks(story, 11, "the chain is broken")


async def test_what_nobody_sealed_is_found(story: Story) -> None:
    await story.is_reported("case-3", "key-3")
    assert await breaks(story, 11, "seals")
