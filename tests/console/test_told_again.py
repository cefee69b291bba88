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
from tests.console.incident_cast import page, revises
from tests.console.test_by_hand import ALARMS, calls
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

    async def vera(self) -> Browser:
        http: Any = self.edge.http
        vera = Browser(http, self.office)
        await vera.sits_down(await self.office.grants("Vera", StaffRole.VISITATOR))
        return vera

    async def corrects(self, incident: IncidentId, revision: int, point: tuple[float, float] = FAR_OFF) -> None:
        where = {"lat": point[0], "lon": point[1], "accuracy_m": 10, **HAVNEN}
        answer = await revises(await self.vera(), incident, {"where": where, "based_on": revision})
        assert answer.status_code == 200, answer.text

    async def adds(self, incident: IncidentId, revision: int, **new: Any) -> None:
        """By the page's form, where what is left out stays."""
        vera = await self.vera()
        shown = await vera.opens(page(incident))
        assert (await self.town.incident(incident)).revision == revision
        typed = {name: str(value) for name, value in new.items()}
        assert (await vera.fills_in(shown, page(incident, "/ret"), **typed)).status_code == 303

    async def by_hand(self, street: str) -> IncidentId:
        where = {"lat": SQUARE[0], "lon": SQUARE[1], "text": street}
        alarm = {"key": "made-by-the-page", "case_number": "4711", "where": where}
        answer = await calls(await self.vera(), ALARMS, alarm)
        assert answer.status_code == 201, answer.text
        return IncidentId(answer.json()["id"])

    async def kept(self, incident: IncidentId) -> int:
        return [each.event for each in await self.town.journal(incident)].count("place_kept")

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

    others = ({"patient_sex": "female"}, {"address": None}, {"circumstances": ["drowning"]}, {"accuracy_m": 9})
    for facts in (*others, {"accuracy_m": None}):
        await room.reports(**facts)
        assert await room.place(incident) == corrected
    (row,) = await room.town.rows("SELECT patient_sex, circumstances FROM incidents.incident")
    assert (row["patient_sex"], row["circumstances"]) == ("female", ["drowning"]), "what is new in it counts"


async def test_that_a_correction_stands_is_told_once_to_whoever_follows(room: Room) -> None:
    """Else neither the console nor the system would know that they are of two minds."""
    incident = await room.reports()
    await room.reports(patient_sex="female")
    assert await room.kept(incident) == 0, "nobody has corrected anything"
    await room.corrects(incident, 1)
    for _ in range(3):
        await room.reports()
    assert await room.kept(incident) == 1
    await room.corrects(incident, 2, metres_east(900))
    for _ in range(2):
        await room.reports()
    assert await room.kept(incident) == 2, "of another correction it is told anew"
    await room.corrects(incident, 3)
    await room.reports(position=at(FAR_OFF), address=HAVNEN)
    await room.reports(position=at(FAR_OFF), address=HAVNEN, patient_sex="male")
    assert await room.kept(incident) == 2, "by now it says the same"


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


async def test_a_new_point_brings_the_street_that_was_told_with_the_nearer_one(room: Room) -> None:
    """The point of one with the street of the other would be a place that nobody has said."""
    incident = await room.reports()
    await room.corrects(incident, 1)
    await room.reports(position=at(metres_east(300)), address=None)
    assert await room.place(incident) == (metres_east(300), "Torvet 3", 3)
    await room.corrects(incident, 3)
    await room.reports(position=at(metres_east(790)))
    assert await room.place(incident) == (metres_east(790), "Havnen 8", 5)


async def test_a_system_that_takes_up_the_correction_in_parts_moves_nobody_back(room: Room) -> None:
    """The room phones it through: the call-taker types the street, and the pin stays where it was."""
    incident = await room.reports()
    await room.corrects(incident, 1)
    corrected = {"text": "Havnen 8", "entrance": "B"}
    await room.reports(address=corrected)
    place: Place = await room.town.place(incident)
    assert ((place.lat, place.lon), place.address.entrance, place.address.door_code) == (FAR_OFF, "B", "1234")
    await room.reports(address=corrected, position=at(metres_east(790)))
    assert (await room.place(incident))[:2] == (metres_east(790), "Havnen 8")


async def test_what_only_one_of_them_changed_is_theirs(room: Room) -> None:
    """A visitator adds the door's code, then a better point comes; or moves the point, and then a street comes."""
    first = await room.reports()
    await room.adds(first, 1, door_code="1234")
    await room.reports(position=at(metres_east(40)))
    place: Place = await room.town.place(first)
    assert (place.lat, place.lon) == metres_east(40)
    assert (place.address.text, place.address.door_code) == ("Torvet 3", "1234")

    another = await room.reports(case_number="4712")
    lat, lon = metres_east(90)
    await room.adds(another, 1, lat=lat, lon=lon)
    await room.reports(case_number="4712", address={"text": "Torvet 4"})
    assert (await room.place(another))[:2] == ((lat, lon), "Torvet 4")


