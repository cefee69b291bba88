"""What the demo's screen shows, asked over HTTP as a dispatch centre would ask."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

import aiohttp
import msgspec

from backend.conform.reference_client import Json, Refused
from backend.demo.dispatch_client import DispatchClient


class Asked(msgspec.Struct, frozen=True):
    """Somebody asked for an incident, by the pseudonym a console shows."""

    pseudonym: str
    state: str
    metres: int
    asked_at: datetime
    role: str | None = None
    position_age_s: int | None = None
    answered_at: datetime | None = None
    receipt_at: datetime | None = None
    statuses: list[dict[str, str]] = []


class Incident(msgspec.Struct, frozen=True):
    """An open incident as its centre sees it."""

    id: str
    case_number: str
    asking: str
    opened_at: datetime
    asked: int
    accepted: int
    declined: int
    on_the_way: int
    region: str = "unknown"
    municipality: str | None = None
    first_expected_arrival_at: datetime | None = None
    volunteers: list[Asked] = []


class Snapshot(msgspec.Struct, frozen=True):
    """Everything at one moment; incidents newest first."""

    at: datetime
    incidents: list[Incident]
    ready: bool
    answers_in_ms: float | None
    trouble: str | None = None
    passed_over: dict[str, int] = {}  # of the newest incident with anybody asked: the reason, and of how many

    @property
    def newest(self) -> Incident | None:
        """The one whose people the screen shows."""
        return next((incident for incident in self.incidents if incident.volunteers), None)


async def look(session: aiohttp.ClientSession, api_url: str, clients: Sequence[DispatchClient]) -> Snapshot:
    """One look at every centre and at the API's health."""
    ready, took_ms = await _health(session, api_url)
    try:
        found = await asyncio.gather(*(client.open_incidents() for client in clients))
        passed_over = await _passed_over(clients, found)
    except (OSError, Refused) as trouble:
        return Snapshot(datetime.now(UTC), [], ready, took_ms, str(trouble))
    names = {client.region: client.centre_name.rpartition(", ")[2] for client in clients}
    incidents = [_named(incident, names) for of_centre in found for incident in of_centre]
    incidents.sort(key=lambda incident: incident.opened_at, reverse=True)
    return Snapshot(datetime.now(UTC), incidents, ready, took_ms, passed_over=passed_over)


async def _passed_over(clients: Sequence[DispatchClient], found: Sequence[Sequence[Json]]) -> dict[str, int]:
    """Why others were not asked, for the incident whose people the screen shows."""
    shown = [
        (i, client) for client, of_centre in zip(clients, found, strict=True) for i in of_centre if i["volunteers"]
    ]
    if not shown:
        return {}
    incident, client = max(shown, key=lambda pair: str(pair[0]["opened_at"]))
    answer = await client.call("GET", f"/dispatch/v1/incidents/{incident['id']}/candidates")
    verdicts = Counter(str(candidate["verdict"]) for candidate in answer["candidates"])
    return {verdict: count for verdict, count in verdicts.most_common() if verdict != "chosen"}


def _named(incident: Json, names: dict[str, str]) -> Incident:
    """Regions by name: a code tells a newcomer nothing."""
    read = msgspec.convert(incident, Incident)
    return msgspec.structs.replace(read, region=names.get(read.region, read.region))


async def _health(session: aiohttp.ClientSession, api_url: str) -> tuple[bool, float | None]:
    start = asyncio.get_running_loop().time()
    try:
        async with session.get(f"{api_url}/health/ready", timeout=aiohttp.ClientTimeout(total=3)) as response:
            await response.read()
            return response.status == 200, (asyncio.get_running_loop().time() - start) * 1000
    except (aiohttp.ClientError, TimeoutError):
        return False, None
