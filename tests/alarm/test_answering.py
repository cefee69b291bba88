"""What an answer does."""

import asyncio
from datetime import timedelta

import pytest

from backend.aeds import condition
from backend.aeds.aed import Trouble
from backend.alerts.alert import AlertState
from backend.alerts.decision import AnswerKind
from backend.foundation.database import Actor
from backend.foundation.database import Role as As
from backend.foundation.ids import IncidentId, VolunteerId
from backend.foundation.journal import Event
from backend.foundation.problems import Problem
from backend.incidents.incident import Address, EndReason, Place
from backend.locations.cells import cell_of, res9_parent
from backend.responses.aed_returned import aed_returned
from backend.responses.own_alerts import own, viewer_of
from backend.responses.status import Status
from backend.selection.policy import Role
from tests.alarm.cast import SQUARE, Town, metres_east


async def place_shown(town: Town, incident: IncidentId, volunteer: VolunteerId) -> Place | None:
    alert = await town.alert(incident, volunteer)
    async with town.database.acting_as(Actor(As.API, person_id=volunteer)) as c:
        return (await own(c, alert, viewer_of(volunteer), town.now)).place


async def test_the_first_four_go_by_a_defibrillator_and_the_fifth_goes_direct(town: Town) -> None:
    people = await town.volunteers(*(200 + 10 * n for n in range(6)))
    await town.aeds(*(100 + 5 * n for n in range(6)))
    incident = await town.arrest()

    for person in people:
        await town.accepts(incident, person)

    alerts = [await town.alert(incident, person) for person in people]
    assert [a.role for a in alerts] == [Role.AED] * 4 + [Role.DIRECT] * 2
    assert [a.place for a in alerts] == [1, 2, 3, 4, 5, 6]
    assert len({a.aed_id for a in alerts if a.aed_id}) == 4


async def test_where_no_open_defibrillator_is_near_one_goes_direct(town: Town) -> None:
    (anna,) = await town.volunteers(200)
    await town.aeds(100, hours="sometimes, ask Bent")
    incident = await town.arrest()

    await town.accepts(incident, anna)

    assert (await town.alert(incident, anna)).role is Role.DIRECT


async def test_the_address_comes_with_accepting_and_goes_with_the_end(town: Town) -> None:
    (anna,) = await town.volunteers(200)
    incident = await town.arrest()
    assert await place_shown(town, incident, anna) is None

    await town.accepts(incident, anna)

    shown = await place_shown(town, incident, anna)
    assert shown is not None
    assert (shown.address.text, shown.address.door_code) == ("Torvet 3", "4711")
    assert Event.ADDRESS_DISCLOSED in [entry.event for entry in await town.journal(incident)]
    await town.ends(incident)
    assert await place_shown(town, incident, anna) is None


async def test_accepting_twice_is_accepting_once(town: Town) -> None:
    (anna,) = await town.volunteers(200)
    incident = await town.arrest()

    first, second = await town.accepts(incident, anna), await town.accepts(incident, anna)

    assert first.kind is second.kind is AnswerKind.DONE
    assert [entry.event for entry in await town.journal(incident)].count(Event.ACCEPTED) == 1


async def test_ten_who_accept_in_the_same_moment_get_ten_places(town: Town) -> None:
    people = await town.volunteers(*(200 + 10 * n for n in range(10)))
    await town.aeds(50, 60, 70)
    incident = await town.arrest()

    await asyncio.gather(*(town.accepts(incident, person) for person in people))

    alerts = await town.alerts(incident)
    assert list(range(1, 11)) == sorted(a.place for a in alerts if a.place)
    aeds = [a.aed_id for a in alerts if a.aed_id]
    assert len(aeds) == len(set(aeds)) == 3


async def test_a_place_given_up_goes_to_the_next_who_accepts(town: Town) -> None:
    people = await town.volunteers(*(200 + 10 * n for n in range(6)))
    await town.aeds(*(100 + 5 * n for n in range(6)))
    incident = await town.arrest()
    for person in people[:5]:
        await town.accepts(incident, person)

    await town.gives_up(incident, people[1])
    await town.accepts(incident, people[5])

    taken_over = await town.alert(incident, people[5])
    assert (taken_over.place, taken_over.role) == (2, Role.AED)
    assert people[1] not in await town.engaged()
    assert len(await town.rows("SELECT aed_id FROM aeds.reservation")) == 4


