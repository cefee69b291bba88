"""The heartbeat of a phone that has not moved: a person at home must not vanish."""

from datetime import datetime

from backend.foundation.database import Connection
from backend.foundation.ids import VolunteerId
from backend.locations import queries


async def still_here(connection: Connection, volunteer_id: VolunteerId, now: datetime) -> bool:
    """Renew the age of the position that is known; False when none is, and the phone should report one.

    Its time is ours at receiving: a heartbeat says only that somebody is there now.
    """
    return await queries.renew(connection, volunteer_id, now)
