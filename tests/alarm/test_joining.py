"""One arrest, reported twice: the two become one, and whoever is on the way stays on the way."""

from collections import Counter
from uuid import uuid4

from backend.alerts.alert import AlertState
from backend.alerts.decision import AnswerKind
from backend.alerts.word import ToCentre, ToVolunteers
from backend.delivery.message import Channel
from backend.foundation.database import Actor
from backend.foundation.database import Role as As
from backend.foundation.journal import Event
from backend.incidents.incident import Asking, Circumstance, EndReason
from backend.responses import answer
from backend.responses.own_alerts import own, viewer_of
from backend.responses.status import Status
from backend.selection.policy import Role
from tests.alarm.cast import SQUARE, Town, metres_east
from tests.alarm.test_wishes import says, tells

NEXT_DOOR = metres_east(60, SQUARE)


async def test_whoever_is_on_the_way_stays_on_the_way_with_role_and_defibrillator(town: Town) -> None:
    people = await town.volunteers(*(100 + 10 * n for n in range(24)))
    await town.aeds(150)
    kept = await town.arrest()
    ending = await town.arrest(NEXT_DOOR)
    (first, *_), (fetching, direct, ringing, *_) = people[:20], people[20:]
    await town.accepts(kept, first)
    for person in (fetching, direct):
        await town.accepts(ending, person)
    await town.tells(ending, direct, Status.EN_ROUTE)
    before = {p: await town.alert(ending, p) for p in (fetching, direct)}

    await town.joins(ending, kept)

    for person, old in before.items():
        new = await town.alert(kept, person)
        assert (AlertState.ACCEPTED, old.role, old.aed_id) == (new.state, new.role, new.aed_id)
        assert await town.state(ending, person) is AlertState.STOOD_DOWN
        async with town.database.acting_as(Actor(As.API, person_id=person)) as c:
            shown = await own(c, new, viewer_of(person), town.now)
        assert shown.place is not None
        assert (["en_route"] if person == direct else []) == [told.status for told in shown.statuses]
    assert await town.state(ending, ringing) is AlertState.WITHDRAWN
    engaged = await town.rows("SELECT volunteer_id, incident_id FROM volunteers.engagement")
    assert {kept} == {row["incident_id"] for row in engaged}
    assert max(Counter(row["volunteer_id"] for row in engaged).values()) == 1


async def test_the_places_of_both_count_on_and_the_second_incident_is_over(town: Town) -> None:
    people = await town.volunteers(*(100 + 10 * n for n in range(22)))
    kept, ending = await town.arrest(), await town.arrest(NEXT_DOOR)
    await town.accepts(kept, people[0])
    await town.accepts(ending, people[20])
    await town.accepts(ending, people[21])

    await town.joins(ending, kept)
    await town.accepts(kept, people[1])

    places = {a.volunteer_id: a.place for a in await town.alerts(kept) if a.state is AlertState.ACCEPTED}
    assert {people[0]: 1, people[20]: 2, people[21]: 3, people[1]: 4} == places
    over = await town.incident(ending)
    assert (EndReason.JOINED, kept) == (over.end_reason, over.linked_to)
    for incident in (ending, kept):
        entries = await town.journal(incident)
        assert Event.JOINED in [entry.event for entry in entries]
        assert list(range(1, len(entries) + 1)) == [entry.seq for entry in entries]


async def test_somebody_who_had_been_asked_by_both_has_one_alert_in_each(town: Town) -> None:
    """Silent in the first, on the way for the second: the yes counts for the one that goes on."""
    (anna,) = await town.volunteers(200)
    kept = await town.arrest()
    await town.time_passes(minutes=3)
    ending = await town.arrest(NEXT_DOOR)
    await town.accepts(ending, anna)

    await town.joins(ending, kept)

    assert (
        await town.state(kept, anna),
        (await town.alert(kept, anna)).role,
    ) == (AlertState.ACCEPTED, Role.DIRECT)
    told = await town.rows("SELECT what FROM delivery.message WHERE subject_id = $1", (await town.alert(kept, anna)).id)
    assert "revision" in [row["what"] for row in told]


