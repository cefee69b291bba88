"""SQL on volunteers.engagement."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from backend.foundation.database import Connection, fetch_all, fetch_one
from backend.foundation.ids import IncidentId, VolunteerId
from backend.foundation.kinds import Kind


class Taken(msgspec.Struct, frozen=True):
    """Somebody who looked free; `won`: and was, as the row was written."""

    volunteer_id: VolunteerId
    won: bool


class Engagement(msgspec.Struct, frozen=True):
    incident_id: IncidentId
    state: str


async def insert_ringing(
    connection: Connection,
    incident_id: IncidentId,
    kind: Kind,
    volunteer_ids: Sequence[VolunteerId],
    count: int,
    minute_of_week: int,
    now: datetime,
) -> list[Taken]:
    """The first `count`, in the order given, who are free and in nobody's hands: they ring for the incident now.

    Whether they want to be rung is looked at again, as their row is held: who chose them read it a moment ago. But for
    those whom another alarm engaged since this statement began to read: its row stands, ours is left out.
    """
    return await fetch_all(
        connection,
        Taken,
        """
        WITH free AS (
          SELECT v.id, v.kind FROM unnest($3::uuid[]) WITH ORDINALITY AS w (id, nearness)
          JOIN volunteers.volunteer v ON v.id = w.id AND v.kind = $2 AND v.state = 'active' AND v.on_duty
            AND coalesce(v.snoozed_until <= $4, true) AND NOT v.quiet_week @> $6::int
          WHERE NOT EXISTS (SELECT 1 FROM volunteers.engagement e WHERE e.volunteer_id = v.id)
          ORDER BY w.nearness LIMIT $5 FOR NO KEY UPDATE OF v SKIP LOCKED),
        won AS (
          INSERT INTO volunteers.engagement (volunteer_id, kind, incident_id, state, since)
          SELECT id, kind, $1, 'ringing', $4 FROM free
          ON CONFLICT (volunteer_id) DO NOTHING RETURNING volunteer_id)
        SELECT free.id AS volunteer_id, won.volunteer_id IS NOT NULL AS won
        FROM free LEFT JOIN won ON won.volunteer_id = free.id
        """,
        incident_id,
        kind.value,
        list(volunteer_ids),
        now,
        count,
        minute_of_week,
    )


async def upsert_mission(
    connection: Connection, volunteer_id: VolunteerId, kind: Kind, incident_id: IncidentId, now: datetime
) -> bool:
    # The volunteer first, as whoever engages takes it: an alarm that asks at this moment passes this one over. Whoever
    # was erased while this waited is on no mission any more.
    state = await connection.fetchval(
        "SELECT state FROM volunteers.volunteer WHERE id = $1 FOR NO KEY UPDATE", volunteer_id
    )
    if state == "erased":
        return False
    done = await connection.fetchval(
        """
        INSERT INTO volunteers.engagement (volunteer_id, kind, incident_id, state, since)
        VALUES ($1, $2, $3, 'mission', $4)
        ON CONFLICT (volunteer_id) DO UPDATE SET state = 'mission', since = EXCLUDED.since
        WHERE engagement.incident_id = EXCLUDED.incident_id
        RETURNING true
        """,
        volunteer_id,
        kind.value,
        incident_id,
        now,
    )
    return bool(done)


async def delete_engagements(
    connection: Connection, volunteer_ids: Sequence[VolunteerId], incident_id: IncidentId
) -> None:
    await connection.execute(
        "DELETE FROM volunteers.engagement WHERE volunteer_id = ANY($1) AND incident_id = $2",
        list(volunteer_ids),
        incident_id,
    )


async def engagement_of(connection: Connection, volunteer_id: VolunteerId) -> Engagement | None:
    return await fetch_one(
        connection,
        Engagement,
        "SELECT incident_id, state FROM volunteers.engagement WHERE volunteer_id = $1",
        volunteer_id,
    )
