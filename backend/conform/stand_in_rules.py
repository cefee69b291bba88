"""What the stand-in accepts, and how an incident of its looks: the contract's words without its substance."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

Json = dict[str, Any]
PROBLEMS = "https://hjerteloeber.example/problems/"
COARSE_ABOVE_M = 250
# Around Denmark, Bornholm included; and what is so far away that nobody can mean it.
REGION = (54.5, 57.8, 8.0, 15.2)
POSSIBLE = (51.8, 60.5, 3.0, 20.0)
REPORT = {
    *("case_number", "position", "accuracy_m", "address", "age_group", "patient_sex", "patient_sex_at"),
    *("circumstances", "call_received_at", "recognised_at", "call_taker_group", "call_taker_group_at"),
    *("dansk_indeks", "dansk_indeks_at", "policy", "again"),
}
EXCLUDING = {
    *("trauma", "drowning", "intoxication", "suicide"),
    *("staffed_nursing_home", "witnessed_by_crew", "unsafe_scene"),
}


class Problem(Exception):
    """A refusal, as an RFC 9457 document says it."""

    def __init__(self, status: int, slug: str, detail: str, **more: Any) -> None:
        super().__init__(slug)
        self.status = status
        self.slug = slug
        self.detail = detail
        self.more = more

    def document(self) -> Json:
        said = {"type": PROBLEMS + self.slug, "title": self.slug, "status": self.status, "detail": self.detail}
        return said | self.more


def wrong(field: str, problem: str, slug: str = "invalid-request") -> Problem:
    return Problem(422, slug, f"{field} {problem}", errors=[{"field": field, "problem": problem}])


def read_key(key: str | None) -> str:
    if key is None or not 8 <= len(key) <= 100:
        raise wrong("header:Idempotency-Key", "has 8 to 100 characters")
    return key


def read_object(body: bytes, known: set[str], needed: set[str]) -> Json:
    """The JSON object of a body, if it has what is needed and nothing that is not known."""
    try:
        value = json.loads(body)
    except ValueError:
        raise Problem(400, "malformed-json", "The body is not JSON.") from None
    if not isinstance(value, dict):
        raise wrong("", "is an object")
    for name in value.keys() - known:
        raise wrong(f"/{name}", "is not known here")
    for name in needed - value.keys():
        raise wrong(f"/{name}", "is required")
    for name in value:
        if name.endswith("_at"):
            read_time(f"/{name}", value[name])
    return value


def read_time(field: str, text: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        raise wrong(field, "is a time") from None
    if moment.tzinfo is None:
        raise wrong(field, "names its time zone")
    return moment


def check_place(position: Json) -> None:
    """The grid is taken as it is; degrees that are no place near Denmark are refused."""
    if position.get("system") == "WGS84" and not _inside(position, POSSIBLE):
        swapped = {"lat": position["lon"], "lon": position["lat"]}
        likely = "latitude and longitude look swapped" if _inside(swapped, POSSIBLE) else "a place in or near Denmark"
        raise wrong("/position", likely, "impossible-place")


def of_place(sent: Json, known: Json) -> Json:
    """What an incident says of its place, after something was sent."""
    metres = sent.get("accuracy_m", None if "position" in sent else known.get("accuracy_m"))
    region = known.get("region", "unknown")
    if "position" in sent:
        grid = sent["position"].get("system") != "WGS84"
        region = "1083" if grid or _inside(sent["position"], REGION) else "unknown"
    return {"accuracy_m": metres, "coarse": metres is not None and metres > COARSE_ABOVE_M, "region": region}


def opened(sent: Json, kind: str, linked_to: str | None) -> Json:
    """A new incident, as it is answered."""
    incident_id = str(uuid4())
    here = f"/dispatch/v1/incidents/{incident_id}"
    against = [each for each in sent.get("circumstances", []) if each in EXCLUDING]
    incident = {
        "id": incident_id,
        "kind": kind,
        "case_number": sent["case_number"],
        "state": "open",
        "asking": "excluded" if against else "nobody_in_reach",
        "asking_reason": ", ".join(against) or None,
        "opened_at": datetime.now(UTC).isoformat(),
        "ended_at": None,
        "end_reason": None,
        "revision": 1,
        "municipality": None,
        "policy": {"name": "dk-2026", "version": 1},
        "possible_duplicates": [],
        "linked_to": linked_to,
        "centre_asked_at": None,
        "first_expected_arrival_at": None,
        "volunteers": [],
        "links": {"self": here, "events": f"{here}/events", "candidates": f"{here}/candidates"},
    }
    counts = dict.fromkeys(("asked", "accepted", "declined", "on_the_way"), 0)
    return incident | counts | of_place(sent, {})


def _inside(position: Json, box: tuple[float, float, float, float]) -> bool:
    south, north, west, east = box
    lat, lon = float(position.get("lat", 0)), float(position.get("lon", 0))
    return south <= lat <= north and west <= lon <= east