async def test_joining_frees_nobody_for_a_third_alarm_while_they_are_on_the_way(town: Town) -> None:
    (anna,) = await town.volunteers(200)
    ending, kept = await town.arrest(), await town.arrest(NEXT_DOOR)
    await town.accepts(ending, anna)

    await town.joins(ending, kept)
    third = await town.arrest(metres_east(900))

    assert not await town.ringing(third)
    await town.ends(kept)
    assert not await town.engaged()


async def test_whoever_was_carried_over_and_has_not_heard_of_it_stands_out_in_time(town: Town) -> None:
    """The incident that goes on has nobody more to ask: it is looked at again all the same when the receipt is due."""
    people = await town.volunteers(*(100 + 10 * n for n in range(21)))
    kept, ending = await town.arrest(), await town.arrest(NEXT_DOOR)
    await town.accepts(ending, people[20])
    await town.joins(ending, kept)

    await town.time_passes(seconds=6)

    assert Event.REVISION_UNHEARD in [entry.event for entry in await town.journal(kept)]


async def test_an_excluded_report_that_took_people_over_asks_when_the_centre_overrides(town: Town) -> None:
    """The others near it are on the way already: nobody more is found, and nothing waits for a choice."""
    people = await town.volunteers(100, 110, 120)
    ending = await town.arrest()
    for person in people:
        await town.accepts(ending, person)
    kept = await town.arrest(NEXT_DOOR, circumstances=[Circumstance.UNSAFE_SCENE])
    await town.joins(ending, kept)
    assert (await town.incident(kept)).asking is Asking.EXCLUDED

    await town.overrides(kept)

    stored = await town.incident(kept)
    assert (stored.asking, stored.wanted) == (Asking.ASKED, len(people))
    [later] = await town.volunteers(130)
    await town.gives_up(kept, people[0])
    assert await town.ringing(kept) <= {later}


async def test_overriding_asks_beside_those_carried_over_as_many_as_the_policy_still_wants(town: Town) -> None:
    people = await town.volunteers(*(100 + 10 * n for n in range(40)))
    ending = await town.arrest()
    for person in people[:3]:
        await town.accepts(ending, person)
    kept = await town.arrest(NEXT_DOOR, circumstances=[Circumstance.UNSAFE_SCENE])
    await town.joins(ending, kept)
    await town.overrides(kept)
    assert (len(await town.ringing(kept)), len(await town.alerts(kept))) == (17, 20)


async def test_what_was_said_by_one_tap_goes_along_and_what_nobody_has_seen_yet_is_told_again(town: Town) -> None:
    people = await town.volunteers(*(100 + 10 * n for n in range(21)))
    kept = await town.arrest()
    ending = await town.arrest(NEXT_DOOR)
    anna = people[20]
    await town.accepts(ending, anna)
    seen, unseen = uuid4(), uuid4()
    await says(town, ending, anna, ToCentre.UNSAFE)
    old = await town.alert(ending, anna)
    for word_id, word in ((seen, ToVolunteers.SOMEBODY_MEETS_YOU), (unseen, ToVolunteers.DOOR_OPEN)):
        await tells(town, ending, word, word_id)
    async with town.being(anna) as c:
        await answer.receive(c, old.id, anna, Channel.FCM, town.now, town.now, None, seen)

    await town.joins(ending, kept)

    new = await town.alert(kept, anna)
    async with town.being(anna) as c:
        view = await own(c, new, viewer_of(anna), town.now)
    assert {"unsafe", "somebody_meets_you", "door_open"} == {each.word for each in view.words}
    waits = await town.rows(
        "SELECT content ->> 'word' AS word FROM delivery.message WHERE subject_id = $1 AND what = 'word' "
        "AND stopped_at IS NULL",
        new.id,
    )
    assert [row["word"] for row in waits] == ["door_open"]
    written = [e.event for e in await town.journal(kept) if e.event in (Event.SAID, Event.TOLD)]
    assert sorted(written) == [Event.SAID, Event.TOLD, Event.TOLD]
    assert (await tells(town, kept, ToVolunteers.DOOR_OPEN, unseen)).kind is AnswerKind.DONE, "told already"
