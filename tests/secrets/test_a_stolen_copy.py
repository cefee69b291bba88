"""Whoever steals a copy of the database reads no phone, no name and no address in it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from backend.foundation.clock import SetClock
from backend.foundation.database import Actor, Database, Lane, Role, open_database
from backend.signup import session
from tests.edge.cast import URL, Edge, load_shipped, make_settings, running_edge
from tests.harness.keys import RING
from tests.people.cast import CONSENTS, Phone
from tests.rights.dumps import dump_of
from tests.secrets.dump import traces

NUMBER, NEWCOMER, NAME = "+4551627384", "+4551998877", "Kanarie Fuglsang"
STREET, FLOOR, DOOR, ENTRANCE, CODE = "Kanariegade 7, 1599 København V", "etage-77", "dør-th-88", "opgang-Q9", "9173#"
LAT, LON = 55.67611234, 12.56831234
BETTER = {"text": "Undulatvej 9", "door_code": "5528*"}
CLEAR = (NUMBER, NUMBER[3:], NEWCOMER, NEWCOMER[3:], "Kanarie", "Fuglsang")
PLACE = (STREET, "Kanariegade", FLOOR, DOOR, ENTRANCE, CODE, str(LAT), str(LON), *BETTER.values())


class Story:
    """A hjerteløber signs up, an arrest is reported near, they accept and read the address, and it becomes better."""

    def __init__(self, edge: Edge, database: Database, now: datetime) -> None:
        self.edge, self.database, self.now = edge, database, now
        http: Any = edge.http
        self.phone = Phone(http, database, edge.clock, NUMBER)
        self.phone.key.url = URL

    async def signs_up(self) -> None:
        assert (await self.phone.signs_up(name=NAME)).status_code == 201
        here = {"lat": LAT, "lon": LON, "accuracy_m": 8, "measured_at": self.now.isoformat()}
        told = {"sent_at": self.now.isoformat(), "positions": [here]}
        assert (await self.phone.call("POST", "/positions", told)).status_code == 200

    async def is_reported(self) -> str:
        address = {"text": STREET, "floor": FLOOR, "door": DOOR, "entrance": ENTRANCE, "door_code": CODE}
        position = {"system": "WGS84", "lat": LAT, "lon": LON}
        body = {"case_number": "1", "position": position, "accuracy_m": 8, "address": address}
        headers = self.edge.as_centre() | {"Idempotency-Key": str(uuid4())}
        answer = await self.edge.http.post("/dispatch/v1/incidents", json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def accepts(self) -> Any:
        (alert,) = (await self.phone.call("GET", "/alerts")).json()["alerts"]
        body = {
            "sent_at": self.now.isoformat(),
            "position": {"lat": LAT, "lon": LON, "measured_at": self.now.isoformat()},
        }
        answer = await self.phone.call("POST", f"/alerts/{alert['id']}/accept", {"sent_at": body["sent_at"]})
        assert answer.status_code == 200, answer.text
        return (await self.phone.call("GET", f"/alerts/{alert['id']}")).json()

    async def gets_better(self, incident: str) -> None:
        path, body = f"/dispatch/v1/incidents/{incident}/revise", {"address": BETTER}
        answer = await self.edge.http.post(path, json=body, headers=self.edge.as_centre())
        assert answer.status_code == 200, answer.text


async def test_a_copy_made_in_the_middle_of_an_alarm_shows_nobody_and_no_place(
    database_dsn: str, tmp_path: Path
) -> None:
    now = datetime(2026, 11, 21, 20, 5, tzinfo=UTC)
    await load_shipped(database_dsn, now)
    settings = make_settings(database_dsn, tmp_path, sms_gateway_url="http://127.0.0.1:1")
    database = await open_database(database_dsn, dict.fromkeys(Lane, 2), carries=RING)
    async with running_edge(settings, now) as edge:
        story = Story(edge, database, now)
        await story.signs_up()
        incident = await story.is_reported()
        seen = await story.accepts()
        assert (seen["mission"]["place"]["address"], seen["mission"]["place"]["door_code"]) == (STREET, CODE)
        assert seen["mission"]["place"]["unreadable"] is False
        assert (await story.phone.call("GET", "/me")).json()["name"] == NAME
        await story.gets_better(incident)
        http: Any = edge.http
        assert (await Phone(http, database, SetClock(now), NEWCOMER).asks_for_a_code()).status_code == 202
        async with database.acting_as(Actor(Role.API)) as c:
            half_way = session.SignUp(step=session.Step.CODE, phone=NEWCOMER)
            await session.begin(c, edge.keys, half_way, now)
    await database.close()

    copy = await dump_of(database_dsn)
    assert "COPY incidents.incident_place" in copy
    assert str(incident) in copy, "this is what was played"
    assert traces(copy, *CLEAR, *PLACE, CONSENTS[0]["version"]) == [CONSENTS[0]["version"]]
