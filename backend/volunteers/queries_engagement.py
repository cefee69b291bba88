"""SQL on volunteers.engagement."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from backend.foundation.database import Connection, fetch_all, fetch_one
from backend.foundation.ids import IncidentId, VolunteerId
from backend.foundation.kinds import Kind


class EngagedRow(msgspec.Struct, frozen=True):
    volunteer_id: VolunteerId


class Engagement(msgspec.Struct, frozen=True):
    incident_id: IncidentId
    state: str


async def insert_ringing(
    connection: Connection, incident_id: IncidentId, kind: Kind, volunteer_ids: Sequence[VolunteerId], now: datetime
) -> list[VolunteerId]:
    """Those who ring for the incident now, or did already. Whom another transaction has its hands on is left out."""
    rows = await fetch_all(
        connection,
        EngagedRow,
        """
        WITH free AS (
          SELECT v.id, v.kind FROM volunteers.volunteer v
          WHERE v.id = ANY($3) AND v.kind = $2 AND v.state = 'active'
          ORDER BY v.id FOR NO KEY UPDATE SKIP LOCKED),
        made AS (
          INSERT INTO volunteers.engagement (volunteer_id, kind, incident_id, state, since)
          SELECT id, kind, $1, 'ringing', $4 FROM free
          ON CONFLICT (volunteer_id) DO NOTHING RETURNING volunteer_id)
        SELECT volunteer_id FROM made
        UNION
        SELECT volunteer_id FROM volunteers.engagement
        WHERE volunteer_id = ANY($3) AND incident_id = $1 AND state = 'ringing'
        """,
        incident_id,
        kind.value,
        list(volunteer_ids),
        now,
    )
    return [row.volunteer_id for row in rows]


async def upsert_mission(
    connection: Connection, volunteer_id: VolunteerId, kind: Kind, incident_id: IncidentId, now: datetime
) -> bool:
    # The volunteer first, as whoever engages takes it: an alarm that asks at this moment passes this one over.
    await connection.execute("SELECT 1 FROM volunteers.volunteer WHERE id = $1 FOR NO KEY UPDATE", volunteer_id)
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
