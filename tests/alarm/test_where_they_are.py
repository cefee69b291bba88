"""Where somebody is taken to be: as they were chosen, so they are measured."""

from datetime import timedelta

from backend.alerts.alert import AlertState
from backend.foundation.database import become
from backend.foundation.ids import VolunteerId
from backend.incidents.incident import Address, Place
from backend.locations.cells import cell_of
from backend.locations.places import set_place
from backend.locations.position import FixedPlace, Outcome
from tests.alarm.cast import Town, metres_east
from tests.alarm.test_water import ESBJERG_SHORE, NORDBY, draw
from tests.alarm.test_waves import policy


def place(metres: float) -> Place:
    return Place(*metres_east(metres), 10, Address(text="Torvet 3"))


async def settle(town: Town, volunteer_id: VolunteerId, where: FixedPlace, at: tuple[float, float]) -> None:
    async with town.acting() as c:
        await become(c, volunteer_id)
        assert (await set_place(c, volunteer_id, where, *at, town.now)).outcome is Outcome.ACCEPTED


async def anna_with(town: Town, *, home: tuple[float, float], work: tuple[float, float]) -> VolunteerId:
    """Somebody whose phone tells nothing of where it is."""
    (anna,) = await town.volunteers(100)
    await settle(town, anna, FixedPlace.HOME, home)
    await settle(town, anna, FixedPlace.WORK, work)
    await town.rows("DELETE FROM locations.position")
    return anna


async def test_whoever_was_chosen_at_work_is_not_let_go_for_living_far_away(town: Town) -> None:
    anna = await anna_with(town, home=metres_east(30_000), work=metres_east(100))
    incident = await town.arrest()
    await town.accepts(incident, anna)

    await town.revises(incident, place(300))

    alert = await town.alert(incident, anna)
    assert alert.state is AlertState.ACCEPTED
    assert alert.metres < 400


async def test_whoever_accepts_at_work_is_sent_from_there(town: Town) -> None:
    await town.aeds(50)
    anna = await anna_with(town, home=metres_east(30_000), work=metres_east(100))
    incident = await town.arrest()

    await town.accepts(incident, anna)

    alert = await town.alert(incident, anna)
    assert not alert.left_reach
    assert alert.way_m is not None
    assert alert.way_m < 400


async def test_of_home_and_work_the_one_on_this_side_of_the_water_counts(town: Town) -> None:
    """Work is nearer as the crow flies, in the town over there: it is not from there that they were asked."""
    await draw(town)
    anna = await anna_with(town, home=(55.4100, 8.4200), work=ESBJERG_SHORE)
    incident = await town.arrest(at=NORDBY)
    assert anna in await town.ringing(incident)

    await town.revises(incident, Place(NORDBY[0] + 0.002, NORDBY[1], 10, Address(text="Torvet 3")))

    assert await town.state(incident, anna) is AlertState.RINGING


async def test_a_position_too_old_to_be_asked_by_is_too_old_to_be_measured_by(town: Town) -> None:
    """The phone was last heard of far away, five hours ago; at home they were asked."""
    (anna,) = await town.volunteers(20_000)
    await settle(town, anna, FixedPlace.HOME, metres_east(100))
    town.clock.advance(timedelta(hours=5))
    incident = await town.arrest(policy=await policy(town, max_position_age_s=3_600))
    assert anna in await town.ringing(incident)

    await town.revises(incident, place(200))

    assert anna in await town.ringing(incident)


async def test_whose_place_nobody_knows_any_more_stays_and_is_told(town: Town) -> None:
    """The position grew too old for the policy since they were asked."""
    anna, ben = await town.volunteers(100, 200)
    incident = await town.arrest(policy=await policy(town, max_position_age_s=3_600))
    await town.accepts(incident, ben)
    await town.rows("UPDATE locations.position SET seen_at = seen_at - interval '2 hours'")

    await town.revises(incident, place(20_000))

    assert await town.state(incident, anna) is AlertState.RINGING
    assert await town.state(incident, ben) is AlertState.ACCEPTED
    told = await town.rows("SELECT volunteer_id FROM delivery.message WHERE what = 'revision'")
    assert {row["volunteer_id"] for row in told} == {anna, ben}


async def test_whose_place_nobody_knows_any_more_accepts_as_far_away_as_they_were(town: Town) -> None:
    (anna,) = await town.volunteers(100)
    incident = await town.arrest(policy=await policy(town, max_position_age_s=3_600))
    far = cell_of(*metres_east(30_000))
    await town.rows("UPDATE locations.position SET cell = $1, seen_at = seen_at - interval '2 hours'", far)

    await town.accepts(incident, anna)

    alert = await town.alert(incident, anna)
    assert (alert.way_m, alert.left_reach) == (alert.metres, False)


async def test_whoever_is_on_the_way_is_measured_from_the_exact_point(town: Town) -> None:
    """And not from one that is left over of another mission."""
    anna, ben = await town.volunteers(3_000, 3_100)
    incident = await town.arrest()
    other = await town.arrest(at=metres_east(40_000))
    for each in (anna, ben):
        await town.accepts(incident, each)
    for each, mission in ((anna, incident), (ben, other)):
        await town.rows(
            "INSERT INTO locations.mission_position VALUES ($1, $2, $3, $4, 5, $5)",
            each,
            mission,
            *metres_east(1_000),
            town.now,
        )

    await town.revises(incident, place(10))

    assert 950 < (await town.alert(incident, anna)).metres < 1_030
    assert 2_900 < (await town.alert(incident, ben)).metres < 3_300
