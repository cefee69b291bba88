"""The app says that it showed a message."""

from datetime import datetime
from uuid import UUID

from backend.delivery import queries
from backend.delivery.message import Channel, DeliveryState, What
from backend.foundation.database import Connection
from backend.foundation.ids import VolunteerId
from backend.volunteers import address_health


async def receive(
    connection: Connection,
    subject_id: UUID,
    volunteer_id: VolunteerId,
    channel: Channel | None,
    shown_at: datetime | None,
    now: datetime,
    revision: int | None = None,
    word_id: UUID | None = None,
) -> bool:
    """Keep a receipt about `subject_id`; True when it is the first of its message.

    Ways that still wait are no longer needed then, except of a test alarm, which is about every way. `channel` may be
    one the message was not sent by (the app read its alerts by itself): the receipt counts all the same. `revision`,
    where the app names it, is that of the place it showed: a receipt for the ring that comes after the place was
    revised does not stand for the revision. `word_id`: it is about this word of the centre's, and about nothing else.
    """
    deliveries = await queries.receivable(connection, subject_id, volunteer_id, shown_at, revision, word_id)
    if not deliveries:
        return False
    first = not any(d.received for d in deliveries)
    about = min(deliveries, key=lambda d: (d.channel is not channel, d.state != DeliveryState.ACCEPTED, d.id))
    await queries.insert_receipt(connection, about.id, shown_at, now)
    if about.address_id is not None and not about.received:
        await address_health.received(connection, about.address_id, now)
    if first and about.what != What.TEST_ALARM:
        await queries.no_longer_needed(connection, about.message_id, now)
    return first
