"""A dispatch system sends its case anew while somebody at the console has corrected the place: who is believed."""

from typing import Any
from uuid import uuid4

import pytest

from backend.foundation.database import Database
from backend.foundation.ids import CentreId, IncidentId
from backend.identity.staff import StaffRole
from backend.incidents.incident import Place
from tests.alarm.cast import SQUARE, Town, metres_east
from tests.console.cast import HOVEDSTADEN, Browser, Office
from tests.console.incident_cast import revises
from tests.edge.cast import Edge

TORVET = {"text": "Torvet 3", "floor": "1"}
HAVNEN = {"text": "Havnen 8", "floor": "st", "door_code": "1234"}
FAR_OFF = metres_east(800)


def at(point: tuple[float, float]) -> dict[str, Any]:
    return {"system": "WGS84", "lat": point[0], "lon": point[1]}


class Room:
    """A dispatch system and somebody at the console, over one case."""

    def __init__(self, edge: Edge, database: Database) -> None:
        self.edge, self.client = edge, uuid4()
        self.office, self.town = Office(database, edge.clock), Town(database)
        self.town.clock, self.town.centre_id = edge.clock, CentreId(HOVEDSTADEN)

    async def reports(self, **more: Any) -> IncidentId:
        facts = {"case_number": "4711", "position": at(SQUARE), "accuracy_m": 15, "address": TORVET}
        headers = self.edge.as_centre(HOVEDSTADEN, client=self.client) | {"Idempotency-Key": str(uuid4())}
        answer = await self.edge.http.post("/dispatch/v1/incidents", json=facts | more, headers=headers)
        assert answer.status_code == 201, answer.text
        return IncidentId(answer.json()["id"])

    async def insists(self, incident: IncidentId, **facts: Any) -> None:
        headers = self.edge.as_centre(HOVEDSTADEN, client=self.client)
        answer = await self.edge.http.post(f"/dispatch/v1/incidents/{incident}/revise", json=facts, headers=headers)
        assert answer.status_code == 200, answer.text

    async def corrects(self, incident: IncidentId, revision: int, point: tuple[float, float] = FAR_OFF) -> None:
        http: Any = self.edge.http
        vera = Browser(http, self.office)
        await vera.sits_down(await self.office.grants("Vera", StaffRole.VISITATOR))
        where = {"lat": point[0], "lon": point[1], "accuracy_m": 10, **HAVNEN}
        answer = await revises(vera, incident, {"where": where, "based_on": revision})
        assert answer.status_code == 200, answer.text

    async def place(self, incident: IncidentId) -> tuple[tuple[float, float], str | None, int]:
        """Where it is, by what address, and by which revision."""
        place: Place = await self.town.place(incident)
        return (place.lat, place.lon), place.address.text, (await self.town.incident(incident)).revision


@pytest.fixture
def room(edge: Edge, database: Database) -> Room:
    return Room(edge, database)


async def test_a_case_sent_anew_with_another_fact_takes_back_nothing_that_was_corrected(room: Room) -> None:
    """The system knows nothing of the correction, and says the old place with whatever changes in the case."""
    incident = await room.reports()
    await room.corrects(incident, 1)
    corrected = (FAR_OFF, "Havnen 8", 2)
    assert await room.place(incident) == corrected

    for facts in ({"patient_sex": "female"}, {"address": None}, {"circumstances": ["drowning"]}):
        await room.reports(**facts)
        assert await room.place(incident) == corrected
    (row,) = await room.town.rows("SELECT patient_sex, circumstances FROM incidents.incident")
    assert (row["patient_sex"], row["circumstances"]) == ("female", ["drowning"]), "what is new in it counts"


async def test_a_place_the_system_has_not_said_before_is_newer_than_a_correction(room: Room) -> None:
    incident = await room.reports()
    await room.corrects(incident, 1)
    await room.reports(position=at(metres_east(300)))
    assert await room.place(incident) == (metres_east(300), "Torvet 3", 3)
    await room.corrects(incident, 3)
    await room.reports(position=at(metres_east(300)))
    assert await room.place(incident) == (FAR_OFF, "Havnen 8", 4), "by now it has said that, too"
    await room.reports()
    assert await room.place(incident) == (SQUARE, "Torvet 3", 5), "nor is it held to what it said before its last"


async def test_a_system_that_means_its_old_place_says_so_by_revising(room: Room) -> None:
    incident = await room.reports()
    await room.corrects(incident, 1)
    await room.insists(incident, position=at(SQUARE), accuracy_m=15, address=TORVET)
    assert await room.place(incident) == (SQUARE, "Torvet 3", 3)
    await room.insists(incident, position=at(metres_east(300)), accuracy_m=15)
    await room.corrects(incident, 4)
    await room.reports(position=at(metres_east(300)))
    assert await room.place(incident) == (FAR_OFF, "Havnen 8", 5), "what it revised is its last word as well"


async def test_a_coarse_place_that_told_nothing_new_is_known_again(room: Room) -> None:
    """Somewhere in two kilometres is no better than what is known; nor is it, once that has been corrected."""
    incident = await room.reports()
    coarse = {"position": at(metres_east(300)), "accuracy_m": 2_000}
    await room.reports(**coarse)
    assert await room.place(incident) == (SQUARE, "Torvet 3", 1)
    await room.corrects(incident, 1, metres_east(5_000))
    await room.reports(**coarse)
    assert await room.place(incident) == (metres_east(5_000), "Havnen 8", 2)


async def test_where_the_system_s_last_words_cannot_be_read_they_are_news(room: Room) -> None:
    """A process of the version before renews the key and not what was sealed beside it."""
    incident = await room.reports()
    await room.town.rows("UPDATE incidents.incident_place SET told_sealed = '\\x00'")
    await room.corrects(incident, 1)
    await room.reports()
    assert await room.place(incident) == (SQUARE, "Torvet 3", 3)
