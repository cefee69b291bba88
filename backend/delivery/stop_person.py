"""Stopping whatever is queued to one person."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.delivery import queries_person
from backend.foundation.database import Connection
from backend.foundation.ids import VolunteerId


async def stop_everything_to(
    connection: Connection, volunteer_id: VolunteerId, alert_ids: Sequence[UUID], now: datetime
) -> list[UUID]:
    """Stop every ring, test alarm and notice to this person; what they were about, for :func:`stop.unsettled`.

    `alert_ids`: what has rung them of late. Word of an alarm that somebody is on the way to still goes out: nobody is
    left walking to a patient who needs nobody any more.
    """
    subjects = await queries_person.stop_messages_to(connection, volunteer_id, alert_ids, now)
    await queries_person.stop_deliveries_to(connection, volunteer_id, subjects, now)
    return subjects
