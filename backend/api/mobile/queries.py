"""What the app's edge reads across rooms: whether somebody can be rung, and by which channels."""

from datetime import datetime

import msgspec

from backend.foundation.database import Connection, fetch_one
from backend.foundation.ids import DeviceId, VolunteerId
from backend.volunteers.volunteer import Permissions


class ReadinessRow(msgspec.Struct, frozen=True):
    consents_to_alarms: bool
    consents_to_location: bool
    on_duty: bool
    snoozed_until: datetime | None
    quiet_from: list[int]
    quiet_to: list[int]
    position_seen_at: datetime | None
    has_fixed_place: bool
    has_push: bool
    has_any_address: bool
    permissions: Permissions
    app_version: str


async def readiness(connection: Connection, volunteer_id: VolunteerId, device_id: DeviceId) -> ReadinessRow | None:
    """Seen from one device; None when nobody is signed in there (any more)."""
    return await fetch_one(
        connection,
        ReadinessRow,
        """
        SELECT EXISTS (SELECT FROM volunteers.consent c WHERE c.volunteer_id = v.id AND c.purpose = 'alarms'
                       AND c.withdrawn_at IS NULL) AS consents_to_alarms,
               EXISTS (SELECT FROM volunteers.consent c WHERE c.volunteer_id = v.id AND c.purpose = 'location'
                       AND c.withdrawn_at IS NULL) AS consents_to_location,
               v.on_duty, v.snoozed_until,
               ARRAY(SELECT lower(span) FROM unnest(v.quiet_week) AS span) AS quiet_from,
               ARRAY(SELECT upper(span) FROM unnest(v.quiet_week) AS span) AS quiet_to,
               (SELECT p.seen_at FROM locations.position p WHERE p.volunteer_id = v.id) AS position_seen_at,
               EXISTS (SELECT FROM locations.fixed_place f WHERE f.volunteer_id = v.id) AS has_fixed_place,
               EXISTS (SELECT FROM volunteers.address a WHERE a.volunteer_id = v.id AND a.health = 'healthy'
                       AND a.channel IN ('fcm_token', 'fcm_fid')) AS has_push,
               EXISTS (SELECT FROM volunteers.address a WHERE a.volunteer_id = v.id AND a.health = 'healthy')
                 AS has_any_address,
               d.permissions, d.app_version
        FROM volunteers.volunteer v JOIN volunteers.device d ON d.volunteer_id = v.id AND d.id = $2
        WHERE v.id = $1 AND v.state = 'active'
        """,
        volunteer_id,
        device_id,
    )


async def enabled_channels(connection: Connection) -> list[str]:
    """What the operator has switched on."""
    rows = await connection.fetch("SELECT channel FROM delivery.channel_switch WHERE enabled ORDER BY channel")
    return [row["channel"] for row in rows]
