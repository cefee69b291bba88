"""SQL on where those are who are on the way to one patient."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.foundation.database import Connection, fetch_all
from backend.foundation.ids import VolunteerId


class Going(msgspec.Struct, frozen=True):
    """The newest that is known: the point of a mission, or the cell; and as of when."""

    volunteer_id: VolunteerId
    lat: float | None
    lon: float | None
    cell: int | None
    measured_at: datetime


async def going(connection: Connection, incident_id: UUID, volunteer_ids: Sequence[VolunteerId]) -> list[Going]:
    """Left out is whoever nothing is known of."""
    return await fetch_all(
        connection,
        Going,
        """
        SELECT v.id AS volunteer_id, m.lat, m.lon, p.cell, coalesce(m.measured_at, p.measured_at) AS measured_at
        FROM unnest($2::uuid[]) AS v (id)
        LEFT JOIN locations.mission_position m ON m.volunteer_id = v.id AND m.incident_id = $1
        LEFT JOIN locations.position p ON p.volunteer_id = v.id
        WHERE m.volunteer_id IS NOT NULL OR p.volunteer_id IS NOT NULL
        """,
        incident_id,
        list(volunteer_ids),
    )
