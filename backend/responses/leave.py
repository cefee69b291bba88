"""Leaving: whoever goes is forgotten in every room at once."""

from datetime import datetime

from backend.foundation.database import Actor, Connection
from backend.foundation.ids import VolunteerId
from backend.locations.availability import forget
from backend.responses.step_back import nothing_rings, step_back
from backend.selection.queries import forget_candidate
from backend.volunteers.withdraw import withdraw


async def leave(connection: Connection, actor: Actor, volunteer_id: VolunteerId, now: datetime) -> None:
    """Decline what rings, erase the person, devices, addresses and positions; a row without a name stays.

    Raises 409 `on-mission` while others count on this person, Contended when it is to be begun anew.
    """
    await step_back(connection, actor, volunteer_id, now)
    await withdraw(connection, volunteer_id, now)
    await nothing_rings(connection, volunteer_id)
    await forget(connection, volunteer_id)
    await forget_candidate(connection, volunteer_id)
