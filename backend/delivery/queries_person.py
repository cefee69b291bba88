"""SQL of everything that is queued to one person."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.foundation.database import Connection
from backend.foundation.ids import VolunteerId


async def stop_messages_to(
    connection: Connection, volunteer_id: VolunteerId, alert_ids: Sequence[UUID], now: datetime
) -> list[UUID]:
    """Stop what could still start; waits for attempts that are being started at this moment. What it was about."""
    rows = await connection.fetch(
        """
        WITH live AS (
          SELECT id FROM delivery.message
          WHERE subject_id = ANY($2::uuid[]) AND volunteer_id = $1 AND what = 'ring' AND expires_at > $3
          UNION ALL SELECT id FROM delivery.message
          WHERE volunteer_id = $1 AND what = 'test_alarm' AND expires_at > $3
          UNION ALL SELECT id FROM delivery.message
          WHERE volunteer_id = $1 AND what = 'notice' AND expires_at > $3),
        held AS (
          SELECT m.id FROM delivery.message m JOIN live ON live.id = m.id ORDER BY m.id FOR NO KEY UPDATE OF m)
        UPDATE delivery.message m SET stopped_at = coalesce(m.stopped_at, $3)
        FROM held WHERE m.id = held.id RETURNING m.subject_id
        """,
        volunteer_id,
        list(alert_ids),
        now,
    )
    return sorted({row["subject_id"] for row in rows})


async def stop_deliveries_to(
    connection: Connection, volunteer_id: VolunteerId, subject_ids: Sequence[UUID], now: datetime
) -> None:
    """Take stopped messages' deliveries out of the queue; what a worker holds it will not start any more."""
    await connection.execute(
        """
        WITH held AS (
          SELECT d.id FROM delivery.delivery d JOIN delivery.message m ON m.id = d.message_id
          WHERE m.subject_id = ANY($2::uuid[]) AND m.volunteer_id = $1 AND m.stopped_at IS NOT NULL
            AND d.state = 'queued' ORDER BY d.id FOR UPDATE OF d)
        UPDATE delivery.delivery d SET state = 'stopped', settled_at = $3
        FROM held WHERE d.id = held.id AND d.state = 'queued'
        """,
        volunteer_id,
        list(subject_ids),
        now,
    )


async def delete_links_of(connection: Connection, volunteer_id: VolunteerId) -> None:
    await connection.execute(
        """
        DELETE FROM delivery.answer_link l USING delivery.message m
        WHERE m.id = l.message_id AND m.volunteer_id = $1
        """,
        volunteer_id,
    )
