"""Whom a cardiac arrest rings."""

import asyncio
from datetime import datetime, timedelta

import pytest

from backend.alerts.alert import NO_CHANNEL_ACCEPTED, OUTAGE, AlertState
from backend.alerts.apply import CHOOSING_TAKES_AT_MOST_S
from backend.foundation.database import Role
from backend.foundation.ids import IncidentId, VolunteerId
from backend.foundation.journal import Event
from backend.foundation.kinds import Kind
from backend.foundation.timers import set_timer
from backend.identity.data_keys import Sealed
from backend.incidents.incident import Asking, Circumstance
from backend.locations.bulk import Seed, seed_positions
from backend.locations.cells import cell_of, metres_between, res9_parent
from backend.regions import shipped
from backend.regions.find import Borders
from backend.selection.candidate import Verdict
from backend.volunteers.sign_up import Newcomer, open_account
from backend.volunteers.volunteer import Given, Purpose, Training
from tests.alarm.cast import SQUARE, Town, metres_east
from tests.harness.keys import RING


async def test_the_twenty_nearest_are_asked_and_the_others_told_why_not(town: Town) -> None:
    people = await town.volunteers(*(100 * n for n in range(1, 26)))

    incident = await town.arrest()

    assert set(people[:20]) == await town.ringing(incident)
    passed_over = await town.rows("SELECT volunteer_id FROM selection.candidate WHERE verdict = 'nearer_ones_asked'")
    assert set(people[20:]) == {row["volunteer_id"] for row in passed_over}


async def test_looking_at_somebody_writes_nothing_of_theirs(town: Town) -> None:
    """Not even a lock on their row: hundreds are looked at, all over the country, and written is what is asked."""
    people = await town.volunteers(*(100 * n for n in range(1, 26)))
    untouched = await town.rows("SELECT id, xmax::text AS held_by FROM volunteers.volunteer")

    await town.arrest()

    looked_at = await town.rows("SELECT volunteer_id FROM selection.candidate")
    assert set(people) == {row["volunteer_id"] for row in looked_at}
    afterwards = await town.rows("SELECT id, xmax::text AS held_by FROM volunteers.volunteer")
    held = {row["id"] for row in afterwards} - {now["id"] for now in afterwards if now in untouched}
    assert held == set(people[:20])


async def test_whoever_signed_up_without_the_app_is_passed_over_and_the_next_one_asked(town: Town) -> None:
    """An account from the sign-up pages has no device: no address, so nothing could ring. They are never *asked*."""
    async with town.acting() as c:
        consents = tuple(Given(purpose, "web-2026-11") for purpose in (Purpose.ALARMS, Purpose.LOCATION))
        person = Newcomer(
            phone="+4520999999",
            name="Anna",
            birth_year=1990,
            training=Training.HLR,
            languages=("da",),
            consents=consents,
        )
        without_app = (await open_account(c, b"k" * 32, person, town.now)).volunteer_id
        await c.execute("RESET ROLE")
        await seed_positions(c, [Seed(without_app, *metres_east(100), town.now)])
    (ben,) = await town.volunteers(300)

    incident = await town.arrest()

    assert {ben} == await town.ringing(incident)
    why = await town.rows("SELECT volunteer_id FROM selection.candidate WHERE verdict = 'no_address'")
    assert [row["volunteer_id"] for row in why] == [without_app]
    assert await town.rows("SELECT FROM delivery.message WHERE volunteer_id = $1", without_app) == []


async def test_nobody_beyond_the_reach_is_asked(town: Town) -> None:
    near, _far = await town.volunteers(4_900, 5_200)

    incident = await town.arrest()

    assert {near} == await town.ringing(incident)


async def test_an_arrest_with_nobody_near_is_open_all_the_same(town: Town) -> None:
    incident = await town.arrest()

    stored = await town.incident(incident)
    assert (stored.asking, stored.state) == (Asking.NOBODY_IN_REACH, "open")


async def test_choosing_broken_on_purpose_does_not_lose_the_incident(town: Town) -> None:
    """The table of positions is gone when the report comes; when it is back, the worker asks."""
    (anna,) = await town.volunteers(300)
    await town.rows("ALTER TABLE locations.position RENAME TO elsewhere")

    incident = await town.arrest()

    assert (await town.incident(incident)).asking is Asking.PENDING
    assert Event.CHOOSING_FAILED in [entry.event for entry in await town.journal(incident)]
    await town.rows("ALTER TABLE locations.elsewhere RENAME TO position")
    await town.time_passes(seconds=1)
    assert {anna} == await town.ringing(incident)
    assert (await town.incident(incident)).asking is Asking.ASKED


