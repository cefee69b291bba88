"""SQL of what a centre's alarms asked first, for asking again by another policy."""

from datetime import datetime

import msgspec

from backend.foundation.database import Connection, fetch_all
from backend.foundation.ids import CentreId, IncidentId
from backend.foundation.kinds import Kind


class FirstWave(msgspec.Struct, frozen=True):
    """`digest` None: nobody was asked at all."""

    incident_id: IncidentId
    opened_at: datetime
    over_water: bool
    digest: str | None
    reach_m: int | None
    wanted: int | None
    asked: int | None
    wave: int | None


async def first_waves(
    connection: Connection, centre_id: CentreId, kind: Kind, since: datetime, until: datetime, at_most: int
) -> list[FirstWave]:
    """Of incidents opened `[since, until)`, the earliest first."""
    return await fetch_all(
        connection,
        FirstWave,
        """
        SELECT i.id AS incident_id, i.opened_at, coalesce((i.policy ->> 'over_water')::boolean, false) AS over_water,
               e.facts ->> 'candidates_sha256' AS digest, (e.facts ->> 'reach_m')::int AS reach_m,
               (e.facts ->> 'wanted')::int AS wanted, (e.facts ->> 'asked')::int AS asked,
               (e.facts ->> 'wave')::int AS wave
        FROM incidents.incident i
        LEFT JOIN LATERAL (
          SELECT e.facts FROM foundation.journal_entry e
          WHERE e.incident_id = i.id AND e.event = 'wave_asked' ORDER BY e.seq LIMIT 1) e ON true
        WHERE i.centre_id = $1 AND i.kind = $2 AND i.opened_at >= $3 AND i.opened_at < $4
        ORDER BY i.opened_at, i.id LIMIT $5
        """,
        centre_id,
        kind.value,
        since,
        until,
        at_most,
    )