async def test_a_defibrillator_that_is_not_there_is_replaced_by_the_next(town: Town) -> None:
    (anna,) = await town.volunteers(400)
    await town.aeds(300, 200)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    first = (await town.alert(incident, anna)).aed_id

    await town.loses_aed(incident, anna, Trouble.NOT_THERE)
    second = (await town.alert(incident, anna)).aed_id
    await town.loses_aed(incident, anna, Trouble.LOCKED)

    assert second is not None
    assert first != second
    last = await town.alert(incident, anna)
    assert (last.role, last.aed_id) == (Role.DIRECT, None)
    assert not await town.rows("SELECT FROM aeds.reservation")


async def test_a_late_yes_counts_while_the_incident_runs(town: Town) -> None:
    (anna,) = await town.volunteers(200)
    incident = await town.arrest()
    await town.time_passes(minutes=3)
    assert await town.state(incident, anna) is AlertState.MISSED
    assert not await town.engaged()

    answer = await town.accepts(incident, anna)

    assert (answer.kind, await town.state(incident, anna)) == (AnswerKind.DONE, AlertState.ACCEPTED)
    assert {anna} == await town.engaged()


async def test_a_late_yes_of_somebody_ringing_elsewhere_is_refused_with_that_reason(town: Town) -> None:
    (anna,) = await town.volunteers(200)
    first = await town.arrest()
    await town.time_passes(minutes=3)
    second = await town.arrest(metres_east(1_000))
    assert {anna} == await town.ringing(second)

    assert (await town.accepts(first, anna)).kind is AnswerKind.ENGAGED_ELSEWHERE


async def test_a_yes_after_the_end_is_told_the_reason(town: Town) -> None:
    (anna,) = await town.volunteers(200)
    incident = await town.arrest()
    await town.ends(incident, EndReason.NOT_CARDIAC_ARREST)

    answer = await town.accepts(incident, anna)

    assert (answer.kind, answer.reason) == (AnswerKind.ENDED, "not_cardiac_arrest")


async def test_surplus_acceptors_are_thanked_where_the_policy_has_a_limit(town: Town) -> None:
    anna, ben = await town.volunteers(200, 300)
    incident = await town.arrest()
    await town.rows("UPDATE incidents.incident SET policy = policy || '{\"accept_limit\": 1}'")

    await town.accepts(incident, anna)
    answer = await town.accepts(incident, ben)

    assert (answer.kind, answer.reason) == (AnswerKind.NO_PLACE_LEFT, "enough_helpers")
    assert await town.state(incident, ben) is AlertState.STOOD_DOWN
    assert {anna} == await town.engaged()


async def test_somebody_who_has_gone_out_of_reach_is_told_so_when_accepting(town: Town) -> None:
    (anna,) = await town.volunteers(200)
    incident = await town.arrest()
    cell = cell_of(*metres_east(9_000))
    await town.rows("UPDATE locations.position SET cell = $1, cell_r9 = $2", cell, res9_parent(cell))

    await town.accepts(incident, anna)

    assert (await town.alert(incident, anna)).left_reach


async def test_a_status_is_taken_once_and_late_only_if_it_happened_before_the_end(town: Town) -> None:
    (anna,) = await town.volunteers(200)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    await town.tells(incident, anna, Status.EN_ROUTE)
    await town.tells(incident, anna, Status.EN_ROUTE)
    on_scene_at = town.now
    await town.time_passes(minutes=1)
    await town.ends(incident)
    await town.time_passes(minutes=9)

    await town.tells(incident, anna, Status.ON_SCENE, on_scene_at)

    with pytest.raises(Problem) as refused:
        await town.tells(incident, anna, Status.WITH_PATIENT, town.now)
    assert refused.value.status == 410
    await town.time_passes(minutes=2)
    with pytest.raises(Problem):
        await town.tells(incident, anna, Status.WITH_PATIENT, on_scene_at)
    await town.tells(incident, anna, Status.ON_SCENE, on_scene_at)  # told again: the same answer, however late
    told = [row["status"] for row in await town.rows("SELECT status FROM responses.status ORDER BY received_at")]
    assert told == ["en_route", "on_scene"]


