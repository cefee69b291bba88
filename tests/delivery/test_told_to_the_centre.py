"""What the dispatch centre sees of delivery: who was reached how, and who has not heard what is new."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from backend.api.dispatch_centre.view import AskedVolunteer, Incident, view
from backend.delivery import receipts
from backend.delivery.message import Channel
from backend.foundation.database import Lane, open_database
from backend.foundation.ids import IncidentId, VolunteerId
from backend.incidents.incident import Address, Place
from tests.alarm.cast import Town, metres_east
from tests.harness.keys import RING


@pytest.fixture
async def town(database_dsn: str) -> AsyncIterator[Town]:
    database = await open_database(
        database_dsn, {Lane.ALERTS: 6, Lane.ANSWERS: 2, Lane.LOCATIONS: 1, Lane.REST: 2}, carries=RING
    )
    town = Town(database)
    await town.begin()
    yield town
    await database.close()


async def seen(town: Town, incident_id: IncidentId) -> Incident:
    incident = await town.incident(incident_id)
    async with town.acting() as c:
        return await view(c, incident)


async def of(town: Town, incident_id: IncidentId, who: VolunteerId) -> AskedVolunteer:
    pseudonym = (await town.alert(incident_id, who)).pseudonym
    return next(v for v in (await seen(town, incident_id)).volunteers if v.pseudonym == pseudonym)


async def test_the_centre_sees_by_which_channels_somebody_was_reached(town: Town) -> None:
    (anna,) = await town.volunteers(100)
    incident = await town.arrest()

    told = await of(town, incident, anna)

    assert told.reached_by == [Channel.FCM]
    assert told.revision_received is None, "nothing was revised"


async def test_whoever_has_not_shown_the_new_place_stands_out_until_they_have(town: Town) -> None:
    anna, ben, _ringing = await town.volunteers(100, 200, 300)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    await town.accepts(incident, ben)
    assert (await seen(town, incident)).not_told_of_revision == 0
    town.clock.advance(timedelta(seconds=20))

    await town.revises(incident, Place(*metres_east(30), 5, Address(text="Torvet 5")))

    assert (await seen(town, incident)).not_told_of_revision == 2
    alert = await town.alert(incident, anna)
    async with town.acting() as c:
        await receipts.receive(c, alert.id, anna, Channel.FCM, town.now, town.now, revision=2)
    assert (await of(town, incident, anna)).revision_received is True
    assert (await of(town, incident, ben)).revision_received is False
    assert (await seen(town, incident)).not_told_of_revision == 1


async def test_whoever_gave_up_need_not_hear(town: Town) -> None:
    (anna,) = await town.volunteers(100)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    town.clock.advance(timedelta(seconds=20))
    await town.revises(incident, Place(*metres_east(30), 5, Address(text="Torvet 5")))

    await town.gives_up(incident, anna)

    assert (await seen(town, incident)).not_told_of_revision == 0
