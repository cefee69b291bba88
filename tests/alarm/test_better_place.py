"""A better position for the same case: it may be the first that lies where people live."""

from backend.incidents.incident import Address, Asking, Circumstance, Place
from tests.alarm.cast import SQUARE, Town, metres_east


async def test_a_better_position_asks_whoever_is_near_it(town: Town) -> None:
    """The first position came from a mast where nobody lives."""
    (anna,) = await town.volunteers(300)
    incident = await town.arrest(at=metres_east(20_000), accuracy_m=2_000)
    assert not await town.ringing(incident)

    await town.revises(incident, Place(*SQUARE, 10, Address(text="Torvet 3")))

    assert {anna} == await town.ringing(incident)
    assert (await town.incident(incident)).asking is Asking.ASKED
    told = await town.rows("SELECT content FROM delivery.message WHERE what = 'ring'")
    assert [row["content"]["revision"] for row in told] == [2]


async def test_a_better_position_fills_up_what_the_first_one_lacked(town: Town) -> None:
    """Twenty at once is the rule; at the first place there were two, who are as near to the better one."""
    first = await town.volunteers(2_000, 2_100)
    incident = await town.arrest(at=metres_east(6_000))
    near = await town.volunteers(*range(100, 2_600, 100))

    await town.revises(incident, Place(*SQUARE, 10, Address(text="Torvet 3")))

    assert {*first, *near[:18]} == await town.ringing(incident)


async def test_a_better_address_for_the_same_place_asks_nobody_more(town: Town) -> None:
    (anna,) = await town.volunteers(300)
    incident = await town.arrest()
    await town.volunteers(100)

    await town.revises(incident, Place(*SQUARE, 10, Address(text="Torvet 5, 2. th")))

    assert {anna} == await town.ringing(incident)


async def test_a_better_position_of_an_excluded_incident_asks_nobody(town: Town) -> None:
    await town.volunteers(300)
    incident = await town.arrest(at=metres_east(20_000), circumstances=[Circumstance.TRAUMA])

    await town.revises(incident, Place(*SQUARE, 10, Address(text="Torvet 3")))

    assert not await town.ringing(incident)
    assert (await town.incident(incident)).asking is Asking.EXCLUDED


async def test_choosing_broken_on_purpose_does_not_lose_a_revision(town: Town) -> None:
    """As with a report: the better place is kept, and the worker chooses."""
    (anna,) = await town.volunteers(300)
    incident = await town.arrest(at=metres_east(20_000))
    await town.rows("ALTER TABLE selection.candidate RENAME TO broken")

    await town.revises(incident, Place(*SQUARE, 10, Address(text="Torvet 3")))

    assert (await town.incident(incident)).asking is Asking.PENDING
    await town.rows("ALTER TABLE selection.broken RENAME TO candidate")
    await town.time_passes(seconds=1)
    assert {anna} == await town.ringing(incident)


async def test_the_same_place_told_again_sounds_no_phone(town: Town) -> None:
    """Its radius is no round number, and comes back as it was sent."""
    (anna,) = await town.volunteers(300)
    incident = await town.arrest(accuracy_m=12.3)
    await town.accepts(incident, anna)

    await town.revises(incident, Place(*SQUARE, 12.3, Address(text="Torvet 3", door_code="4711")))

    assert (await town.incident(incident)).revision == 1


async def test_a_better_position_beside_another_arrest_is_marked_as_a_possible_duplicate(town: Town) -> None:
    """The mast was too far off for anybody to see that both callers stand on the square."""
    one, other = await town.arrest(), await town.arrest(metres_east(1_500), accuracy_m=2_000)
    await town.time_passes(seconds=5)

    await town.revises(other, Place(*SQUARE, 10, Address(text="Torvet 3")))
    await town.time_passes(seconds=1)

    pairs = await town.rows("SELECT incident_id, other_id FROM incidents.possible_duplicate")
    assert {(row["incident_id"], row["other_id"]) for row in pairs} == {(one, other), (other, one)}
