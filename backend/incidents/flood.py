"""More live alarms than one dispatch system has ever had to raise: a forger's, or a fault's. Nothing of it is held.

A real arrest among a hundred false ones is still one: so alarms go out, are marked as belonging to a flood, and people
decide. What ends a flood is freezing the client, by two of them.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from backend.foundation.database import Actor, Connection
from backend.foundation.ids import ClientKeyId, IncidentId
from backend.foundation.journal import Event, Happening
from backend.incidents import queries, queries_flood
from backend.incidents.record import record

WITHIN = timedelta(hours=1)


class Flood(msgspec.Struct, frozen=True):
    """Live alarms of one client in the last hour, and those beyond the limit whose journal does not say so yet."""

    alarms: int
    unflagged: Sequence[IncidentId]


async def look(connection: Connection, client: ClientKeyId, most: int, now: datetime) -> Flood:
    """How many alarms a client has raised at the centre that was entered."""
    alarms = await queries_flood.alarms_since(connection, client, now - WITHIN)
    beyond = [] if alarms <= most else await queries_flood.unflagged(connection, client, now - WITHIN, most)
    return Flood(alarms, beyond)


async def flag(connection: Connection, actor: Actor, incident_id: IncidentId, most: int, now: datetime) -> None:
    """Write into an incident's journal that it belongs to a flood. It runs as any other."""
    incident = await queries.lock(connection, incident_id)
    assert incident is not None
    facts = Happening(Event.ALARM_FLAGGED, {"flagged": "flood", "more_than_an_hour": most})
    await record(connection, actor, incident, [facts], now)
