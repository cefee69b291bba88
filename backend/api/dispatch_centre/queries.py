"""What the edge tells a centre about itself beside its incidents."""

from datetime import datetime
from uuid import UUID

import msgspec

from backend.foundation.database import Connection, fetch_all, fetch_one


class CentreName(msgspec.Struct, frozen=True):
    code: str
    name: str


class ChannelSwitch(msgspec.Struct, frozen=True):
    channel: str
    enabled: bool


async def centre(connection: Connection, centre_id: UUID, at: datetime) -> CentreName | None:
    """A centre in office at a moment."""
    return await fetch_one(
        connection,
        CentreName,
        "SELECT code, name FROM regions.dispatch_centre WHERE id = $1 AND valid @> $2::timestamptz",
        centre_id,
        at,
    )


async def channel_switches(connection: Connection) -> list[ChannelSwitch]:
    return await fetch_all(
        connection, ChannelSwitch, "SELECT channel, enabled FROM delivery.channel_switch ORDER BY channel"
    )
