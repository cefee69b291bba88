"""What is forgotten by itself."""

from datetime import datetime, timedelta

from backend.foundation.database import Connection
from backend.foundation.ids import VolunteerId
from backend.locations import queries
from backend.locations.position import KEPT_FOR

EXACT_POINT_AT_MOST = timedelta(hours=3)
"""No mission lasts longer: it ends with its incident, or 90 minutes after its last sign of life."""


async def delete_stale(connection: Connection, now: datetime, at_most: int = 1_000) -> list[VolunteerId]:
    """Forget positions last seen more than 72 hours ago; return whose they were, so that they are told and counted.

    Call it again while it returns `at_most` of them.
    """
    return await queries.delete_seen_before(connection, now - KEPT_FOR, at_most)


async def delete_exact_points(connection: Connection, now: datetime) -> int:
    """The net under the end of a mission: exact points of people on no mission go; how many there were."""
    return await queries.delete_orphaned_mission_positions(connection, now, EXACT_POINT_AT_MOST)
