"""SQL of how the channels are doing: attempts since a moment, and what waits. For statistics: counts, no person."""

from datetime import datetime

import msgspec

from backend.delivery.message import Channel
from backend.foundation.database import Connection, fetch_all
from backend.foundation.kinds import Kind


class Tried(msgspec.Struct, frozen=True):
    """Attempts of a channel that ended alike. `outcome` None: no result yet, or never."""

    channel: Channel
    outcome: str | None
    code: str | None
    lately: int
    in_all: int


class Waiting(msgspec.Struct, frozen=True):
    """What a worker could take at once and has not: none of it is over, nor put off."""

    channel: Channel
    how_many: int
    oldest: datetime


async def tried(connection: Connection, kind: Kind, since: datetime, lately: datetime) -> list[Tried]:
    """Attempts begun from `since` on; of these, those from `lately` on."""
    return await fetch_all(
        connection,
        Tried,
        """
        SELECT d.channel, r.outcome, r.code, count(*) FILTER (WHERE t.started_at >= $3) AS lately, count(*) AS in_all
        FROM delivery.attempt t JOIN delivery.delivery d ON d.id = t.delivery_id
        LEFT JOIN delivery.attempt_result r ON r.attempt_id = t.id
        WHERE t.started_at >= $2 AND d.kind = $1
        GROUP BY d.channel, r.outcome, r.code ORDER BY d.channel, in_all DESC, r.outcome, r.code
        """,
        kind.value,
        since,
        lately,
    )


async def waiting(connection: Connection, kind: Kind, now: datetime) -> list[Waiting]:
    return await fetch_all(
        connection,
        Waiting,
        """
        SELECT d.channel, count(*) AS how_many, min(d.queued_at) AS oldest FROM delivery.delivery d
        WHERE d.state = 'queued' AND d.kind = $1 AND d.next_at <= $2 AND d.expires_at > $2
        GROUP BY d.channel
        """,
        kind.value,
        now,
    )
