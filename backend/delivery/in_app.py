"""The app's own stream as a channel: API processes settle what they wrote to a phone's socket."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.delivery import queries_in_app, queries_settle
from backend.delivery.message import DeliveryState
from backend.delivery.queries_settle import Move, Result
from backend.foundation.database import Connection
from backend.foundation.ids import AttemptId, DeviceId, VolunteerId, in_order


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
    waiting = await queries_in_app.take(connection, volunteer_id, subject_ids, device_id, now)
    if not waiting:
        return 0
    attempt_ids = [AttemptId(in_order()) for _ in waiting]
    await queries_in_app.insert_attempts(connection, waiting, attempt_ids, now)
    results = [Result(attempt_id, "accepted", None, None, 0) for attempt_id in attempt_ids]
    moves = [Move(w.id, DeliveryState.ACCEPTED, None, None, ambiguous=False) for w in waiting]
    await queries_settle.write(connection, results, moves, now)
    return len(waiting)
