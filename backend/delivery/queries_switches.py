"""SQL of the channels' switches."""

from datetime import datetime

import msgspec

from backend.delivery.message import Channel
from backend.foundation.database import Connection, fetch_all


class Switch(msgspec.Struct, frozen=True):
    """A channel and since when it is on or off."""

    channel: Channel
    enabled: bool
    changed_at: datetime
    waiting: int  # deliveries queued for it


async def switches(connection: Connection) -> list[Switch]:
    return await fetch_all(
        connection,
        Switch,
        """
        SELECT s.channel, s.enabled, s.changed_at,
               (SELECT count(*) FROM delivery.delivery d WHERE d.channel = s.channel AND d.state = 'queued') AS waiting
        FROM delivery.channel_switch s ORDER BY s.channel
        """,
    )


async def enabled(connection: Connection) -> list[Channel]:
    """Which are on. Held until the transaction ends, so that two operators do not switch off each other's last one."""
    rows = await connection.fetch(
        "SELECT channel, enabled FROM delivery.channel_switch ORDER BY channel FOR NO KEY UPDATE"
    )
    return [Channel(row["channel"]) for row in rows if row["enabled"]]


async def switch(connection: Connection, channel: Channel, now: datetime, *, on: bool) -> bool:
    """False when nothing changed."""
    changed = await connection.fetchval(
        "UPDATE delivery.channel_switch SET enabled = $2, changed_at = $3 WHERE channel = $1 AND enabled <> $2 "
        "RETURNING true",
        channel.value,
        on,
        now,
    )
    return bool(changed)
