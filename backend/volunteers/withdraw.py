"""Withdrawing: nobody asks this person from now on. Seven days later they are erased, unless they take it back."""

from datetime import datetime, timedelta

from backend.foundation.database import Connection
from backend.foundation.ids import VolunteerId
from backend.volunteers import queries_leaving
from backend.volunteers.active import hold_present

ERASED_AFTER = timedelta(days=7)
"""Time to think it over, or to undo what a thief of the phone did."""


async def withdraw(connection: Connection, volunteer_id: VolunteerId, now: datetime) -> datetime:
    """When they withdrew, which is now unless they had before. Raises 401 for somebody who is not there."""
    await hold_present(connection, volunteer_id)
    return await queries_leaving.mark_withdrawn(connection, volunteer_id, now)


async def take_back(connection: Connection, volunteer_id: VolunteerId) -> None:
    """They are asked again, as before; the same for somebody who never withdrew. Raises 401 for one who is erased."""
    await hold_present(connection, volunteer_id)
    await queries_leaving.mark_active(connection, volunteer_id)
