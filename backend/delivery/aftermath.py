"""What follows when deliveries end without being accepted: secrets are forgotten, and the rooms above are told."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from backend.delivery import queries_settle, reach
from backend.delivery.enqueue import UNREACHABLE
from backend.delivery.message import What
from backend.foundation import timers
from backend.foundation.database import Connection
from backend.foundation.ids import DeliveryId

# Two ways of one ring may end in two transactions at once, each seeing the other as still on its way. By now both have
# committed, or their leases are over.
_LOOK_AT_THE_OTHERS = timedelta(seconds=3)


async def of_ended(connection: Connection, delivery_ids: Sequence[DeliveryId], now: datetime) -> None:
    """For deliveries that have just ended. Whoever no channel reaches any more becomes a timer due now."""
    over = await queries_settle.ended(connection, delivery_ids)
    if not over:
        return
    await queries_settle.hurry_others(connection, sorted({e.message_id for e in over}), now)
    if any(e.what is What.CODE for e in over):
        await queries_settle.forget_secrets(connection, [e.id for e in over])
    rung = {e.subject_id for e in over if e.what is What.RING}
    if rung:
        unreached = await reach.unreached(connection, sorted(rung), now)
        for subject_id in sorted(rung):
            due_at = now if subject_id in unreached else now + _LOOK_AT_THE_OTHERS
            await timers.set_timer(connection, subject_id, UNREACHABLE, due_at, now)
