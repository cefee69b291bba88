"""Whoever has shown the newer word of an alarm has shown the alarm."""

from backend.incidents.incident import Address, Place
from backend.responses import queries
from tests.alarm.cast import SQUARE, Town
from tests.alarm.test_waves import policy, wave_of


async def test_a_phone_that_showed_the_revision_alone_has_shown_the_alarm(town: Town) -> None:
    """The ring was still under way as the address changed: its receipt is for the newest there is."""
    anna, ben = await town.volunteers(100, 500)
    incident = await town.arrest(policy=await policy(town, at_once=1, replace_on=["no_receipt"]))
    await town.time_passes(seconds=1)
    await town.revises(incident, Place(*SQUARE, 10, Address(text="Torvet 4")))
    await town.time_passes(seconds=1)
    await town.shows(incident, anna)
    shown_at = town.now

    await town.time_passes(seconds=10)

    assert await wave_of(town, incident, [anna, ben]) == [1, None], "nobody is asked in the place of who has heard"
    async with town.acting() as c:
        (receipt,) = await queries.receipts(c, [incident])
    assert receipt.received_at == shown_at, "and the dispatch centre sees it"


async def test_a_phone_that_showed_the_end_alone_has_not_shown_the_alarm(town: Town) -> None:
    (anna,) = await town.volunteers(100)
    incident = await town.arrest()
    await town.time_passes(seconds=1)
    await town.ends(incident)
    await town.time_passes(seconds=1)

    await town.shows(incident, anna)

    async with town.acting() as c:
        assert not await queries.receipts(c, [incident])
