"""What follows when deliveries end without being accepted: secrets are forgotten, and the rooms above are told."""

from collections.abc import Sequence
from datetime import datetime

from backend.delivery import queries_settle, reach
from backend.delivery.enqueue import UNREACHABLE
from backend.delivery.message import What
from backend.foundation import timers
from backend.foundation.database import Connection
from backend.foundation.ids import DeliveryId


async def of_ended(connection: Connection, delivery_ids: Sequence[DeliveryId], now: datetime) -> None:
    """For deliveries that have just ended. Whoever no channel reaches any more becomes a timer due now.

    Not where the ring's own time is over: that ends the alert by itself, and after an outage there are thousands.
    """
    over = await queries_settle.ended(connection, delivery_ids)
    if not over:
        return
    await queries_settle.hurry_others(connection, sorted({e.message_id for e in over}), now)
    if any(e.what is What.CODE for e in over):
        await queries_settle.forget_secrets(connection, [e.id for e in over])
    rung = {e.subject_id for e in over if e.what is What.RING and e.expires_at > now}
    if rung:
        await queries_settle.one_at_a_time(connection, sorted(rung))
        for subject_id in sorted(await reach.unreached(connection, sorted(rung), now)):
            await timers.set_timer(connection, subject_id, UNREACHABLE, now, now)
