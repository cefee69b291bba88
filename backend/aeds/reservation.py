"""One defibrillator for one volunteer."""

from collections.abc import Sequence
from datetime import datetime

from backend.aeds import queries
from backend.foundation.database import Connection
from backend.foundation.ids import AedId, IncidentId, VolunteerId


async def reserve(
    connection: Connection, aed_id: AedId, incident_id: IncidentId, volunteer_id: VolunteerId, now: datetime
) -> bool:
    """Reserve one for a volunteer; False when somebody else has it, when it is not there to be had, or when the
    volunteer has another (free that one first). Asking again for what one has is True.
    """
    if await queries.reserve(connection, aed_id, incident_id, volunteer_id, now):
        return True
    return await queries.is_reserved_for(connection, aed_id, incident_id, volunteer_id)


async def free(connection: Connection, volunteer_id: VolunteerId) -> None:
    """What this volunteer had reserved is free again. One that was picked up stays picked up."""
    await queries.free_volunteers(connection, [volunteer_id])


async def free_all(connection: Connection, volunteer_ids: Sequence[VolunteerId]) -> None:
    """As :func:`free` for everybody whose mission ends."""
    await queries.free_volunteers(connection, volunteer_ids)


async def carry(connection: Connection, volunteer_ids: Sequence[VolunteerId], incident_id: IncidentId) -> None:
    """What these volunteers have reserved or carry is for another incident from now on."""
    await queries.carry_reservations(connection, volunteer_ids, incident_id)
