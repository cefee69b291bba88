"""SQL on which system opened which incident: the answer kept for its key was written by the transaction that did."""

from datetime import datetime

import msgspec

from backend.foundation.database import Connection, fetch_all
from backend.foundation.ids import ClientKeyId, IncidentId


class _Id(msgspec.Struct, frozen=True):
    id: IncidentId


async def alarms_since(connection: Connection, client: ClientKeyId, since: datetime) -> int:
    """Live incidents a client has opened since a moment."""
    found = await connection.fetchval(
        """
        SELECT count(*) FROM incidents.request_key k
        JOIN incidents.incident i ON i.id = k.incident_id AND i.opened_at = k.created_at
        WHERE k.client_id = $1 AND k.created_at > $2 AND i.kind = 'live'
        """,
        client,
        since,
    )
    return int(found)


async def unflagged(connection: Connection, client: ClientKeyId, since: datetime, most: int) -> list[IncidentId]:
    """All but the first `most` of them whose journal does not say that they belong to a flood, oldest first."""
    rows = await fetch_all(
        connection,
        _Id,
        """
        SELECT o.id FROM (
          SELECT i.id, row_number() OVER (ORDER BY i.opened_at, i.id) AS number
          FROM incidents.request_key k
          JOIN incidents.incident i ON i.id = k.incident_id AND i.opened_at = k.created_at
          WHERE k.client_id = $1 AND k.created_at > $2 AND i.kind = 'live') o
        WHERE o.number > $3 AND NOT EXISTS (
          SELECT 1 FROM foundation.journal_entry e WHERE e.incident_id = o.id AND e.event = 'alarm_flagged')
        ORDER BY o.number LIMIT 100
        """,
        client,
        since,
        most,
    )
    return [row.id for row in rows]