async def test_a_system_that_means_its_old_place_says_so_by_revising(room: Room) -> None:
    incident = await room.reports()
    await room.corrects(incident, 1)
    await room.insists(incident, position=at(SQUARE), accuracy_m=15, address=TORVET)
    assert await room.place(incident) == (SQUARE, "Torvet 3", 3)
    await room.insists(incident, position=at(metres_east(300)), accuracy_m=15)
    await room.corrects(incident, 4)
    await room.reports(position=at(metres_east(300)))
    assert await room.place(incident) == (FAR_OFF, "Havnen 8", 5), "what it revised is its last word as well"
    await room.insists(incident, accuracy_m=3)
    place: Place = await room.town.place(incident)
    assert ((place.lat, place.lon), place.accuracy_m) == (FAR_OFF, 3), "a radius alone is about where it is known to be"
    await room.insists(incident, address={"text": "Havnen 8", "floor": "2"})
    assert (await room.place(incident))[:2] == (FAR_OFF, "Havnen 8"), "what a revision leaves out stays as it is"


async def test_a_coarse_place_that_told_nothing_new_is_known_again(room: Room) -> None:
    """Somewhere in two kilometres is no better than what is known; nor is it, once that has been corrected."""
    incident = await room.reports()
    coarse = {"position": at(metres_east(300)), "accuracy_m": 2_000}
    await room.reports(**coarse)
    assert await room.place(incident) == (SQUARE, "Torvet 3", 1)
    await room.corrects(incident, 1, metres_east(5_000))
    await room.reports(**coarse)
    assert await room.place(incident) == (metres_east(5_000), "Havnen 8", 2)


async def test_what_was_typed_after_a_coarse_place_outlives_a_better_point(room: Room) -> None:
    """The coarse one was not believed: nobody but the visitator has changed anything since."""
    incident = await room.reports()
    await room.reports(position=at(metres_east(300)), accuracy_m=2_000)
    await room.adds(incident, 1, door_code="1234")
    await room.reports(position=at(metres_east(40)))
    place: Place = await room.town.place(incident)
    assert ((place.lat, place.lon), place.address.door_code) == (metres_east(40), "1234")


async def test_each_system_is_held_to_its_own_words(room: Room) -> None:
    """A second log-in corrects, as a locating service does; the first one sends its case anew."""
    incident = await room.reports()
    own, room.client = room.client, uuid4()
    await room.insists(incident, position=at(FAR_OFF), accuracy_m=10, address=HAVNEN)
    other, room.client = room.client, own
    await room.reports(patient_sex="female")
    assert await room.place(incident) == (FAR_OFF, "Havnen 8", 2)
    room.client = other
    await room.insists(incident, position=at(metres_east(300)))
    assert await room.place(incident) == (metres_east(300), "Havnen 8", 3)


async def test_a_second_log_in_that_takes_over_repeats_the_first_one_s_words(room: Room) -> None:
    incident = await room.reports()
    await room.corrects(incident, 1)
    room.client = uuid4()
    await room.reports(address=None, patient_sex="female")
    assert await room.place(incident) == (FAR_OFF, "Havnen 8", 2)
    room.client = uuid4()
    await room.reports(position=at(metres_east(300)))
    assert await room.place(incident) == (metres_east(300), "Torvet 3", 3), "what no system has said yet is news"


async def test_what_somebody_typed_by_hand_is_no_system_s_words(room: Room) -> None:
    """The system comes back, says the same point and no address; the street was never its own."""
    incident = await room.by_hand("Havnen 8")
    await room.reports(address=None, accuracy_m=None)
    assert (await room.place(incident))[:2] == (SQUARE, "Havnen 8")
    await room.adds(incident, 1, address="Kirken 1")
    await room.reports(address={"text": "Havnen 8"}, accuracy_m=None)
    assert (await room.place(incident))[:2] == (SQUARE, "Havnen 8"), "by now it is"


async def test_where_the_system_s_last_words_cannot_be_read_they_are_news(room: Room) -> None:
    """A process of the version before renews the key and not what was sealed beside it."""
    incident = await room.reports()
    await room.town.rows("UPDATE incidents.incident_place SET told_sealed = '\\x00'")
    await room.corrects(incident, 1)
    await room.reports()
    assert await room.place(incident) == (SQUARE, "Torvet 3", 3)
