"""All SQL about webhooks. Leases go by the database's clock alone."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.foundation.database import Connection, fetch_all
from backend.foundation.journal import Fact
from backend.webhooks.subscription import Subscription


class Claim(msgspec.Struct, frozen=True):
    """An event that is ours to send until its lease is over, with what it says and where it goes."""

    subscription_id: UUID
    entry_id: int
    fence: int
    attempts: int  # this one included
    url: str
    secret_sealed: bytes
    event: str
    at: datetime
    incident_id: UUID
    seq: int
    facts: dict[str, Fact]
    kind: str

    def __repr__(self) -> str:
        return f"Claim({self.subscription_id}, {self.entry_id})"


class Settled(msgspec.Struct, frozen=True):
    """What came of a claim; `next_at` is None where it was delivered."""

    subscription_id: UUID
    entry_id: int
    fence: int
    outcome: str
    next_at: datetime | None


class Waiting(msgspec.Struct, frozen=True):
    """How long the oldest event of a kind waits, of those that are still to be told."""

    kind: str
    oldest: datetime


class Row(msgspec.Struct, frozen=True):
    """A subscription as it is listed."""

    id: UUID
    centre: str
    kind: str
    url: str
    events: list[str]
    added_at: datetime
    disabled_at: datetime | None
    waiting: int
    oldest: datetime | None
    outcome: str | None  # of the last attempt at what waits longest


async def read_on(connection: Connection, at_most: int, expires_at: datetime, now: datetime) -> int:
    """Queue what was sealed since the last look for whoever wants it; how many places the chain was read on by.

    A centre is told of its own incidents, of those it acts for then, and of those of the one its work has moved to.
    0 also when another worker is at it. An entry is queued once: place and events move in one statement.
    """
    read: int = await connection.fetchval(
        """
        WITH until AS (
          SELECT position FROM webhooks.read_until FOR UPDATE SKIP LOCKED),
        sealed AS MATERIALIZED (
          SELECT s.position, s.source, s.record_id
          FROM until JOIN foundation.journal_seal s ON s.position > until.position
          ORDER BY s.position LIMIT $1),
        entries AS MATERIALIZED (
          SELECT position, record_id::bigint AS id FROM sealed WHERE source = 'entry'),
        queued AS (
          INSERT INTO webhooks.delivery
            (subscription_id, entry_id, centre_id, incident_id, seq, state, queued_at, next_at, expires_at)
          SELECT s.id, e.id, e.centre_id, e.incident_id, e.seq, 'queued', $3, $3, $2
          FROM entries
          JOIN foundation.journal_entry e ON e.id = entries.id AND e.incident_id IS NOT NULL
          JOIN webhooks.subscription s ON s.kind = e.kind
            AND (s.centre_id = e.centre_id OR EXISTS (
              SELECT FROM regions.access g WHERE g.valid @> e.at AND (
                g.acting_id = s.centre_id AND g.centre_id = e.centre_id
                OR g.why = 'merged' AND g.centre_id = s.centre_id AND g.acting_id = e.centre_id)))
            AND s.disabled_at IS NULL AND s.added_at <= e.at AND (s.events = '{}' OR e.event = ANY(s.events))
          RETURNING 1),
        moved AS (
          UPDATE webhooks.read_until u SET position = newest.position
          FROM (SELECT max(position) AS position FROM sealed) newest WHERE newest.position IS NOT NULL
          RETURNING 1)
        SELECT count(*) FROM sealed
        """,
        at_most,
        expires_at,
        now,
    )
    return read


async def claim(connection: Connection, room: int, each: int, lease_s: float, now: datetime) -> list[Claim]:
    """Lease at most `room` due events, `each` at most under way for a subscription; nobody waits for anybody.

    An incident's step is due when every earlier one is over, so that they arrive in their order.
    """
    return await fetch_all(
        connection,
        Claim,
        """
        WITH under_way AS (
          SELECT subscription_id, count(*) AS leased FROM webhooks.delivery
          WHERE state = 'leased' AND lease_until > clock_timestamp() GROUP BY subscription_id),
        due AS (
          SELECT d.subscription_id, d.entry_id, d.next_at,
                 row_number() OVER (PARTITION BY d.subscription_id ORDER BY d.next_at, d.entry_id)
                   + coalesce(under_way.leased, 0) AS number
          FROM webhooks.delivery d
          JOIN webhooks.subscription s ON s.id = d.subscription_id AND s.disabled_at IS NULL
          LEFT JOIN under_way ON under_way.subscription_id = d.subscription_id
          WHERE (d.state = 'queued' AND d.next_at <= $4 OR d.state = 'leased' AND d.lease_until <= clock_timestamp())
            AND d.expires_at > $4
            AND NOT EXISTS (
              SELECT 1 FROM webhooks.delivery earlier
              WHERE earlier.subscription_id = d.subscription_id AND earlier.incident_id = d.incident_id
                AND earlier.seq < d.seq AND earlier.state IN ('queued', 'leased'))),
        chosen AS (
          SELECT d.subscription_id, d.entry_id FROM webhooks.delivery d JOIN due USING (subscription_id, entry_id)
          -- Said again, because this is looked at once more where another worker was faster.
          WHERE (d.state = 'queued' AND d.next_at <= $4 OR d.state = 'leased' AND d.lease_until <= clock_timestamp())
            AND due.number <= $2
          ORDER BY due.number, due.next_at LIMIT $1 FOR UPDATE OF d SKIP LOCKED),
        leased AS (
          UPDATE webhooks.delivery d
          SET state = 'leased', fence = d.fence + 1, attempts = d.attempts + 1,
              lease_until = clock_timestamp() + $3 * interval '1 second'
          FROM chosen WHERE d.subscription_id = chosen.subscription_id AND d.entry_id = chosen.entry_id
          RETURNING d.subscription_id, d.entry_id, d.fence, d.attempts, d.incident_id, d.seq)
        SELECT l.subscription_id, l.entry_id, l.fence, l.attempts, s.url, s.secret_sealed, e.event, e.at,
               l.incident_id, l.seq, e.facts, s.kind
        FROM leased l
        JOIN webhooks.subscription s ON s.id = l.subscription_id
        JOIN foundation.journal_entry e ON e.id = l.entry_id
        """,
        room,
        each,
        lease_s,
        now,
    )


async def settle(connection: Connection, settled: Sequence[Settled]) -> None:
    """Move what is still ours; a claim whose fence has passed on moves nothing."""
    await connection.execute(
        """
        UPDATE webhooks.delivery d
        SET state = CASE WHEN s.next_at IS NULL THEN 'delivered' ELSE 'queued' END,
            next_at = coalesce(s.next_at, d.next_at), outcome = s.outcome, lease_until = NULL
        FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::text[], $5::timestamptz[])
          AS s (subscription_id, entry_id, fence, outcome, next_at)
        WHERE d.subscription_id = s.subscription_id AND d.entry_id = s.entry_id AND d.fence = s.fence
          AND d.state = 'leased'
        """,
        [each.subscription_id for each in settled],
        [each.entry_id for each in settled],
        [each.fence for each in settled],
        [each.outcome for each in settled],
        [each.next_at for each in settled],
    )


async def end_the_late(connection: Connection, now: datetime) -> int:
    """End what nobody took in its time; how many events that were."""
    ended: int = await connection.fetchval(
        """
        WITH ended AS (
          UPDATE webhooks.delivery SET state = 'expired', lease_until = NULL
          WHERE state IN ('queued', 'leased') AND expires_at <= $1
            AND (lease_until IS NULL OR lease_until <= clock_timestamp())
          RETURNING 1)
        SELECT count(*) FROM ended
        """,
        now,
    )
    return ended


async def waiting(connection: Connection) -> list[Waiting]:
    """By kind: since when the oldest event waits that is still to be told."""
    return await fetch_all(
        connection,
        Waiting,
        """
        SELECT s.kind, min(d.queued_at) AS oldest
        FROM webhooks.delivery d JOIN webhooks.subscription s ON s.id = d.subscription_id AND s.disabled_at IS NULL
        WHERE d.state IN ('queued', 'leased') GROUP BY s.kind
        """,
    )


async def forget_over(connection: Connection, before: datetime) -> int:
    """Remove events that were over and queued before a time."""
    removed: int = await connection.fetchval(
        """
        WITH removed AS (
          DELETE FROM webhooks.delivery
          WHERE state IN ('delivered', 'expired', 'dropped') AND queued_at < $1 RETURNING 1)
        SELECT count(*) FROM removed
        """,
        before,
    )
    return removed


async def add(connection: Connection, subscription: Subscription) -> None:
    await connection.execute(
        """
        INSERT INTO webhooks.subscription (id, centre_id, kind, url, secret_sealed, events, added_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        subscription.id,
        subscription.centre_id,
        subscription.kind,
        subscription.url,
        subscription.secret_sealed,
        subscription.events,
        subscription.added_at,
    )


