"""A town, its centre's system and its volunteers' phones, at the edge; and what was written down of who saw what."""

from typing import Any
from uuid import UUID, uuid4

from backend.foundation.ids import IncidentId, VolunteerId
from tests.alarm.cast import SQUARE, Town
from tests.edge.cast import Edge


class Seen:
    """Who looks, by which way."""

    def __init__(self, town: Town, edge: Edge) -> None:
        self.town, self.edge = town, edge
        self.client = uuid4()

    async def reports(self, case: str = "case 1", **more: Any) -> IncidentId:
        """The centre's system reports an arrest at the square."""
        body = {
            "case_number": case,
            "position": {"system": "WGS84", "lat": SQUARE[0], "lon": SQUARE[1]},
            "accuracy_m": 10,
            "address": {"text": "Torvet 3", "door_code": "4711"},
        }
        headers = self._centre() | {"Idempotency-Key": str(uuid4())}
        answer = await self.edge.http.post("/dispatch/v1/incidents", json=body | more, headers=headers)
        assert answer.status_code == 201, answer.text
        return IncidentId(UUID(answer.json()["id"]))

    async def centre(self, method: str, path: str, body: Any = None) -> Any:
        return await self.edge.http.request(method, f"/dispatch/v1{path}", json=body, headers=self._centre())

    async def phone(self, who: VolunteerId, method: str, path: str, body: Any = None) -> Any:
        """The same person's app, each time with a fresh token."""
        headers = self.edge.as_volunteer(who)
        return await self.edge.http.request(method, f"/mobile/v1{path}", json=body, headers=headers)

    async def previews(self, case: str, at: tuple[float, float] = SQUARE) -> Any:
        position = {"system": "WGS84", "lat": at[0], "lon": at[1]}
        return await self.centre("POST", "/previews", {"case_number": case, "position": position})

    async def accepts(self, incident: IncidentId, who: VolunteerId) -> Any:
        alert = await self.town.alert(incident, who)
        return await self.phone(who, "POST", f"/alerts/{alert.id}/accept", {"sent_at": self.town.now.isoformat()})

    async def written(self) -> list[tuple[str, str, UUID]]:
        """(what, whose kind of eyes, who), in order."""
        rows = await self.town.rows("SELECT what, viewer, viewer_id FROM incidents.viewed ORDER BY id")
        return [(row["what"], row["viewer"], row["viewer_id"]) for row in rows]

    def _centre(self) -> dict[str, str]:
        return self.edge.as_centre(self.town.centre_id, client=self.client)
