"""Joining two reports of one arrest, with what those on the way have told."""

from datetime import datetime

from backend.alerts import joining
from backend.foundation.database import Actor, Connection
from backend.incidents.incident import Incident
from backend.responses import queries


async def join(connection: Connection, actor: Actor, ending: Incident, kept: Incident, now: datetime) -> None:
    """As :func:`backend.alerts.joining.join`; how far somebody has come stands in the incident that goes on, too."""
    for each in await joining.join(connection, actor, ending, kept, now):
        await queries.carry_statuses(connection, each.old.id, each.new.id, kept.centre_id)