async def test_a_defibrillator_picked_up_is_not_offered_again_until_confirmed(town: Town) -> None:
    anna, ben = await town.volunteers(200, 220)
    await town.aeds(100)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    await town.tells(incident, anna, Status.AED_PICKED_UP)
    await town.tells(incident, anna, Status.FINISHED)

    await town.accepts(incident, ben)

    assert await town.state(incident, anna) is AlertState.FINISHED
    assert (await town.alert(incident, ben)).role is Role.DIRECT


async def test_a_defibrillator_brought_back_is_offered_again(town: Town) -> None:
    anna, ben = await town.volunteers(200, 220)
    await town.aeds(100)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    await town.tells(incident, anna, Status.AED_PICKED_UP)
    await town.tells(incident, anna, Status.FINISHED)

    async with town.acting() as c:
        await aed_returned(c, (await town.alert(incident, anna)).id, anna, town.now)
    await town.accepts(incident, ben)

    assert (await town.alert(incident, ben)).role is Role.AED


@pytest.mark.parametrize("who", ["a dispatch centre", "whoever carries it"])
async def test_one_said_to_be_in_its_place_while_somebody_is_sent_for_it_is_theirs_all_the_same(
    town: Town, who: str
) -> None:
    """Said too early, or of another one: whoever accepts for another patient is answered, and goes direct."""
    (anna,) = await town.volunteers(200)
    await town.aeds(100)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    alert = await town.alert(incident, anna)
    assert alert.aed_id is not None
    if who == "whoever carries it":
        await town.tells(incident, anna, Status.AED_PICKED_UP)
        async with town.acting() as c:
            await aed_returned(c, alert.id, anna, town.now)
    else:
        async with town.acting() as c:
            assert await condition.confirm(c, alert.aed_id, town.now)

    (ben,) = await town.volunteers(220)
    another = await town.arrest()
    answer = await town.accepts(another, ben)

    assert answer.kind is AnswerKind.DONE
    assert (await town.alert(incident, anna)).aed_id == alert.aed_id
    assert (await town.alert(another, ben)).role is Role.DIRECT


async def test_only_whoever_picked_a_defibrillator_up_can_bring_it_back(town: Town) -> None:
    (anna,) = await town.volunteers(200)
    await town.aeds(100)
    incident = await town.arrest()
    await town.accepts(incident, anna)

    with pytest.raises(Problem) as refused:
        async with town.acting() as c:
            await aed_returned(c, (await town.alert(incident, anna)).id, anna, town.now)

    assert refused.value.status == 409


async def test_a_revision_reaches_everybody_going_and_shows_the_new_address(town: Town) -> None:
    anna, ben = await town.volunteers(200, 300)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    await town.declines(incident, ben)

    await town.revises(incident, Place(*SQUARE, 10, Address(text="Torvet 5")))

    alert = await town.alert(incident, anna)
    told = await town.rows("SELECT subject_id, content FROM delivery.message WHERE what = 'revision'")
    assert [(alert.id, 2)] == [(row["subject_id"], row["content"]["revision"]) for row in told]
    shown = await place_shown(town, incident, anna)
    assert shown is not None
    assert shown.address.text == "Torvet 5"


async def test_a_revision_that_changes_nothing_sounds_on_no_phone(town: Town) -> None:
    (anna,) = await town.volunteers(200)
    incident = await town.arrest()
    await town.accepts(incident, anna)

    await town.revises(incident, town.report().where.place)

    assert not await town.rows("SELECT FROM delivery.message WHERE what = 'revision'")
    assert (await town.incident(incident)).revision == 1


async def test_the_journal_counts_without_a_gap_and_names_nobody(town: Town) -> None:
    people = await town.volunteers(200, 300, 400)
    incident = await town.arrest()
    await town.accepts(incident, people[0])
    await town.declines(incident, people[1])
    await town.time_passes(minutes=3)
    await town.ends(incident)

    entries = await town.journal(incident)

    assert list(range(1, len(entries) + 1)) == [entry.seq for entry in entries]
    written = str([entry.facts for entry in entries])
    assert not [str(person) for person in people if str(person) in written]
    assert "Torvet" not in written
    assert "55." not in written


async def test_an_answer_in_time_is_not_undone_by_a_timer_that_runs_late(town: Town) -> None:
    (anna,) = await town.volunteers(200)
    incident = await town.arrest()
    await town.accepts(incident, anna)

    town.clock.advance(timedelta(minutes=10))
    await town.time_passes(seconds=1)

    assert await town.state(incident, anna) is AlertState.ACCEPTED
