"""SQL of the app's own stream as a channel."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.foundation.database import Connection, fetch_all
from backend.foundation.ids import AttemptId, DeliveryId, DeviceId, VolunteerId


class Waiting(msgspec.Struct, frozen=True):
    """An in-app delivery that is being settled, with its new fence."""

    id: DeliveryId
    fence: int


async def take(
    connection: Connection,
    volunteer_id: VolunteerId,
    subject_ids: Sequence[UUID],
    device_id: DeviceId | None,
    now: datetime,
) -> list[Waiting]:
    """Hold what waits in-app about these subjects for this volunteer (None: on any device) and count the attempt.

    Messages before their deliveries, as a stop holds them, and FOR SHARE, as an attempt's row will want them.
    """
    return await fetch_all(
        connection,
        Waiting,
        """
        WITH message AS MATERIALIZED (
          SELECT m.id FROM delivery.message m
          WHERE m.subject_id = ANY($2::uuid[]) AND m.volunteer_id = $1 AND m.stopped_at IS NULL AND m.expires_at > $4
            AND EXISTS (
              SELECT 1 FROM delivery.delivery w
              WHERE w.message_id = m.id AND w.channel = 'in_app' AND w.state = 'queued')
          ORDER BY m.id FOR SHARE),
        held AS (
          SELECT d.id FROM message m
          JOIN delivery.delivery d ON d.message_id = m.id
          JOIN volunteers.address a ON a.id = d.address_id
          JOIN delivery.channel_switch s ON s.channel = d.channel AND s.enabled
          WHERE d.channel = 'in_app' AND d.state = 'queued' AND ($3::uuid IS NULL OR a.device_id = $3)
          ORDER BY d.id FOR UPDATE OF d)
        UPDATE delivery.delivery d SET fence = d.fence + 1, attempts = d.attempts + 1
        FROM held WHERE d.id = held.id RETURNING d.id, d.fence
        """,
        volunteer_id,
        list(subject_ids),
        device_id,
        now,
    )


async def insert_attempts(
    connection: Connection, waiting: Sequence[Waiting], attempt_ids: Sequence[AttemptId], now: datetime
) -> None:
    await connection.execute(
        """
        INSERT INTO delivery.attempt (id, delivery_id, fence, provider, started_at)
        SELECT id, delivery_id, fence, 'in_app', $4
        FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS a (id, delivery_id, fence)
        """,
        list(attempt_ids),
        [w.id for w in waiting],
        [w.fence for w in waiting],
        now,
    )