@pytest.mark.parametrize("table", ["volunteers.engagement", "alerts.alert", "delivery.message", "selection.candidate"])
async def test_whatever_breaks_behind_it_the_incident_is_kept(town: Town, table: str) -> None:
    (anna,) = await town.volunteers(300)
    room, name = table.split(".")
    await town.rows(f"ALTER TABLE {table} RENAME TO elsewhere")

    incident = await town.arrest()

    await town.rows(f"ALTER TABLE {room}.elsewhere RENAME TO {name}")
    await town.time_passes(seconds=1)
    assert {anna} == await town.ringing(incident)


async def test_a_policy_in_force_that_cannot_be_read_loses_no_alarm(town: Town) -> None:
    (anna,) = await town.volunteers(300)
    await town.rows('UPDATE selection.policy SET fields = \'{"name": "broken"}\'')

    incident = await town.arrest()

    assert {anna} == await town.ringing(incident)


async def test_choosing_that_hangs_does_not_hold_up_the_report(town: Town) -> None:
    """Somebody holds a lock on the positions: choosing has half a second, then the incident is saved without it."""
    town.choosing_s = CHOOSING_TAKES_AT_MOST_S
    (anna,) = await town.volunteers(300)
    async with town.acting() as blocker:
        await blocker.execute("RESET ROLE")
        await blocker.execute("LOCK TABLE locations.position IN ACCESS EXCLUSIVE MODE")
        incident = await town.arrest()
        assert (await town.incident(incident)).asking is Asking.PENDING
    await town.time_passes(seconds=1)
    assert {anna} == await town.ringing(incident)


async def test_choosing_keeps_its_half_second_on_tables_nobody_has_analysed(town: Town) -> None:
    """From the sixth time on a connection keeps its plan: one made of no statistics must not be a bad one."""
    town.choosing_s = CHOOSING_TAKES_AT_MOST_S
    await town.volunteers(*(5 * n for n in range(1, 1_500)))

    for _ in range(12):
        incident = await town.arrest()
        assert len(await town.ringing(incident)) == 20
        await town.ends(incident)


async def test_two_arrests_at_once_ask_nobody_twice(town: Town) -> None:
    people = await town.volunteers(*(50 * n for n in range(1, 41)))

    first, second = await asyncio.gather(town.arrest(), town.arrest(metres_east(400)))

    rung_first, rung_second = await town.ringing(first), await town.ringing(second)
    assert not rung_first & rung_second
    assert len(rung_first) == len(rung_second) == 20
    assert rung_first | rung_second == set(people)


async def test_somebody_ringing_elsewhere_is_passed_over_with_that_reason(town: Town) -> None:
    await town.volunteers(100)
    await town.arrest()

    second = await town.arrest(metres_east(2_000))

    rows = await town.rows("SELECT verdict FROM selection.candidate WHERE incident_id = $1", second)
    assert [row["verdict"] for row in rows] == [Verdict.RINGING_ELSEWHERE]


async def test_a_drill_never_rings_a_citizen(town: Town) -> None:
    await town.volunteers(100)
    (staff,) = await town.volunteers(900, kind=Kind.EXERCISE)

    incident = await town.arrest(kind=Kind.EXERCISE)

    assert {staff} == await town.ringing(incident)


async def test_circumstances_that_exclude_ask_nobody_and_the_centre_can_override(town: Town) -> None:
    (anna,) = await town.volunteers(100)
    incident = await town.arrest(circumstances=[Circumstance.UNSAFE_SCENE])
    stored = await town.incident(incident)
    assert (stored.asking, stored.exclusions) == (Asking.EXCLUDED, ("unsafe_scene",))
    await town.time_passes(minutes=5)
    assert not await town.alerts(incident)

    await town.overrides(incident)

    assert {anna} == await town.ringing(incident)


async def test_home_stands_in_for_a_position_that_is_too_old(town: Town) -> None:
    (anna,) = await town.volunteers(300)
    cell = cell_of(*metres_east(700))
    await town.rows("UPDATE locations.position SET seen_at = seen_at - interval '4 days'")
    home = "INSERT INTO locations.fixed_place VALUES ($1, 'home', $2, $3, true, $4)"
    await town.rows(home, anna, cell, res9_parent(cell), town.now)

    incident = await town.arrest()

    alert = await town.alert(incident, anna)
    assert (alert.position_age_s, alert.state) == (None, AlertState.RINGING)
    assert 600 < alert.metres < 800


