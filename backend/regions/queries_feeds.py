"""SQL on regions.feed."""

from datetime import datetime
from uuid import UUID

import msgspec

from backend.foundation.database import Connection, fetch_all, fetch_one
from backend.foundation.kinds import Kind


class Heard(msgspec.Struct, frozen=True):
    heard_at: datetime
    clock_ahead_s: float


class Watched(msgspec.Struct, frozen=True):
    code: str
    kind: Kind
    heard_at: datetime
    clock_ahead_s: float


class Noticed(msgspec.Struct, frozen=True):
    """A silence that began after `silent_since`; `ended_at`: the heartbeat that ended it."""

    centre_id: UUID
    kind: Kind
    silent_since: datetime
    ended_at: datetime | None


async def save(connection: Connection, centre_id: UUID, kind: Kind, now: datetime, ahead_s: float) -> None:
    """Of two heartbeats at once, taken by processes whose clocks differ a little, the later one stands."""
    await connection.execute(
        """
        INSERT INTO regions.feed AS feed (centre_id, kind, heard_at, clock_ahead_s) VALUES ($1, $2, $3, $4)
        ON CONFLICT (centre_id, kind) DO UPDATE
        SET heard_at = greatest(feed.heard_at, EXCLUDED.heard_at), clock_ahead_s = EXCLUDED.clock_ahead_s
        """,
        centre_id,
        kind.value,
        now,
        ahead_s,
    )


async def read(connection: Connection, centre_id: UUID, kind: Kind) -> Heard | None:
    return await fetch_one(
        connection,
        Heard,
        "SELECT heard_at, clock_ahead_s FROM regions.feed WHERE centre_id = $1 AND kind = $2",
        centre_id,
        kind.value,
    )


async def watched(connection: Connection, at: datetime) -> list[Watched]:
    """Every feed there has been, of the centres in office at a moment."""
    return await fetch_all(
        connection,
        Watched,
        """
        SELECT c.code, f.kind, f.heard_at, f.clock_ahead_s
        FROM regions.feed f JOIN regions.dispatch_centre c ON c.id = f.centre_id AND c.valid @> $1::timestamptz
        ORDER BY c.code, f.kind
        """,
        at,
    )


async def mark_silent(connection: Connection, not_since: datetime, at: datetime) -> list[Noticed]:
    """The feeds not heard since a moment whose silence nobody has noticed; from now on it is."""
    return await fetch_all(
        connection,
        Noticed,
        """
        UPDATE regions.feed f SET silent_since = f.heard_at
        FROM regions.dispatch_centre c
        WHERE c.id = f.centre_id AND c.valid @> $2::timestamptz AND f.silent_since IS NULL AND f.heard_at < $1
        RETURNING f.centre_id, f.kind, f.silent_since, NULL::timestamptz AS ended_at
        """,
        not_since,
        at,
    )


async def mark_heard(connection: Connection, since: datetime, at: datetime) -> list[Noticed]:
    """The feeds whose silence was noticed and that have been heard since a moment; from now on they are not silent."""
    return await fetch_all(
        connection,
        Noticed,
        """
        WITH ended AS (
          SELECT f.centre_id, f.kind, f.silent_since, f.heard_at AS ended_at
          FROM regions.feed f JOIN regions.dispatch_centre c ON c.id = f.centre_id AND c.valid @> $2::timestamptz
          WHERE f.silent_since IS NOT NULL AND f.heard_at >= $1 FOR UPDATE OF f)
        UPDATE regions.feed f SET silent_since = NULL FROM ended e WHERE f.centre_id = e.centre_id AND f.kind = e.kind
        RETURNING e.centre_id, e.kind, e.silent_since, e.ended_at
        """,
        since,
        at,
    )


async def forget(connection: Connection, code: str, kind: Kind, at: datetime) -> bool:
    """Stop watching a feed; False when there is none."""
    done = await connection.fetchval(
        """
        DELETE FROM regions.feed f USING regions.dispatch_centre c
        WHERE c.id = f.centre_id AND c.code = $1 AND c.valid @> $3::timestamptz AND f.kind = $2 RETURNING true
        """,
        code,
        kind.value,
        at,
    )
    return bool(done)