async def subscription(connection: Connection, subscription_id: UUID) -> Subscription | None:
    found = await fetch_all(
        connection,
        Subscription,
        """
        SELECT id, centre_id, kind, url, secret_sealed, events, added_at, disabled_at
        FROM webhooks.subscription WHERE id = $1
        """,
        subscription_id,
    )
    return found[0] if found else None


async def disable(connection: Connection, subscription_id: UUID, now: datetime) -> bool:
    """Tell it nothing more; False where it was told nothing already. What was on its way is dropped."""
    disabled: bool = await connection.fetchval(
        """
        WITH disabled AS (
          UPDATE webhooks.subscription SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL RETURNING id),
        dropped AS (
          UPDATE webhooks.delivery d SET state = 'dropped', lease_until = NULL
          FROM disabled WHERE d.subscription_id = disabled.id AND d.state IN ('queued', 'leased') RETURNING 1)
        SELECT EXISTS (SELECT 1 FROM disabled)
        """,
        subscription_id,
        now,
    )
    return disabled


async def rows(connection: Connection, now: datetime) -> list[Row]:
    """Every subscription with how it fares, those that are told first."""
    return await fetch_all(
        connection,
        Row,
        """
        SELECT s.id, coalesce(c.code, s.centre_id::text) AS centre, s.kind, s.url, s.events, s.added_at, s.disabled_at,
               coalesce(w.waiting, 0) AS waiting, w.oldest, w.outcome
        FROM webhooks.subscription s
        LEFT JOIN LATERAL (
          SELECT code FROM regions.dispatch_centre d WHERE d.id = s.centre_id LIMIT 1) c ON true
        LEFT JOIN LATERAL (
          SELECT count(*) AS waiting, min(d.queued_at) AS oldest,
                 (array_agg(d.outcome ORDER BY d.queued_at) FILTER (WHERE d.outcome IS NOT NULL))[1] AS outcome
          FROM webhooks.delivery d
          WHERE d.subscription_id = s.id AND d.state IN ('queued', 'leased') AND d.expires_at > $1) w ON true
        ORDER BY s.disabled_at IS NOT NULL, s.added_at
        """,
        now,
    )


class SealedSecret(msgspec.Struct, frozen=True):
    id: UUID
    secret_sealed: bytes


async def every_secret(connection: Connection) -> list[SealedSecret]:
    """Of subscriptions that ended, too."""
    return await fetch_all(
        connection, SealedSecret, "SELECT id, secret_sealed FROM webhooks.subscription ORDER BY id FOR UPDATE"
    )


async def put_secret(connection: Connection, subscription_id: UUID, sealed: bytes) -> None:
    await connection.execute(
        "UPDATE webhooks.subscription SET secret_sealed = $2 WHERE id = $1", subscription_id, sealed
    )