@pytest.mark.parametrize(
    ("one_side", "other_side", "phone"),
    [
        pytest.param((55.68, 12.35), (55.64, 12.00), "+46701234567", id="Hovedstaden and Sjælland"),
        pytest.param((55.86, 9.85), (55.55, 9.75), "+4915112345678", id="Midtjylland and Syddanmark"),
    ],
)
async def test_both_sides_of_a_region_border_ring(
    town: Town, one_side: tuple[float, float], other_side: tuple[float, float], phone: str
) -> None:
    """Volunteers belong to no region, and neither do their telephone companies."""
    async with town.acting() as c:
        await c.execute("RESET ROLE")
        await shipped.load(c, town.now)
        borders = await Borders.load(c)
    this, that = _either_side_of_the_border(borders, one_side, other_side, town.now)
    (near,), (far,) = await town.volunteers(0, at=this), await town.volunteers(0, at=that)
    key, wrapped = RING.new_key(far)
    await town.rows(
        "UPDATE volunteers.volunteer_identity SET phone_sealed = $2 WHERE volunteer_id = $1",
        far,
        key.seal(Sealed.PHONE, phone.encode()),
    )
    await town.rows("UPDATE volunteers.data_key SET wrapped = $2 WHERE volunteer_id = $1", far, wrapped.wrapped)

    incident = await town.arrest(this)

    assert {near, far} == await town.ringing(incident)


