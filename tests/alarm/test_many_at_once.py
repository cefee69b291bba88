"""Several arrests, answers and defibrillators in the same moment."""

import asyncio

from backend.alerts.alert import AlertState
from backend.alerts.decision import AnswerKind
from backend.incidents.incident import EndReason
from tests.alarm.cast import Town, metres_east


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
    people = await town.volunteers(*(20 * n for n in range(1, 101)))

    incidents = await asyncio.gather(*(town.arrest(metres_east(30 * n)) for n in range(8)))
    await town.time_passes(seconds=2)  # who waited too long for the others is chosen for by the worker

    rung = [each for incident in incidents for each in await town.ringing(incident)]
    assert len(rung) == len(set(rung)) == len(people)
