"""SQL of withdrawing, taking it back and being erased."""

from collections.abc import Sequence
from datetime import datetime

from backend.foundation.database import Connection
from backend.foundation.ids import VolunteerId


async def mark_withdrawn(connection: Connection, volunteer_id: VolunteerId, now: datetime) -> datetime:
    """When they withdrew: now, or before. They must be held and there."""
    when: datetime = await connection.fetchval(
        """
        UPDATE volunteers.volunteer SET state = 'withdrawn', withdrawn_at = coalesce(withdrawn_at, $2)
        WHERE id = $1 AND state <> 'erased' RETURNING withdrawn_at
        """,
        volunteer_id,
        now,
    )
    return when


async def mark_active(connection: Connection, volunteer_id: VolunteerId) -> None:
    await connection.execute(
        """
        UPDATE volunteers.volunteer SET state = 'active', withdrawn_at = NULL WHERE id = $1 AND state = 'withdrawn'
        """,
        volunteer_id,
    )


async def mark_erased(connection: Connection, volunteer_id: VolunteerId, now: datetime) -> None:
    """What is left says that somebody was a volunteer from when to when, with which training, in which municipality."""
    await connection.execute(
        """
        UPDATE volunteers.volunteer
        SET state = 'erased', withdrawn_at = coalesce(withdrawn_at, $2), erased_at = $2, on_duty = false,
            snoozed_until = NULL, quiet_week = '{}', languages = '{}', join_code = NULL, last_seen_at = NULL,
            coarse_position = false
        WHERE id = $1
        """,
        volunteer_id,
        now,
    )


async def delete_engagement(connection: Connection, volunteer_id: VolunteerId) -> None:
    await connection.execute("DELETE FROM volunteers.engagement WHERE volunteer_id = $1", volunteer_id)


async def withdrawn_before(connection: Connection, before: datetime, limit: int) -> list[VolunteerId]:
    """Whose days are over, the longest first."""
    rows = await connection.fetch(
        """
        SELECT id FROM volunteers.volunteer WHERE state = 'withdrawn' AND withdrawn_at <= $1
        ORDER BY withdrawn_at LIMIT $2
        """,
        before,
        limit,
    )
    return [VolunteerId(row["id"]) for row in rows]


async def count_withdrawn_before(connection: Connection, before: datetime) -> int:
    count = await connection.fetchval(
        "SELECT count(*) FROM volunteers.volunteer WHERE state = 'withdrawn' AND withdrawn_at <= $1", before
    )
    return int(count)


async def not_erased(connection: Connection, volunteer_ids: Sequence[VolunteerId]) -> list[VolunteerId]:
    """Which of these are there although they should not be."""
    rows = await connection.fetch("SELECT id FROM volunteers.not_erased($1::uuid[]) AS id", list(volunteer_ids))
    return [VolunteerId(row["id"]) for row in rows]


async def still_active(connection: Connection, volunteer_ids: Sequence[VolunteerId]) -> list[VolunteerId]:
    """Which of these can be asked although they withdrew."""
    rows = await connection.fetch("SELECT id FROM volunteers.still_active($1::uuid[]) AS id", list(volunteer_ids))
    return [VolunteerId(row["id"]) for row in rows]


async def withdrew_before(
    connection: Connection, volunteer_ids: Sequence[VolunteerId], took_back: Sequence[datetime]
) -> list[VolunteerId]:
    """Which of these are withdrawn since before they took it back."""
    rows = await connection.fetch(
        "SELECT id FROM volunteers.withdrew_before($1::uuid[], $2::timestamptz[]) AS id",
        list(volunteer_ids),
        list(took_back),
    )
    return [VolunteerId(row["id"]) for row in rows]


async def anybody_erased(connection: Connection) -> bool:
    """Whether anybody who could have been rung was ever erased."""
    found: bool = await connection.fetchval("SELECT volunteers.anybody_erased()")
    return found