def _either_side_of_the_border(
    borders: Borders, one: tuple[float, float], other: tuple[float, float], at: datetime
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Two points at most some 300 m apart, in different regions, on the line between two towns."""
    region = borders.place_of(*one, at).region
    assert region != borders.place_of(*other, at).region
    while metres_between(*one, *other) > 300:
        middle = ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)
        if borders.place_of(*middle, at).region == region:
            one = middle
        else:
            other = middle
    return one, other


async def no_channel_reaches(town: Town, incident: IncidentId, volunteer: VolunteerId) -> None:
    lost = await town.alert(incident, volunteer)
    await town.rows(
        """
        UPDATE delivery.delivery d SET state = 'rejected', reason = 'UNREGISTERED', settled_at = now()
        FROM delivery.message m WHERE m.id = d.message_id AND m.subject_id = $1
        """,
        lost.id,
    )
    async with town.acting(Role.WORKER) as c:
        await set_timer(c, lost.id, "unreachable", town.now, town.now)


async def test_whoever_no_channel_reaches_was_never_asked_and_the_next_one_is(town: Town) -> None:
    people = await town.volunteers(*(100 * n for n in range(1, 22)))
    incident = await town.arrest()
    assert people[20] not in await town.ringing(incident)
    await no_channel_reaches(town, incident, people[0])

    await town.time_passes(seconds=1)

    assert await town.state(incident, people[0]) is AlertState.UNREACHABLE
    assert people[20] in await town.ringing(incident)
    assert people[0] not in await town.engaged()


async def test_where_nobody_is_left_to_replace_the_lost_the_alarm_goes_on(town: Town) -> None:
    """One is unreachable, and the only other one has her quiet hour: looked at again and again, asked never."""
    lost, anna, sleeper = await town.volunteers(200, 300, 400)
    await town.rows(
        "UPDATE volunteers.volunteer SET snoozed_until = $2 WHERE id = $1", sleeper, town.now + timedelta(days=1)
    )
    incident = await town.arrest()
    await no_channel_reaches(town, incident, lost)

    await town.time_passes(minutes=3)

    assert await town.state(incident, lost) is AlertState.UNREACHABLE
    assert await town.state(incident, anna) is AlertState.MISSED


async def test_a_rough_position_is_marked_and_asks_all_the_same(town: Town) -> None:
    (anna,) = await town.volunteers(300)

    incident = await town.arrest(SQUARE, accuracy_m=2_000)

    assert (await town.incident(incident)).coarse
    assert {anna} == await town.ringing(incident)


async def test_somebody_with_home_and_work_near_by_counts_as_one_person(town: Town) -> None:
    """Fifteen people with two places each near by do not stand in the way of five a little further away."""
    near = await town.volunteers(*(10 * n for n in range(1, 16)))
    further = await town.volunteers(*(1_500 + 10 * n for n in range(5)))
    await town.rows(
        "UPDATE locations.position SET seen_at = seen_at - interval '4 days' WHERE volunteer_id = ANY($1)", near
    )
    for n, each in enumerate(near, 1):
        for place, metres in (("home", 10 * n), ("work", 10 * n + 5)):
            cell = cell_of(*metres_east(metres))
            sql = "INSERT INTO locations.fixed_place VALUES ($1, $2, $3, $4, true, $5)"
            await town.rows(sql, each, place, cell, res9_parent(cell), town.now)

    incident = await town.arrest()

    assert await town.ringing(incident) == {*near, *further}


async def test_whoever_has_no_channel_that_is_switched_on_is_replaced_at_once(town: Town) -> None:
    """Push is off, and that is all the nearest one has: nobody waits two minutes to find out."""
    people = await town.volunteers(*(100 * n for n in range(1, 22)))
    await town.rows("DELETE FROM volunteers.address WHERE volunteer_id = $1 AND channel <> 'fcm_token'", people[0])
    await town.rows("UPDATE delivery.channel_switch SET enabled = false WHERE channel = 'fcm'")
    incident = await town.arrest()

    await town.time_passes(seconds=1)

    assert await town.state(incident, people[0]) is AlertState.UNREACHABLE
    assert await town.ringing(incident) == set(people[1:])


async def test_after_three_minutes_without_a_worker_others_are_asked(town: Town) -> None:
    """No message ever left: whoever would have rung was never asked and reads why, and the next ones ring."""
    people = await town.volunteers(*(100 * n for n in range(1, 41)))
    town.pushes_go_out = False
    incident = await town.arrest()
    town.clock.advance(timedelta(minutes=3))

    await town.time_passes(seconds=1)

    closed = {(alert.state, alert.reason) for alert in await town.alerts(incident) if alert.wave == 1}
    assert closed == {(AlertState.MISSED, OUTAGE)}
    assert await town.ringing(incident) == set(people[20:])


async def test_after_ten_minutes_without_a_worker_nobody_is_rung_for_an_old_alarm(town: Town) -> None:
    """The ambulance is there, and hundreds of old alarms would ring beside the fresh one."""
    await town.volunteers(*(100 * n for n in range(1, 41)))
    town.pushes_go_out = False
    incident = await town.arrest()
    town.clock.advance(timedelta(minutes=10))

    await town.time_passes(seconds=1)

    assert {(alert.state, alert.reason) for alert in await town.alerts(incident)} == {(AlertState.MISSED, OUTAGE)}
    missed = [entry for entry in await town.journal(incident) if entry.event == Event.ALERT_MISSED]
    assert [entry.facts["reason"] for entry in missed] == [OUTAGE] * 20


@pytest.mark.parametrize(
    "so_far",
    [
        "UPDATE delivery.delivery SET state = 'leased', attempts = 1, lease_until = now() + interval '2 s'",
        "UPDATE delivery.delivery SET attempts = 3, ambiguous = true",
    ],
)
async def test_an_attempt_whose_outcome_nobody_knows_is_no_proof_of_having_been_asked(town: Town, so_far: str) -> None:
    """Under way, or tried in vain: when the ringing ends no channel has accepted it, and that is what is written."""
    (anna,) = await town.volunteers(100)
    town.pushes_go_out = False
    incident = await town.arrest()
    await town.rows(so_far)

    await town.time_passes(minutes=2)

    alert = await town.alert(incident, anna)
    assert (alert.state, alert.reason) == (AlertState.MISSED, NO_CHANNEL_ACCEPTED)


async def test_somebody_with_the_app_alone_has_time_to_listen_whatever_becomes_of_others(town: Town) -> None:
    lost, listener = await town.volunteers(100, 200)
    await town.rows("DELETE FROM volunteers.address WHERE volunteer_id = $1 AND channel <> 'in_app'", listener)
    incident = await town.arrest()
    await no_channel_reaches(town, incident, lost)

    await town.time_passes(seconds=4)
    assert await town.state(incident, lost) is AlertState.UNREACHABLE
    assert await town.state(incident, listener) is AlertState.RINGING

    await town.time_passes(seconds=2)
    assert await town.state(incident, listener) is AlertState.UNREACHABLE
