"""Who is asked instead, who besides, and how far away, as the frozen policy says."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from backend.aeds.condition import picked_up
from backend.alerts.alert import AlertState
from backend.foundation.database import Role as Actor
from backend.foundation.ids import IncidentId, VolunteerId, in_order
from backend.incidents.incident import Asking, Circumstance
from backend.responses.status import Status
from backend.selection import queries
from backend.selection.policies import shipped
from backend.selection.policy import Role
from tests.alarm.cast import NOON, Town, metres_east


async def policy(town: Town, **fields: Any) -> str:
    """`dk-2026` with other fields, by the name it can be asked for."""
    base = next(each for each in shipped() if each["name"] == "dk-2026")
    named = base | {"name": "of this test", "in_total": None} | fields
    async with town.acting(Actor.OWNER) as c:
        await c.execute("RESET ROLE")
        await queries.insert_policy(c, in_order(), "of this test", 1, named, "test", NOON)
    return "of this test"


async def wave_of(town: Town, incident: IncidentId, people: Sequence[VolunteerId]) -> list[int | None]:
    """Which wave asked each; None for who was not asked."""
    waves = {alert.volunteer_id: alert.wave for alert in await town.alerts(incident)}
    return [waves.get(each) for each in people]


async def test_a_decline_asks_the_next(town: Town) -> None:
    people = await town.volunteers(100, 200, 300)
    incident = await town.arrest(policy=await policy(town, at_once=2, replace_on=["decline"]))

    await town.declines(incident, people[0])

    assert await wave_of(town, incident, people) == [1, 1, 2]


async def test_no_receipt_in_time_asks_the_next_and_a_late_one_takes_nothing_back(town: Town) -> None:
    people = await town.volunteers(100, 200, 300, 400)
    incident = await town.arrest(policy=await policy(town, at_once=2, replace_on=["no_receipt"]))
    await town.time_passes(seconds=1)
    await town.shows(incident, people[0])

    await town.time_passes(seconds=5)
    assert await wave_of(town, incident, people) == [1, 1, 2, None]

    await town.shows(incident, people[1])
    await town.shows(incident, people[2])
    await town.time_passes(seconds=60)
    assert await wave_of(town, incident, people) == [1, 1, 2, None]
    assert people[1] in await town.ringing(incident), "whoever is replaced may still say yes"


async def test_silence_asks_the_next(town: Town) -> None:
    people = await town.volunteers(100, 200, 300)
    incident = await town.arrest(policy=await policy(town, at_once=1, replace_on=["silence"], silence_s=60))
    await town.shows(incident, people[0])

    await town.time_passes(seconds=59)
    assert await wave_of(town, incident, people) == [1, None, None]
    await town.time_passes(seconds=1)
    assert await wave_of(town, incident, people) == [1, 2, None]


async def test_silence_longer_than_the_ringing_asks_the_next_all_the_same(town: Town) -> None:
    people = await town.volunteers(100, 200)
    name = await policy(town, at_once=1, replace_on=["silence"], silence_s=60, rings_s=30)
    incident = await town.arrest(policy=name)
    await town.shows(incident, people[0])

    await town.time_passes(seconds=61)

    assert await wave_of(town, incident, people) == [1, 2]


async def test_giving_up_asks_the_next(town: Town) -> None:
    people = await town.volunteers(100, 200)
    incident = await town.arrest(policy=await policy(town, at_once=1, replace_on=["give_up"]))
    await town.accepts(incident, people[0])

    await town.gives_up(incident, people[0])

    assert await wave_of(town, incident, people) == [1, 2]


async def test_nobody_is_asked_beyond_the_total(town: Town) -> None:
    people = await town.volunteers(*range(100, 1_100, 100))
    incident = await town.arrest(policy=await policy(town, at_once=2, in_total=3, replace_on=["decline"]))

    for each in people[:3]:
        await town.declines(incident, each)

    assert await wave_of(town, incident, people) == [1, 1, 2, *[None] * 7]


async def test_after_somebody_was_there_nobody_more_is_asked(town: Town) -> None:
    """Whoever came home forty minutes later is not rung because somebody declined then."""
    went, declined = await town.volunteers(100, 200)
    incident = await town.arrest(policy=await policy(town, at_once=2, replace_on=["decline"]))
    await town.accepts(incident, went)
    await town.declines(incident, declined)
    await town.time_passes(minutes=40)
    (newcomer,) = await town.volunteers(300)

    await town.tells(incident, went, Status.FINISHED)

    assert newcomer not in await town.ringing(incident)


async def test_a_receipt_counts_after_the_ringing_as_well(town: Town) -> None:
    """Everybody's phone showed it: nobody is rung for want of a receipt when one gives up ten minutes later."""
    people = await town.volunteers(*range(100, 1_100, 100))
    incident = await town.arrest(policy=await policy(town, at_once=3, replace_on=["no_receipt"]))
    for each in people[:3]:
        await town.shows(incident, each)
    await town.accepts(incident, people[0])
    await town.time_passes(minutes=10)

    await town.gives_up(incident, people[0])
    await town.time_passes(seconds=10)

    assert len(await town.alerts(incident)) == 3


