"""SQL on the synthetic alarm: what its rounds left, and its alerts whose time is over."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from backend.foundation.database import Connection, fetch_all
from backend.foundation.ids import AlertId, IncidentId


class Left(msgspec.Struct, frozen=True):
    """What one round left behind: None for what has not come, or never will."""

    opened_at: datetime
    ended_at: datetime | None
    asked: int
    pushed_at: datetime | None
    shown_at: datetime | None
    accepted_at: datetime | None


class _Row(msgspec.Struct, frozen=True):
    id: AlertId


async def forget(connection: Connection, incident_ids: Sequence[IncidentId]) -> list[AlertId]:
    """As far as they are synthetic: the database looks itself. Gives what is no more, for those who wrote about it."""
    sql = "SELECT gone AS id FROM alerts.forget_synthetic($1::uuid[]) AS gone"
    return [row.id for row in await fetch_all(connection, _Row, sql, list(incident_ids))]


async def left(connection: Connection, since: datetime) -> list[Left]:
    """The newest first. For statistics."""
    return await fetch_all(
        connection,
        Left,
        """
        SELECT i.opened_at, i.ended_at, count(DISTINCT a.id) AS asked,
               min(r.ended_at) FILTER (WHERE r.outcome = 'accepted') AS pushed_at, min(seen.received_at) AS shown_at,
               min(a.answered_at) FILTER (WHERE a.place IS NOT NULL) AS accepted_at
        FROM incidents.incident i
        LEFT JOIN alerts.alert a ON a.incident_id = i.id
        LEFT JOIN delivery.message m ON m.subject_id = a.id AND m.what = 'ring'
        LEFT JOIN delivery.delivery d ON d.message_id = m.id
        LEFT JOIN delivery.attempt t ON t.delivery_id = d.id
        LEFT JOIN delivery.attempt_result r ON r.attempt_id = t.id
        LEFT JOIN delivery.receipt seen ON seen.delivery_id = d.id
        WHERE i.kind = 'synthetic' AND i.opened_at >= $1
        GROUP BY i.id, i.opened_at, i.ended_at ORDER BY i.opened_at DESC LIMIT 200
        """,
        since,
    )
