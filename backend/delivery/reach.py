"""Who can be reached: asked by the rooms above, told to them by a timer."""

from collections.abc import Sequence
from uuid import UUID

from backend.delivery import queries
from backend.foundation.database import Connection


async def unreached(connection: Connection, subject_ids: Sequence[UUID]) -> set[UUID]:
    """Subjects whose newest ring no channel accepted and none can any more: whoever this is was never asked.

    The app's own stream counts once it was written to, and a receipt proves more than any provider.
    """
    return await queries.unreached(connection, subject_ids) if subject_ids else set()