async def test_nobody_is_rung_only_to_be_thanked(town: Town) -> None:
    people = await town.volunteers(*range(100, 1_100, 100))
    name = await policy(town, at_once=3, replace_on=["decline", "give_up"], accept_limit=2)
    incident = await town.arrest(policy=name)
    await town.accepts(incident, people[0])
    await town.accepts(incident, people[1])

    await town.declines(incident, people[2])
    assert len(await town.alerts(incident)) == 3

    await town.gives_up(incident, people[0])
    assert len(await town.ringing(incident)) == 2


async def test_a_first_choice_that_failed_is_no_reason_to_ask_more_later(town: Town) -> None:
    people = await town.volunteers(100, 200)
    await town.rows("ALTER TABLE selection.candidate RENAME TO broken")
    incident = await town.arrest()
    await town.rows("ALTER TABLE selection.broken RENAME TO candidate")
    await town.time_passes(seconds=1)
    assert set(people) == await town.ringing(incident)
    await town.volunteers(300)

    await town.declines(incident, people[0])

    assert len(await town.alerts(incident)) == 2


# --- wider reach ---------------------------------------------------------------------------------------------------


async def widening(town: Town, **fields: Any) -> str:
    reach = {"reach_m": 1_000, "reach_steps": [2_000, 4_000], "widen_after_s": 60, "at_once": 2}
    return await policy(town, **reach | {"replace_on": ["unreachable"]} | fields)


async def test_while_nobody_is_on_the_way_the_reach_gets_wider_step_by_step(town: Town) -> None:
    people = await town.volunteers(500, 1_500, 3_500, 4_500)
    incident = await town.arrest(policy=await widening(town))

    assert await wave_of(town, incident, people) == [1, None, None, None]
    await town.time_passes(seconds=60)
    assert await wave_of(town, incident, people) == [1, 2, None, None]
    await town.time_passes(seconds=60)
    assert await wave_of(town, incident, people) == [1, 2, 3, None]
    await town.time_passes(seconds=600)
    assert await wave_of(town, incident, people) == [1, 2, 3, None]
    widened = [e.facts["reach_m"] for e in await town.journal(incident) if e.event == "reach_widened"]
    assert widened == [2_000, 4_000]


async def test_where_nobody_is_in_reach_at_all_it_gets_wider_too(town: Town) -> None:
    (anna,) = await town.volunteers(1_500)
    incident = await town.arrest(policy=await widening(town))
    assert (await town.incident(incident)).asking is Asking.NOBODY_IN_REACH

    await town.time_passes(seconds=60)

    assert {anna} == await town.ringing(incident)
    assert (await town.incident(incident)).asking is Asking.ASKED


async def test_a_first_choice_that_failed_delays_no_wider_reach(town: Town) -> None:
    (anna,) = await town.volunteers(1_500)
    name = await widening(town)
    await town.rows("ALTER TABLE selection.candidate RENAME TO broken")
    incident = await town.arrest(policy=name)
    await town.rows("ALTER TABLE selection.broken RENAME TO candidate")

    await town.time_passes(seconds=61)

    assert {anna} == await town.ringing(incident)


async def test_an_override_begins_the_wait_for_a_wider_reach_anew(town: Town) -> None:
    people = await town.volunteers(500, 1_500)
    incident = await town.arrest(policy=await widening(town), circumstances=[Circumstance.TRAUMA])
    await town.time_passes(minutes=5)

    await town.overrides(incident)
    await town.time_passes(seconds=30)
    assert await wave_of(town, incident, people) == [1, None]
    await town.time_passes(seconds=30)
    assert await wave_of(town, incident, people) == [1, 2]


async def test_somebody_on_the_way_keeps_the_reach_as_it_is(town: Town) -> None:
    people = await town.volunteers(500, 1_500)
    incident = await town.arrest(policy=await widening(town))
    await town.accepts(incident, people[0])

    await town.time_passes(seconds=300)
    assert await wave_of(town, incident, people) == [1, None]

    await town.gives_up(incident, people[0])
    await town.time_passes(seconds=1)
    assert await wave_of(town, incident, people) == [1, 2], "whoever gave up is not on the way"


async def test_a_worker_that_slept_widens_one_step_at_a_time(town: Town) -> None:
    near, far = await town.volunteers(1_500, 3_500)
    incident = await town.arrest(policy=await widening(town))
    town.clock.advance(timedelta(minutes=3))

    await town.time_passes(seconds=1)
    assert {near} == await town.ringing(incident)
    await town.time_passes(seconds=60)
    assert {near, far} == await town.ringing(incident)


# --- the direct guarantee --------------------------------------------------------------------------------------------


async def role_of(town: Town, incident: IncidentId, who: VolunteerId) -> Role | None:
    return (await town.alert(incident, who)).role


