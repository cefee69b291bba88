"""The app's own stream as a channel: API processes settle what they wrote to a phone's socket."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.delivery import queries_settle
from backend.delivery.message import DeliveryState
from backend.delivery.queries_settle import Move, Result
from backend.foundation.database import Connection, fetch_all
from backend.foundation.ids import AttemptId, DeliveryId, DeviceId, VolunteerId, in_order


class _Waiting(msgspec.Struct, frozen=True):
    id: DeliveryId
    fence: int


async def written_to_socket(
    connection: Connection,
    volunteer_id: VolunteerId,
    subject_ids: Sequence[UUID],
    now: datetime,
    device_id: DeviceId | None = None,
) -> int:
    """What was queued in-app about these subjects has been written to this volunteer's stream; how many deliveries.

    An attempt that was accepted, no more: only the app's receipt is a receipt. With `device_id` only that device's.
    """
    if not subject_ids:
        return 0
    waiting = await _take(connection, volunteer_id, subject_ids, device_id, now)
    if not waiting:
        return 0
    attempt_ids = [AttemptId(in_order()) for _ in waiting]
    await _insert_attempts(connection, waiting, attempt_ids, now)
    results = [Result(attempt_id, "accepted", None, None, 0) for attempt_id in attempt_ids]
    await queries_settle.insert_results(connection, results, now)
    moves = [Move(w.id, DeliveryState.ACCEPTED, None, None, ambiguous=False) for w in waiting]
    await queries_settle.move(connection, moves, now)
    return len(waiting)


async def _take(
    connection: Connection,
    volunteer_id: VolunteerId,
    subject_ids: Sequence[UUID],
    device_id: DeviceId | None,
    now: datetime,
) -> list[_Waiting]:
    return await fetch_all(
        connection,
        _Waiting,
        """
        WITH held AS (
          SELECT d.id FROM delivery.message m
          JOIN delivery.delivery d ON d.message_id = m.id
          JOIN volunteers.address a ON a.id = d.address_id
          WHERE m.subject_id = ANY($2::uuid[]) AND m.volunteer_id = $1 AND m.stopped_at IS NULL AND m.expires_at > $4
            AND d.channel = 'in_app' AND d.state = 'queued' AND ($3::uuid IS NULL OR a.device_id = $3)
          ORDER BY d.id FOR UPDATE OF d)
        UPDATE delivery.delivery d SET fence = d.fence + 1, attempts = d.attempts + 1
        FROM held WHERE d.id = held.id RETURNING d.id, d.fence
        """,
        volunteer_id,
        list(subject_ids),
        device_id,
        now,
    )


async def _insert_attempts(
    connection: Connection, waiting: Sequence[_Waiting], attempt_ids: Sequence[AttemptId], now: datetime
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
