"""The place turns out to be another one: who stays, who is let go, who is asked."""

from datetime import timedelta

from backend.alerts.alert import AlertState
from backend.alerts.replay import differences, replay
from backend.incidents.incident import Address, Place
from backend.responses.status import Status
from backend.selection.policy import Role
from tests.alarm.cast import SQUARE, Town, metres_east
from tests.alarm.test_waves import policy


def place(metres: float, accuracy_m: float | None = 10) -> Place:
    return Place(*metres_east(metres), accuracy_m, Address(text="Torvet 3"))


async def test_whoever_is_out_of_reach_of_the_better_place_is_released_with_the_reason(town: Town) -> None:
    """One was on the way, one only rang."""
    anna, ben = await town.volunteers(100, 200)
    await town.aeds(150)
    incident = await town.arrest()
    await town.accepts(incident, anna)

    await town.revises(incident, place(6_000))

    went, rang = await town.alert(incident, anna), await town.alert(incident, ben)
    assert (went.state, went.reason) == (AlertState.STOOD_DOWN, "out_of_reach")
    assert (rang.state, rang.reason) == (AlertState.WITHDRAWN, "out_of_reach")
    assert not await town.engaged()
    assert not await town.rows("SELECT FROM aeds.reservation")
    told = await town.rows("SELECT content ->> 'reason' AS why FROM delivery.message WHERE what = 'stand_down'")
    assert [row["why"] for row in told] == ["out_of_reach"] * 2


async def test_whoever_is_there_is_not_let_go(town: Town) -> None:
    """A position typed wrongly: somebody kneels beside the patient and knows better."""
    (anna,) = await town.volunteers(100)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    await town.tells(incident, anna, Status.ON_SCENE)

    await town.revises(incident, place(20_000))

    assert await town.state(incident, anna) is AlertState.ACCEPTED


async def test_whoever_went_from_beyond_the_reach_is_not_let_go_for_a_few_metres(town: Town) -> None:
    (anna,) = await town.volunteers(4_900)
    incident = await town.arrest()
    await town.moves(anna, 5_200)
    await town.accepts(incident, anna)
    assert (await town.alert(incident, anna)).left_reach

    await town.revises(incident, place(-5))

    assert await town.state(incident, anna) is AlertState.ACCEPTED


async def test_a_place_typed_wrongly_and_put_right_rings_the_nearest_again(town: Town) -> None:
    """Twenty kilometres off for a moment: whoever was let go for it is the nearest after all, and rings once more."""
    anna, ben = await town.volunteers(100, 200)
    await town.aeds(150)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    alert = await town.alert(incident, anna)
    await town.revises(incident, place(20_000))
    await town.time_passes(seconds=10)

    await town.revises(incident, place(0))

    assert {anna, ben} == await town.ringing(incident)
    again = await town.alert(incident, anna)
    assert (again.id, again.ring_no, again.place, again.role, again.reason) == (alert.id, 2, None, None, None)
    rings = await town.rows(
        "SELECT content ->> 'ring_no' AS no, stopped_at FROM delivery.message WHERE subject_id = $1 AND what = 'ring'"
        " ORDER BY created_at",
        alert.id,
    )
    assert [(row["no"], row["stopped_at"] is None) for row in rings] == [("1", False), ("2", True)]
    over = await town.rows("SELECT stopped_at FROM delivery.message WHERE what = 'stand_down'")
    assert all(row["stopped_at"] is not None for row in over), "the word that it was over is not sent any more"


async def test_whoever_rings_again_accepts_as_the_first_time(town: Town) -> None:
    (anna,) = await town.volunteers(100)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    await town.revises(incident, place(20_000))
    await town.revises(incident, place(0))

    await town.accepts(incident, anna)

    alert = await town.alert(incident, anna)
    assert (alert.state, alert.place) == (AlertState.ACCEPTED, 1)
    assert not differences(replay(await town.journal(incident)), await town.incident(incident), [alert])


async def test_a_receipt_of_the_first_ringing_is_none_for_the_second(town: Town) -> None:
    anna, ben = await town.volunteers(100, 21_000)
    name = await policy(town, at_once=1, replace_on=["no_receipt"], reach_m=25_000)
    incident = await town.arrest(policy=name)
    await town.shows(incident, anna)
    await town.time_passes(seconds=3)
    await town.revises(incident, place(20_000))
    assert {ben} == await town.ringing(incident)
    await town.revises(incident, place(0))
    assert {anna} == await town.ringing(incident)

    await town.time_passes(seconds=6)

    assert {anna, ben} == await town.ringing(incident), "nobody knows whether the second one rang"


async def test_whoever_gave_up_is_not_rung_again_by_a_better_place(town: Town) -> None:
    (anna,) = await town.volunteers(100)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    await town.gives_up(incident, anna)

    await town.revises(incident, place(20_000))
    await town.revises(incident, place(0))

    assert await town.state(incident, anna) is AlertState.GAVE_UP


