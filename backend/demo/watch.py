"""What the demo's screen shows, asked over HTTP as a dispatch centre would ask."""

import asyncio
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


async def look(session: aiohttp.ClientSession, api_url: str, clients: Sequence[DispatchClient]) -> Snapshot:
    """One look at every centre and at the API's health."""
    ready, took_ms = await _health(session, api_url)
    try:
        found = await asyncio.gather(*(client.open_incidents() for client in clients))
    except (OSError, Refused) as trouble:
        return Snapshot(datetime.now(UTC), [], ready, took_ms, str(trouble))
    names = {client.region: client.centre_name.rpartition(", ")[2] for client in clients}
    incidents = [_named(incident, names) for of_centre in found for incident in of_centre]
    incidents.sort(key=lambda incident: incident.opened_at, reverse=True)
    return Snapshot(datetime.now(UTC), incidents, ready, took_ms)


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
