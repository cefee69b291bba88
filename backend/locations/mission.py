"""The exact position, which is kept only while somebody is on a mission."""

from collections.abc import Sequence

from backend.foundation.database import Connection
from backend.foundation.ids import VolunteerId


async def end(connection: Connection, volunteer_ids: Sequence[VolunteerId]) -> None:
    """Forget where these people were exactly: their mission is over."""
    await connection.execute(
        "DELETE FROM locations.mission_position WHERE volunteer_id = ANY($1::uuid[])", list(volunteer_ids)
    )
