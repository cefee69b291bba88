"""A centre's wishes about a running incident, and words both ways: each is done once, and nobody else is touched."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from backend.alerts import wishes
from backend.alerts.alert import AlertState
from backend.alerts.decision import Answer, AnswerKind
from backend.alerts.replay import differences, replay
from backend.alerts.word import ToCentre, ToVolunteers
from backend.delivery.message import Channel
from backend.foundation.ids import IncidentId, VolunteerId
from backend.foundation.problems import Problem
from backend.incidents.incident import Address, Asking, Circumstance, Place, StandDownReason
from backend.regions.numbers import NoNumber, set_number
from backend.responses import answer, words
from backend.responses.own_alerts import own, viewer_of
from backend.responses.status import Status
from tests.alarm.cast import SQUARE, Town, _self, metres_east


async def stands_down(town: Town, incident: IncidentId, who: VolunteerId, reason: StandDownReason) -> Answer:
    pseudonym = (await town.alert(incident, who)).pseudonym
    async with town.acting() as c:
        return (await wishes.stand_down_one(c, town.actor, incident, pseudonym, reason, town.now))[1]


async def asks_more(
    town: Town, incident: IncidentId, count: int | None = None, request: UUID | None = None, *, wider: bool = False
) -> Answer:
    async with town.acting() as c:
        return await wishes.ask_more(c, town.actor, incident, count, request or uuid4(), town.now, wider=wider)


async def tells(
    town: Town, incident: IncidentId, word: ToVolunteers, word_id: UUID, to: VolunteerId | None = None
) -> Answer:
    pseudonym = None if to is None else (await town.alert(incident, to)).pseudonym
    async with town.acting() as c:
        return await words.tell(c, town.actor, incident, word, word_id, pseudonym, town.now)


async def says(town: Town, incident: IncidentId, who: VolunteerId, word: ToCentre, word_id: UUID | None = None) -> None:
    alert = await town.alert(incident, who)
    async with town.being(who) as c:
        await words.say(c, _self(who), alert.id, who, word, word_id or uuid4(), town.now)


async def messages(town: Town, what: str) -> list[tuple[VolunteerId, str | None]]:
    rows = await town.rows(
        "SELECT volunteer_id, coalesce(content ->> 'word', content ->> 'reason') AS said FROM delivery.message "
        "WHERE what = $1 ORDER BY created_at, id",
        what,
    )
    return [(row["volunteer_id"], row["said"]) for row in rows]


async def said(town: Town, incident: IncidentId) -> list[str]:
    return [str(entry.facts["word"]) for entry in await town.journal(incident) if entry.event in ("said", "told")]


async def test_one_is_stood_down_and_told_why_while_the_others_go_on(town: Town) -> None:
    anna, ben, carl = await town.volunteers(100, 200, 300)
    incident = await town.arrest()
    for each in (anna, ben):
        await town.accepts(incident, each)

    assert (await stands_down(town, incident, anna, StandDownReason.UNSAFE_PLACE)).kind is AnswerKind.DONE

    assert await town.state(incident, anna) is AlertState.STOOD_DOWN
    assert await messages(town, "stand_down") == [(anna, "unsafe_place")]
    assert await town.engaged() == {ben, carl}
    assert await town.state(incident, ben) is AlertState.ACCEPTED
    again = await stands_down(town, incident, anna, StandDownReason.ENOUGH_HELPERS)
    assert again == Answer(AnswerKind.DONE, "unsafe_place"), "the first reason was told, and stands"
    assert len(await messages(town, "stand_down")) == 1


async def test_whoever_still_rings_is_stopped_too_and_a_late_yes_hears_why(town: Town) -> None:
    anna, *_ = await town.volunteers(100, 200)
    incident = await town.arrest()

    await stands_down(town, incident, anna, StandDownReason.ENOUGH_HELPERS)

    assert await town.state(incident, anna) is AlertState.WITHDRAWN
    assert await town.accepts(incident, anna) == Answer(AnswerKind.ENDED, "enough_helpers")
    ring = await town.rows("SELECT stopped_at FROM delivery.message WHERE volunteer_id = $1 AND what = 'ring'", anna)
    assert ring[0]["stopped_at"] is not None


async def test_nobody_is_asked_instead_of_who_was_stood_down(town: Town) -> None:
    anna, *_ = await town.volunteers(*range(100, 2600, 100))
    incident = await town.arrest()
    await town.accepts(incident, anna)
    asked = len(await town.alerts(incident))

    await stands_down(town, incident, anna, StandDownReason.ENOUGH_HELPERS)
    await town.time_passes(minutes=1)

    assert len(await town.alerts(incident)) == asked


async def test_a_name_nobody_has_is_refused_before_anything_is_written(town: Town) -> None:
    await town.volunteers(100)
    incident = await town.arrest()
    before = await town.journal(incident)
    with pytest.raises(Problem) as refused:
        async with town.acting() as c:
            await wishes.stand_down_one(c, town.actor, incident, "nobody", StandDownReason.SENT_IN_ERROR, town.now)
    assert refused.value.status == 404
    assert await town.journal(incident) == before


async def test_more_are_asked_once_however_often_the_wish_comes(town: Town) -> None:
    """A second tap, or a retry after a process died before it could answer."""
    await town.volunteers(*range(50, 1550, 50))
    incident = await town.arrest()
    first = {alert.volunteer_id for alert in await town.alerts(incident)}
    wish = uuid4()

    for _ in range(2):
        assert (await asks_more(town, incident, 4, wish)).kind is AnswerKind.DONE

    alerts = await town.alerts(incident)
    assert len(alerts) == len(first) + 4
    assert {alert.wave for alert in alerts if alert.volunteer_id not in first} == {2}
    assert (await town.incident(incident)).wanted == len(first) + 4


async def test_a_wider_wish_asks_where_nobody_was_asked_before(town: Town) -> None:
    near, far = await town.volunteers(100, 6500)
    incident = await town.arrest(policy="dk-2026-waves")
    assert await town.ringing(incident) == {near}

    for _ in range(3):
        await asks_more(town, incident, 5, wider=True)

    assert await town.ringing(incident) == {near, far}


async def test_nobody_is_asked_whose_yes_would_find_no_place_or_where_it_is_excluded(town: Town) -> None:
    await town.volunteers(100, 200)
    excluded = await town.arrest(circumstances=[Circumstance.TRAUMA])
    assert (await asks_more(town, excluded)).kind is AnswerKind.EXCLUDED
    incident = await town.arrest()
    await town.ends(incident)
    assert (await asks_more(town, incident)).kind is AnswerKind.ENDED


async def test_a_word_reaches_those_on_the_way_by_every_channel_and_nobody_who_only_rings(town: Town) -> None:
    anna, ben, _carl = await town.volunteers(100, 200, 300)
    incident = await town.arrest()
    for each in (anna, ben):
        await town.accepts(incident, each)
    word = uuid4()

    for _ in range(2):
        assert (await tells(town, incident, ToVolunteers.DOOR_OPEN, word)).kind is AnswerKind.DONE

    assert sorted(await messages(town, "word")) == sorted([(anna, "door_open"), (ben, "door_open")])
    rows = await town.rows(
        "SELECT DISTINCT d.channel FROM delivery.delivery d JOIN delivery.message m ON m.id = d.message_id "
        "WHERE m.what = 'word'"
    )
    assert {row["channel"] for row in rows} >= {Channel.FCM.value, Channel.SMS.value}
    assert await said(town, incident) == ["door_open", "door_open"], "one for each who was told"


async def test_a_word_to_one_is_for_this_one_and_stops_with_the_mission(town: Town) -> None:
    anna, ben = await town.volunteers(100, 200)
    incident = await town.arrest()
    for each in (anna, ben):
        await town.accepts(incident, each)

    await tells(town, incident, ToVolunteers.CALL_US, uuid4(), to=ben)
    await town.ends(incident)

    assert await messages(town, "word") == [(ben, "call_us")]
    stopped = await town.rows("SELECT stopped_at FROM delivery.message WHERE what = 'word'")
    assert stopped[0]["stopped_at"] is not None
    assert (await tells(town, incident, ToVolunteers.CALL_US, uuid4())).kind is AnswerKind.ENDED


async def test_a_word_that_was_shown_never_stands_for_a_new_place(town: Town) -> None:
    """Else the room would count on somebody who still runs to the old one."""
    (anna,) = await town.volunteers(100)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    await town.shows(incident, anna)
    await town.time_passes(seconds=1)
    await town.revises(incident, Place(*metres_east(40), 5, Address(text="Torvet 5")))
    word = uuid4()
    await tells(town, incident, ToVolunteers.DOOR_OPEN, word)
    alert = await town.alert(incident, anna)

    async with town.being(anna) as c:
        await answer.receive(c, alert.id, anna, Channel.FCM, town.now, town.now, 2, word)
    await town.time_passes(minutes=1)

    assert "revision_unheard" in [entry.event for entry in await town.journal(incident)]
    await town.shows(incident, anna)
    rows = await town.rows(
        "SELECT m.what FROM delivery.message m JOIN delivery.delivery d ON d.message_id = m.id "
        "JOIN delivery.receipt r ON r.delivery_id = d.id WHERE m.what <> 'ring' ORDER BY m.what"
    )
    assert [row["what"] for row in rows] == ["revision", "word"]


async def test_what_somebody_on_the_way_says_is_written_down_once(town: Town) -> None:
    (anna,) = await town.volunteers(100)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    word = uuid4()

    await says(town, incident, anna, ToCentre.UNSAFE, word)
    await town.time_passes(seconds=20)
    await says(town, incident, anna, ToCentre.UNSAFE, word)  # the phone heard no answer
    await says(town, incident, anna, ToCentre.DOOR_LOCKED)
    await says(town, incident, anna, ToCentre.DOOR_LOCKED)  # a second tap
    assert await said(town, incident) == ["unsafe", "door_locked"]

    await town.time_passes(seconds=20)
    await says(town, incident, anna, ToCentre.DOOR_LOCKED)
    assert await said(town, incident) == ["unsafe", "door_locked", "door_locked"], "still locked"


async def test_only_somebody_on_a_mission_says_anything(town: Town) -> None:
    anna, ben = await town.volunteers(100, 200)
    incident = await town.arrest()
    with pytest.raises(Problem) as too_early:
        await says(town, incident, anna, ToCentre.UNSAFE)
    assert too_early.value.slug == "not-on-mission"
    await town.accepts(incident, ben)
    await town.ends(incident)
    with pytest.raises(Problem) as too_late:
        await says(town, incident, ben, ToCentre.UNSAFE)
    assert too_late.value.slug == "alert-ended"
    assert await said(town, incident) == []


async def test_a_stuck_phone_does_not_drown_the_room(town: Town) -> None:
    (anna,) = await town.volunteers(100)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    for _ in range(words.AT_MOST):
        await says(town, incident, anna, ToCentre.CANNOT_FIND)
        town.clock.advance(timedelta(seconds=11))
    with pytest.raises(Problem) as refused:
        await says(town, incident, anna, ToCentre.CANNOT_FIND)
    assert refused.value.status == 429


async def test_the_centre_s_number_is_shown_to_those_on_the_way_only(town: Town) -> None:
    anna, ben = await town.volunteers(100, 200)
    async with town.database.acting_as(town.actor) as c:
        await c.execute("RESET ROLE")
        await set_number(c, town.actor, town.centre_id, "+45 12 34 56 78", "vagthavende", town.now)
        with pytest.raises(NoNumber):
            await set_number(c, town.actor, town.centre_id, "ring til os", "vagthavende", town.now)
    incident = await town.arrest()
    await town.accepts(incident, anna)

    async def number_seen_by(who: VolunteerId) -> str | None:
        alert = await town.alert(incident, who)
        async with town.being(who) as c:
            return (await own(c, alert, viewer_of(who), town.now)).centre_number

    assert await number_seen_by(anna) == "+4512345678"
    assert await number_seen_by(ben) is None


async def test_the_journal_with_all_of_it_adds_up_to_what_the_tables_say(town: Town) -> None:
    people = await town.volunteers(*range(100, 2600, 100))
    incident = await town.arrest(SQUARE)
    anna, ben, carl = people[:3]
    for each in (anna, ben):
        await town.accepts(incident, each)
    await says(town, incident, anna, ToCentre.DOOR_LOCKED)
    await tells(town, incident, ToVolunteers.DOOR_OPEN, uuid4())
    await stands_down(town, incident, anna, StandDownReason.ENOUGH_HELPERS)
    await stands_down(town, incident, carl, StandDownReason.ENOUGH_HELPERS)
    await asks_more(town, incident, 3)
    await town.time_passes(minutes=4)

    found = replay(await town.journal(incident))

    assert differences(found, await town.incident(incident), await town.alerts(incident)) == []


async def test_an_id_that_did_something_else_is_no_second_wish_done(town: Town) -> None:
    """Said to be done, a word nobody was told would be believed."""
    anna, ben = await town.volunteers(100, 200)
    incident = await town.arrest()
    for each in (anna, ben):
        await town.accepts(incident, each)
    word = uuid4()
    await tells(town, incident, ToVolunteers.DOOR_OPEN, word, to=anna)
    for other, to in ((ToVolunteers.WAIT_OUTSIDE, anna), (ToVolunteers.DOOR_OPEN, ben)):
        with pytest.raises(Problem) as refused:
            await tells(town, incident, other, word, to=to)
        assert refused.value.slug == "id-reused"
    assert (await tells(town, incident, ToVolunteers.DOOR_OPEN, word, to=anna)).kind is AnswerKind.DONE
    await asks_more(town, incident, 3, word)
    with pytest.raises(Problem) as refused:
        await asks_more(town, incident, 4, word)
    assert refused.value.slug == "id-reused"
    assert await messages(town, "word") == [(anna, "door_open")]


async def test_a_wish_after_somebody_was_there_is_made_good_when_choosing_was_broken(town: Town) -> None:
    people = await town.volunteers(*(100 * n for n in range(1, 25)))
    incident = await town.arrest()
    await town.accepts(incident, people[0])
    await town.tells(incident, people[0], Status.FINISHED)
    before = len(await town.alerts(incident))
    await town.rows("ALTER TABLE selection.candidate RENAME TO elsewhere")
    await asks_more(town, incident, 3)
    assert (await town.incident(incident)).asking is Asking.PENDING, "nobody takes it for done"
    await town.rows("ALTER TABLE selection.elsewhere RENAME TO candidate")

    await town.time_passes(seconds=5)

    asked = await town.incident(incident)
    assert len(await town.alerts(incident)) == before + 3
    assert (asked.asking, asked.wanted) == (Asking.ASKED, before + 3)
    await town.time_passes(minutes=1)
    assert len(await town.alerts(incident)) == before + 3


async def test_what_is_pending_and_lacks_nobody_any_more_says_so(town: Town) -> None:
    """Whom a wish took for lost have shown up since: nobody more is asked, and nothing is owed."""
    await town.volunteers(*(100 * n for n in range(1, 25)))
    incident = await town.arrest()
    before = len(await town.alerts(incident))
    await town.rows("UPDATE incidents.incident SET asking = 'pending', wanted = $1", before)

    await town.time_passes(minutes=4)

    assert (await town.incident(incident)).asking is Asking.ASKED
    assert len(await town.alerts(incident)) == before
