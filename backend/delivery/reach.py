"""Who can be reached: asked by the rooms above, told to them by a timer."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.delivery import queries
from backend.delivery.enqueue import UNREACHABLE
from backend.foundation.database import Connection


async def unreached(connection: Connection, subject_ids: Sequence[UUID], now: datetime) -> set[UUID]:
    """Subjects whose newest ring no channel accepted and none can any more: whoever this is was never asked.

    The app's own stream counts once it was written to, and a receipt proves more than any provider. Whoever has the
    app alone is given the time of a second channel to be listening.
    """
    return await queries.unreached(connection, subject_ids, UNREACHABLE, now) if subject_ids else set()
