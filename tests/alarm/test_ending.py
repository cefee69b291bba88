"""How an alarm ends: silence, stand-down, time."""

import pytest

from backend.alerts.alert import AlertState
from backend.alerts.decision import AnswerKind
from backend.alerts.queries import sign_of_life_of
from backend.foundation.journal import Event
from backend.incidents.incident import Circumstance, EndReason
from backend.responses.status import Status
from tests.alarm.cast import Town


async def test_silence_ends_at_rings_until_and_frees_the_volunteer(town: Town) -> None:
    (anna,) = await town.volunteers(200)
    incident = await town.arrest()

    await town.time_passes(seconds=119)
    assert await town.state(incident, anna) is AlertState.RINGING
    await town.time_passes(seconds=2)

    alert = await town.alert(incident, anna)
    assert (alert.state, alert.reason) == (AlertState.MISSED, "no_answer")
    assert not await town.engaged()


async def test_a_stand_down_ends_everything_with_a_reason_and_frees_everybody(town: Town) -> None:
    going, ringing, said_no = await town.volunteers(200, 300, 400)
    await town.aeds(100)
    incident = await town.arrest()
    await town.accepts(incident, going)
    await town.declines(incident, said_no)

    await town.ends(incident, EndReason.AMBULANCE_ARRIVED)

    assert await town.state(incident, going) is AlertState.STOOD_DOWN
    assert await town.state(incident, ringing) is AlertState.WITHDRAWN
    assert await town.state(incident, said_no) is AlertState.DECLINED
    told = await town.rows(
        """
        SELECT m.volunteer_id, m.content ->> 'reason' AS reason FROM delivery.message m
        WHERE m.what = 'stand_down' AND m.stopped_at IS NULL
        """
    )
    assert {(going, "ambulance_arrived"), (ringing, "ambulance_arrived")} == {tuple(row) for row in told}
    rings = await town.rows("SELECT FROM delivery.message WHERE what = 'ring' AND stopped_at IS NULL")
    assert not rings
    assert not await town.engaged()
    assert not await town.rows("SELECT FROM aeds.reservation")
    assert not await town.rows("SELECT FROM foundation.timer WHERE subject_id = $1", incident)


async def test_ending_twice_is_ending_once(town: Town) -> None:
    await town.volunteers(200)
    incident = await town.arrest()

    await town.ends(incident, EndReason.SENT_IN_ERROR)
    await town.ends(incident, EndReason.AMBULANCE_ARRIVED)

    assert (await town.incident(incident)).end_reason is EndReason.SENT_IN_ERROR
    assert [entry.event for entry in await town.journal(incident)].count(Event.INCIDENT_ENDED) == 1


async def test_an_hour_without_an_event_asks_the_centre_and_two_end_it(town: Town) -> None:
    await town.volunteers(200)
    incident = await town.arrest()

    await town.time_passes(minutes=59)
    assert Event.CENTRE_ASKED not in [entry.event for entry in await town.journal(incident)]
    await town.time_passes(minutes=2)
    assert Event.CENTRE_ASKED in [entry.event for entry in await town.journal(incident)]
    await town.time_passes(minutes=60)

    stored = await town.incident(incident)
    assert (stored.end_reason, stored.state) == (EndReason.TIMED_OUT, "ended")


async def test_an_excluded_incident_does_not_stay_open_for_ever(town: Town) -> None:
    incident = await town.arrest(circumstances=[Circumstance.TRAUMA])

    await town.time_passes(minutes=121)

    assert (await town.incident(incident)).end_reason is EndReason.TIMED_OUT


async def test_a_sign_of_life_starts_the_hour_anew(town: Town) -> None:
    (anna,) = await town.volunteers(200)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    await town.time_passes(minutes=50)

    await town.tells(incident, anna, Status.ON_SCENE)
    await town.time_passes(minutes=50)

    assert Event.CENTRE_ASKED not in [entry.event for entry in await town.journal(incident)]


async def test_a_mission_ends_ninety_minutes_after_its_last_sign_of_life(town: Town) -> None:
    (anna,) = await town.volunteers(200)
    await town.aeds(100)
    incident = await town.arrest()
    await town.accepts(incident, anna)

    await town.time_passes(minutes=91)

    alert = await town.alert(incident, anna)
    assert (alert.state, alert.reason) == (AlertState.FINISHED, "no_sign_of_life")
    assert not await town.engaged()
    assert not await town.rows("SELECT FROM aeds.reservation")


async def test_a_position_reported_on_a_mission_is_a_sign_of_life(town: Town) -> None:
    anna, ben = await town.volunteers(200, 300)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    await town.accepts(incident, ben)
    await town.time_passes(minutes=50)

    async with town.acting() as c:
        await sign_of_life_of(c, anna, town.now)
    await town.tells(incident, ben, Status.EN_ROUTE)  # the incident itself goes on
    await town.time_passes(minutes=45)

    assert await town.state(incident, anna) is AlertState.ACCEPTED


@pytest.mark.parametrize("reason", list(EndReason))
async def test_everybody_asked_ends_with_a_reason(town: Town, reason: EndReason) -> None:
    people = await town.volunteers(*(100 * n for n in range(1, 6)))
    incident = await town.arrest()
    await town.accepts(incident, people[0])
    await town.declines(incident, people[1])
    await town.accepts(incident, people[2])
    await town.gives_up(incident, people[2])

    await town.ends(incident, reason)

    alerts = await town.alerts(incident)
    assert all(alert.ended_at is not None for alert in alerts)
    assert all(alert.reason is not None or alert.state is AlertState.DECLINED for alert in alerts)


async def test_whoever_missed_it_is_told_why_the_incident_ended(town: Town) -> None:
    (anna,) = await town.volunteers(300)
    incident = await town.arrest()
    await town.time_passes(minutes=3)
    assert await town.state(incident, anna) is AlertState.MISSED
    await town.ends(incident, EndReason.AMBULANCE_ARRIVED)

    answer = await town.accepts(incident, anna)

    assert (answer.kind, answer.reason) == (AnswerKind.ENDED, "ambulance_arrived")


async def test_a_late_no_to_one_alarm_leaves_the_mission_of_another_alone(town: Town) -> None:
    (anna,) = await town.volunteers(300)
    missed = await town.arrest()
    await town.time_passes(minutes=3)
    second = await town.arrest()
    await town.accepts(second, anna)
    exact = "INSERT INTO locations.mission_position VALUES ($1, $2, 55.4, 10.4, 5, $3)"
    await town.rows(exact, anna, second, town.now)

    await town.declines(missed, anna)

    assert await town.engaged() == {anna}
    assert await town.rows("SELECT 1 FROM locations.mission_position")