async def test_whoever_only_rings_makes_room_for_somebody_nearer(town: Town) -> None:
    """Twenty are rung at the first place; at the better one twenty others are nearer. Who has said yes stays."""
    there = await town.volunteers(*range(3_000, 3_200, 10))
    incident = await town.arrest(at=metres_east(3_100))
    await town.accepts(incident, there[0])
    here = await town.volunteers(*range(100, 2_100, 100))

    await town.revises(incident, place(0))

    assert await town.state(incident, there[0]) is AlertState.ACCEPTED
    let_go = {(await town.alert(incident, each)).reason for each in there[1:]}
    assert let_go == {"nearer_ones_asked"}
    assert len(await town.ringing(incident) & set(here)) == 19


async def test_nobody_is_swapped_for_less_than_what_counts_as_exact(town: Town) -> None:
    there = await town.volunteers(*range(300, 320))
    incident = await town.arrest(at=metres_east(300))
    await town.volunteers(*range(100, 2_100, 100))

    await town.revises(incident, place(0))

    assert set(there) == await town.ringing(incident)


async def test_whoever_goes_on_is_measured_anew(town: Town) -> None:
    (anna,) = await town.volunteers(1_000)
    await town.aeds(900)
    incident = await town.arrest()
    await town.accepts(incident, anna)

    await town.revises(incident, place(2_000))

    alert = await town.alert(incident, anna)
    assert 900 < alert.metres < 1_100
    assert alert.way_m is not None
    assert 1_100 < alert.way_m < 1_400, "through the defibrillator"


async def test_a_place_too_coarse_to_be_exact_lets_nobody_go(town: Town) -> None:
    anna, ben = await town.volunteers(100, 200)
    incident = await town.arrest()
    await town.accepts(incident, anna)

    await town.revises(incident, place(6_000, accuracy_m=1_500))

    assert await town.state(incident, anna) is AlertState.ACCEPTED
    assert await town.state(incident, ben) is AlertState.RINGING


async def test_a_coarse_position_is_reached_from_around_its_circle(town: Town) -> None:
    """The phone's position may be 1,500 m off: whoever lives 6 km from its middle may be in reach of the patient."""
    (anna,) = await town.volunteers(6_000)

    incident = await town.arrest(accuracy_m=1_500)

    assert {anna} == await town.ringing(incident)
    assert not await town.ringing(await town.arrest(at=metres_east(20_000), accuracy_m=10))


async def test_a_coarse_position_does_not_replace_the_exact_one_it_contains(town: Town) -> None:
    incident = await town.arrest()

    await town.revises(incident, Place(*metres_east(900), 1_000, Address(text="Torvet 3", door_code="4711")))

    assert (await town.incident(incident)).revision == 1
    kept = await town.place(incident)
    assert (kept.lat, kept.lon) == SQUARE


async def test_a_coarse_position_that_contradicts_the_exact_one_counts(town: Town) -> None:
    """The address was another town's: better roughly right than exactly wrong."""
    incident = await town.arrest()

    await town.revises(incident, place(20_000, accuracy_m=1_000))

    assert (await town.incident(incident)).coarse
    kept = await town.place(incident)
    assert (kept.lat, kept.lon) == metres_east(20_000)


async def test_an_address_sent_with_a_coarse_position_is_kept_at_the_exact_one(town: Town) -> None:
    (anna,) = await town.volunteers(100)
    incident = await town.arrest()
    await town.accepts(incident, anna)

    await town.revises(incident, Place(*metres_east(500), 2_000, Address(text="Torvet 5")))

    kept = await town.place(incident)
    assert (kept.lat, kept.lon, kept.address.text) == (*SQUARE, "Torvet 5")
    assert await town.rows("SELECT FROM delivery.message WHERE what = 'revision' AND volunteer_id = $1", anna)


async def test_who_has_not_shown_the_new_address_stands_out_at_the_centre_once(town: Town) -> None:
    """Five seconds without a receipt: a line in the journal, which the centre's stream carries."""
    anna, ben = await town.volunteers(100, 200)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    await town.accepts(incident, ben)
    await town.time_passes(seconds=10)
    await town.revises(incident, Place(*SQUARE, 10, Address(text="Torvet 5")))
    await town.time_passes(seconds=2)
    await town.shows(incident, ben)

    await town.time_passes(seconds=30)

    unheard = [entry for entry in await town.journal(incident) if entry.event == "revision_unheard"]
    assert [(e.facts["volunteer"], e.facts["revision"]) for e in unheard] == [
        ((await town.alert(incident, anna)).pseudonym, 2)
    ]
    assert unheard[0].at - town.now == timedelta(seconds=-27)


async def test_a_role_is_measured_at_the_place_it_is_known_to_be_now(town: Town) -> None:
    """Whoever accepts after the place moved is sent by what lies on the way to the better one."""
    (anna,) = await town.volunteers(1_000)
    await town.aeds(1_500)
    incident = await town.arrest()

    await town.revises(incident, place(2_000))
    await town.accepts(incident, anna)

    assert (await town.alert(incident, anna)).role is Role.AED
