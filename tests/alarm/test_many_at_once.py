"""Several arrests, answers and defibrillators in the same moment."""

import asyncio

from backend.alerts import alarm, duplicates
from backend.alerts.alert import AlertState
from backend.alerts.decision import AnswerKind
from backend.foundation.database import Role
from backend.foundation.ids import IncidentId
from backend.foundation.journal import Event
from backend.foundation.kinds import Kind
from backend.incidents import queries as incident_queries
from backend.incidents.incident import EndReason
from tests.alarm.cast import WORKER, Town, metres_east


async def test_one_defibrillator_between_two_arrests_goes_to_one_of_two_who_accept_at_once(town: Town) -> None:
    """Both look when it is free: whoever is second to write goes direct, and nobody's yes is lost."""
    await town.aeds(250)
    for _ in range(5):
        (anna,) = await town.volunteers(100)
        first = await town.arrest()
        (ben,) = await town.volunteers(450)
        second = await town.arrest(metres_east(500))

        answers = await asyncio.gather(town.accepts(first, anna), town.accepts(second, ben))

        assert [a.kind for a in answers] == [AnswerKind.DONE, AnswerKind.DONE]
        roles = [(await town.alert(first, anna)).role, (await town.alert(second, ben)).role]
        assert set(roles) == {"aed", "direct"}
        await town.ends(first)
        await town.ends(second)
        assert not await town.rows("SELECT * FROM aeds.reservation")
        await town.rows("DELETE FROM locations.position")


async def test_twenty_who_accept_in_one_moment_take_twenty_places(town: Town) -> None:
    people = await town.volunteers(*(50 * n for n in range(1, 21)))
    await town.aeds(60, 260, 460)
    incident = await town.arrest()

    answers = await asyncio.gather(*(town.accepts(incident, each) for each in people))

    assert {a.kind for a in answers} == {AnswerKind.DONE}
    assert sorted(a.place or 0 for a in await town.alerts(incident)) == list(range(1, 21))
    journal = await town.journal(incident)
    assert [entry.seq for entry in journal] == list(range(1, len(journal) + 1))


async def test_a_stand_down_among_answers_leaves_nobody_engaged(town: Town) -> None:
    people = await town.volunteers(*(50 * n for n in range(1, 41)))
    await town.aeds(60, 260, 460)
    incidents = [await town.arrest(), await town.arrest(metres_east(300))]
    rung = [(i, each) for i in incidents for each in await town.ringing(i)]
    assert len(rung) == len(people)

    await asyncio.gather(
        *(town.accepts(i, each) if n % 3 else town.declines(i, each) for n, (i, each) in enumerate(rung[::2])),
        *(town.accepts(i, each) for i, each in rung[1::2]),
        *(town.ends(i, EndReason.SENT_IN_ERROR) for i in incidents),
    )

    assert not await town.engaged()
    assert not await town.rows("SELECT * FROM aeds.reservation")
    for incident in incidents:
        assert {AlertState.RINGING, AlertState.ACCEPTED}.isdisjoint(a.state for a in await town.alerts(incident))
        journal = await town.journal(incident)
        assert [entry.seq for entry in journal] == list(range(1, len(journal) + 1))


async def test_many_arrests_in_one_street_at_once_share_its_people(town: Town) -> None:
    """Nobody waits for anybody, nobody rings twice, and what each lacks because the others were faster is written."""
    people = await town.volunteers(*(20 * n for n in range(1, 101)))

    incidents = await asyncio.gather(*(town.arrest(metres_east(30 * n)) for n in range(8)))

    rung = [each for incident in incidents for each in await town.ringing(incident)]
    assert len(rung) == len(set(rung)) == len(people)
    lacking = [(await town.incident(incident)).lacking for incident in incidents]
    assert sum(lacking) == 8 * 20 - 100


async def test_many_arrests_where_there_are_enough_people_lack_nobody(town: Town) -> None:
    await town.volunteers(*(10 * n for n in range(1, 201)))

    incidents = await asyncio.gather(*(town.arrest(metres_east(30 * n)) for n in range(8)))

    assert [len(await town.ringing(incident)) for incident in incidents] == [20] * 8


async def test_two_reports_in_the_same_moment_are_marked_as_possible_duplicates(town: Town) -> None:
    """Neither sees the other while it is written; a second later they are compared once more, and marked once."""
    one, other = await asyncio.gather(town.arrest(), town.arrest(metres_east(100)))

    await town.time_passes(seconds=2)
    await town.time_passes(seconds=10)

    pairs = await town.rows("SELECT incident_id, other_id FROM incidents.possible_duplicate")
    assert {(row["incident_id"], row["other_id"]) for row in pairs} == {(one, other), (other, one)}
    marked = [e for i in (one, other) for e in await town.journal(i) if e.event == Event.POSSIBLE_DUPLICATE]
    assert len(marked) == 1


async def test_two_workers_that_compare_two_reports_of_one_arrest_wait_for_no_circle(town: Town) -> None:
    """Each holds its own incident and marks the other's side as well."""
    async with town.acting() as c1, town.acting() as c2:
        one, other = [
            await alarm.raise_alarm(
                c, town.actor, Kind.LIVE, town.centre_id, town.report(metres_east(east)), None, None, town.now
            )
            for c, east in ((c1, 0), (c2, 100))
        ]
    both_hold = asyncio.Barrier(2)

    async def compares(which: IncidentId) -> None:
        async with town.acting(Role.WORKER) as c:
            incident = await incident_queries.lock(c, which)
            assert incident is not None
            await both_hold.wait()
            await duplicates.mark(c, WORKER, incident, town.now)

    await asyncio.gather(compares(one), compares(other))

    pairs = await town.rows("SELECT incident_id, other_id FROM incidents.possible_duplicate")
    assert {(row["incident_id"], row["other_id"]) for row in pairs} == {(one, other), (other, one)}


async def test_a_report_is_marked_at_once_beside_an_arrest_about_which_is_being_decided(town: Town) -> None:
    """Whoever reports waits for nobody's choosing and for nobody's answer."""
    one = await town.arrest()
    async with town.acting(Role.WORKER) as deciding:
        await incident_queries.lock(deciding, one)
        other = await town.arrest(metres_east(100))

        pairs = await town.rows("SELECT incident_id, other_id FROM incidents.possible_duplicate")

    assert {(row["incident_id"], row["other_id"]) for row in pairs} == {(one, other), (other, one)}
