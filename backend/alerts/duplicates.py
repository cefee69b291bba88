"""Two reports that may be one arrest: both are opened, both are marked, never merged silently."""

from datetime import datetime, timedelta

from backend.foundation.database import Actor, Connection
from backend.foundation.journal import Event, Fact, Happening
from backend.incidents import queries, queries_duplicates
from backend.incidents.incident import Incident
from backend.incidents.record import record

COMPARE = "compare"
"""The reason of the timer that compares a new incident once more: of two reports in the same moment neither sees the
other, since neither is committed yet."""
COMPARED_AGAIN_AFTER = timedelta(seconds=1)

WITHIN_M = 250
WITHIN = timedelta(minutes=15)


async def mark(connection: Connection, actor: Actor, incident: Incident, now: datetime) -> None:
    """Mark an incident and those open near it, on both sides; what is marked already stays. Its lock is held."""
    place = await queries.place_of(connection, incident.id)
    if place is None:
        return
    known = {pair.other_id for pair in await queries_duplicates.possible_duplicates(connection, [incident.id])}
    since, within = now - WITHIN, WITHIN_M
    found = await queries_duplicates.open_near(connection, incident.kind, since, place.lat, place.lon, within)
    near = [other for other in found if other.incident_id not in {incident.id, *known}]
    if not near:
        return
    await queries_duplicates.insert_possible_duplicates(connection, incident.id, incident.centre_id, near)
    facts: dict[str, Fact] = {
        "others": [str(other.incident_id) for other in near],
        "metres": [other.metres for other in near],
    }
    await record(connection, actor, incident, [Happening(Event.POSSIBLE_DUPLICATE, facts)], now)
