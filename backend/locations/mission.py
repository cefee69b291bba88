"""The exact position, which is kept only while somebody is on a mission."""

from collections.abc import Sequence
from uuid import UUID

from backend.foundation.database import Connection
from backend.foundation.ids import VolunteerId
from backend.locations import queries


async def end(connection: Connection, volunteer_ids: Sequence[VolunteerId], incident_id: UUID) -> None:
    """Forget where these people were exactly: this mission of theirs is over."""
    await queries.forget_mission_positions(connection, volunteer_ids, incident_id)
