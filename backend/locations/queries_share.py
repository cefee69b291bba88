"""SQL of how many of those signed up could be reached, by municipality. For statistics: counts alone."""

from datetime import datetime

import msgspec

from backend.foundation.database import Connection, fetch_all
from backend.foundation.kinds import Kind


class Share(msgspec.Struct, frozen=True):
    """Active people of a municipality (None: nobody knows which), and how many of them an alarm would reach."""

    code: str | None
    name: str | None
    people: int
    reachable: int


async def by_municipality(connection: Connection, kind: Kind, seen_since: datetime, now: datetime) -> list[Share]:
    """Reachable: consents and duty allow it, seen since then, a healthy address, a device denied nothing."""
    return await fetch_all(
        connection,
        Share,
        """
        SELECT v.municipality AS code, max(area.name_da) AS name, count(*) AS people,
               count(*) FILTER (WHERE p.volunteer_id IS NOT NULL AND a.volunteer_id IS NOT NULL
                                  AND d.volunteer_id IS NOT NULL) AS reachable
        FROM volunteers.volunteer v
        LEFT JOIN locations.position p ON p.volunteer_id = v.id AND p.available AND p.seen_at >= $2
        LEFT JOIN (SELECT DISTINCT a.volunteer_id FROM volunteers.address a
                   WHERE a.health = 'healthy' AND a.kind = $1) a ON a.volunteer_id = v.id
        LEFT JOIN (SELECT DISTINCT d.volunteer_id FROM volunteers.device d
                   WHERE d.permissions ->> 'notifications' IS DISTINCT FROM 'denied'
                     AND d.permissions ->> 'location_always' IS DISTINCT FROM 'denied') d ON d.volunteer_id = v.id
        LEFT JOIN regions.area area ON area.level = 'municipality' AND area.code = v.municipality
          AND area.valid @> $3::timestamptz
        WHERE v.kind = $1 AND v.state = 'active'
        GROUP BY v.municipality
        """,
        kind.value,
        seen_since,
        now,
    )
