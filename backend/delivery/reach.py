"""Who can be reached, and who has heard: asked by the rooms above. That nobody can be reached a timer tells them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.delivery import queries_reach
from backend.delivery.enqueue import UNREACHABLE
from backend.delivery.queries_reach import Told
from backend.foundation.database import Connection


async def unreached(connection: Connection, subject_ids: Sequence[UUID], now: datetime) -> set[UUID]:
    """Subjects whose newest ring no channel accepted and none can any more: whoever this is was never asked.

    The app's own stream counts once it was written to, and a receipt proves more than any provider. Whoever has the
    app alone is given the time of a second channel to be listening.
    """
    return await queries_reach.unreached(connection, subject_ids, UNREACHABLE, now) if subject_ids else set()


async def unaccepted(connection: Connection, subject_ids: Sequence[UUID]) -> dict[UUID, bool]:
    """Subjects whose newest ring nothing has accepted so far: at its end, whoever this is was never asked.

    An attempt that is under way, or of which nobody knows the outcome, proves nothing. False: no attempt was ever
    started on any channel; we were down, they were not.
    """
    return await queries_reach.unaccepted(connection, subject_ids) if subject_ids else {}


async def unheard(connection: Connection, subject_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """Subjects that were told a revision and whose newest one has no receipt yet, with when that one was queued.

    One that was stopped (stood down, gave up) nobody waits for any more.
    """
    return await queries_reach.unheard(connection, subject_ids) if subject_ids else {}


async def told(connection: Connection, subject_ids: Sequence[UUID]) -> dict[UUID, Told]:
    """What the rooms above may show of each: who was reached how, and who has not seen the newest revision."""
    found = await queries_reach.told(connection, subject_ids) if subject_ids else []
    return {each.subject_id: each for each in found}