async def test_when_no_fifth_can_come_the_nearest_goes_direct_and_is_told(town: Town) -> None:
    """Six ring, two accept by a defibrillator, two decline: four are left."""
    people = await town.volunteers(*range(100, 700, 100))
    await town.aeds(150, 160, 170)
    incident = await town.arrest(policy=await policy(town, direct_guarantee=True))
    await town.accepts(incident, people[1])
    await town.accepts(incident, people[0])
    await town.declines(incident, people[5])
    assert await role_of(town, incident, people[0]) is Role.AED

    await town.declines(incident, people[4])

    assert await role_of(town, incident, people[0]) is Role.DIRECT
    assert await role_of(town, incident, people[1]) is Role.AED
    told = await town.rows(
        "SELECT volunteer_id, content ->> 'reason' AS why FROM delivery.message WHERE what = 'revision'"
    )
    assert [(row["volunteer_id"], row["why"]) for row in told] == [(people[0], "go_direct")]
    assert len(await town.rows("SELECT FROM aeds.reservation")) == 1


async def test_a_minute_after_the_first_yes_somebody_goes_direct(town: Town) -> None:
    people = await town.volunteers(*range(100, 1_100, 100))
    await town.aeds(150, 160)
    incident = await town.arrest(policy=await policy(town, direct_guarantee=True))
    await town.time_passes(seconds=20)
    await town.accepts(incident, people[3])

    await town.time_passes(seconds=59)
    assert await role_of(town, incident, people[3]) is Role.AED
    await town.time_passes(seconds=1)
    assert await role_of(town, incident, people[3]) is Role.DIRECT


async def test_whoever_has_the_defibrillator_in_hand_brings_it(town: Town) -> None:
    people = await town.volunteers(*range(100, 700, 100))
    await town.aeds(150, 160)
    incident = await town.arrest(policy=await policy(town, direct_guarantee=True))
    await town.accepts(incident, people[0])
    await town.accepts(incident, people[1])
    in_hand = (await town.alert(incident, people[0])).aed_id
    assert in_hand is not None
    async with town.acting() as c:
        await picked_up(c, in_hand, town.now)

    await town.time_passes(seconds=60)

    assert await role_of(town, incident, people[0]) is Role.AED
    assert await role_of(town, incident, people[1]) is Role.DIRECT


async def test_without_the_guarantee_nobody_changes_role(town: Town) -> None:
    people = await town.volunteers(100, 200)
    await town.aeds(150)
    incident = await town.arrest()
    await town.accepts(incident, people[0])

    await town.time_passes(seconds=600)

    assert await role_of(town, incident, people[0]) is Role.AED


# --- busy elsewhere --------------------------------------------------------------------------------------------------


async def test_whoever_was_busy_with_another_alarm_is_asked_when_it_ends(town: Town) -> None:
    """Two reports of one arrest by two centres: the first rings everybody, and turns out to be a mistake."""
    anna, ben = await town.volunteers(100, 200)
    mistaken = await town.arrest()
    incident = await town.arrest()
    assert not await town.ringing(incident)
    assert (await town.incident(incident)).lacking == 2

    await town.ends(mistaken)
    await town.time_passes(seconds=10)

    assert {anna, ben} == await town.ringing(incident)


async def test_looks_that_ask_nobody_are_not_written_down_one_by_one(town: Town) -> None:
    await town.volunteers(100, 200)
    await town.arrest()
    incident = await town.arrest()

    await town.time_passes(minutes=1)

    waves = [entry for entry in await town.journal(incident) if entry.event == "wave_asked"]
    assert len(waves) == 1
    assert len(await town.rows("SELECT FROM selection.candidate WHERE incident_id = $1", incident)) == 2


async def test_whoever_is_busy_beyond_the_reach_is_not_waited_for(town: Town) -> None:
    await town.volunteers(5_100)
    await town.arrest(at=metres_east(5_100))

    incident = await town.arrest()

    assert (await town.incident(incident)).lacking == 0


async def test_after_ten_minutes_nobody_waits_for_the_busy_any_more(town: Town) -> None:
    (anna,) = await town.volunteers(100)
    first = await town.arrest()
    await town.accepts(first, anna)
    incident = await town.arrest()
    await town.time_passes(minutes=11)

    await town.ends(first)
    await town.time_passes(minutes=5)

    assert not await town.ringing(incident)


@pytest.mark.parametrize(
    "name", ["dk-2026-limit10", "dk-2026-waves", "nz-goodsam", "phased-7", "nl-hartslagnu", "dk-2017"]
)
async def test_every_policy_that_needs_no_other_facts_rings_the_nearest(town: Town, name: str) -> None:
    (anna,) = await town.volunteers(300)
    await town.volunteers(300, at=metres_east(40_000))

    incident = await town.arrest(policy=name)

    assert {anna} == await town.ringing(incident)
    assert await town.state(incident, anna) is AlertState.RINGING
