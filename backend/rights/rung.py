"""What may still be queued to somebody."""

from datetime import datetime, timedelta

from backend.alerts import queries as alert_queries
from backend.foundation.database import Connection
from backend.foundation.ids import AlertId, VolunteerId

RINGS_AT_MOST = timedelta(hours=4)
"""Longer than any alarm goes on without news."""


async def rung_lately(connection: Connection, volunteer_id: VolunteerId, now: datetime) -> list[AlertId]:
    """Alerts of which a ring could still be waiting."""
    return [alert.id for alert in await alert_queries.of_volunteer(connection, volunteer_id, now - RINGS_AT_MOST)]
