"""SQL of settling: results, what becomes of deliveries, and of the ways that wait beside them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.delivery.message import DELIVERIES, Channel, DeliveryState, What
from backend.foundation.database import Connection, fetch_all
from backend.foundation.ids import AttemptId, DeliveryId, MessageId


class Ours(msgspec.Struct, frozen=True):
    """A delivery as it stands while we hold it."""

    id: DeliveryId
    message_id: MessageId
    what: What
    fence: int
    state: DeliveryState
    attempts: int
    expires_at: datetime
    stopped: bool


class Ended(msgspec.Struct, frozen=True):
    """A delivery that came to its end without being accepted."""

    id: DeliveryId
    message_id: MessageId
    subject_id: UUID
    what: What
    expires_at: datetime


class Result(msgspec.Struct, frozen=True):
    """A row of delivery.attempt_result."""

    attempt_id: AttemptId
    outcome: str
    code: str | None
    reference: str | None
    latency_ms: int | None


class Move(msgspec.Struct, frozen=True):
    """What a delivery becomes."""

    id: DeliveryId
    state: DeliveryState
    next_at: datetime | None
    reason: str | None
    ambiguous: bool


class Share(msgspec.Struct, frozen=True):
    """How many of a provider's recent answers said the same thing."""

    alike: int
    of: int


async def hold(connection: Connection, delivery_ids: Sequence[DeliveryId]) -> list[Ours]:
    """Lock these deliveries by id."""
    return await fetch_all(
        connection,
        Ours,
        """
        SELECT d.id, d.message_id, m.what, d.fence, d.state, d.attempts, d.expires_at,
               m.stopped_at IS NOT NULL AS stopped
        FROM delivery.delivery d JOIN delivery.message m ON m.id = d.message_id
        WHERE d.id = ANY($1::uuid[]) ORDER BY d.id FOR UPDATE OF d
        """,
        list(delivery_ids),
    )


async def write(connection: Connection, results: Sequence[Result], moves: Sequence[Move], now: datetime) -> None:
    """Keep what came of attempts (the first word about an attempt stands), and what became of deliveries the caller
    holds. In one statement, since this is written for every push."""
    await connection.execute(
        """
        WITH kept AS (
          INSERT INTO delivery.attempt_result (attempt_id, outcome, code, provider_reference, latency_ms, ended_at)
          SELECT attempt_id, outcome, code, reference, latency_ms, $11
          FROM unnest($6::uuid[], $7::text[], $8::text[], $9::text[], $10::int[])
            AS r (attempt_id, outcome, code, reference, latency_ms)
          ON CONFLICT (attempt_id) DO NOTHING)
        UPDATE delivery.delivery d
        SET state = m.state, lease_until = NULL, next_at = coalesce(m.next_at, d.next_at), reason = m.reason,
            ambiguous = d.ambiguous OR m.ambiguous, settled_at = CASE WHEN m.state <> 'queued' THEN $11::timestamptz END
        FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::bool[])
          AS m (id, state, next_at, reason, ambiguous)
        WHERE d.id = m.id
        """,
        [m.id for m in moves],
        [m.state.value for m in moves],
        [m.next_at for m in moves],
        [m.reason for m in moves],
        [m.ambiguous for m in moves],
        [r.attempt_id for r in results],
        [r.outcome for r in results],
        [r.code for r in results],
        [r.reference for r in results],
        [r.latency_ms for r in results],
        now,
    )


async def hurry_others(connection: Connection, message_ids: Sequence[MessageId], now: datetime) -> None:
    """Send at once what waits as the second way of these messages, unless another way was accepted already.

    What somebody holds at this moment is being claimed or received: it needs no hurry, and nobody waits in a circle.
    """
    await connection.execute(
        """
        WITH waiting AS (
          SELECT d.id FROM delivery.delivery d
          WHERE d.message_id = ANY($1::uuid[]) AND d.state = 'queued' AND d.attempts = 0 AND d.channel <> 'in_app'
            AND d.next_at > $2 AND NOT EXISTS (
              SELECT 1 FROM delivery.delivery o WHERE o.message_id = d.message_id AND o.state = 'accepted')
          FOR UPDATE OF d SKIP LOCKED),
        hurried AS (UPDATE delivery.delivery d SET next_at = $2 FROM waiting WHERE d.id = waiting.id RETURNING 1)
        SELECT pg_notify($3, '') FROM hurried LIMIT 1
        """,
        list(message_ids),
        now,
        DELIVERIES,
    )


async def one_at_a_time(connection: Connection, subject_ids: Sequence[UUID]) -> None:
    """Two ways of one ring that end at once look in turn: else each would see the other still on its way."""
    await connection.execute(
        """
        SELECT pg_advisory_xact_lock(hashtextextended('ended ' || id::text, 0))
        FROM (SELECT id FROM unnest($1::uuid[]) AS s (id) ORDER BY id) AS ordered
        """,
        list(subject_ids),
    )


async def ended(connection: Connection, delivery_ids: Sequence[DeliveryId]) -> list[Ended]:
    """Which of these came to their end without being accepted."""
    return await fetch_all(
        connection,
        Ended,
        """
        SELECT d.id, d.message_id, m.subject_id, m.what, m.expires_at
        FROM delivery.delivery d JOIN delivery.message m ON m.id = d.message_id
        WHERE d.id = ANY($1::uuid[]) AND d.state IN ('rejected', 'expired', 'stopped')
        """,
        list(delivery_ids),
    )


async def forget_secrets(connection: Connection, delivery_ids: Sequence[DeliveryId]) -> None:
    """Take the code out of messages nothing is to be sent of any more, and drop the bare numbers they went to."""
    await connection.execute(
        """
        WITH over AS (
          SELECT m.id FROM delivery.message m
          WHERE m.id IN (SELECT message_id FROM delivery.delivery WHERE id = ANY($1::uuid[])) AND m.what = 'code'
            AND NOT EXISTS (
              SELECT 1 FROM delivery.delivery o WHERE o.message_id = m.id AND o.state IN ('queued', 'leased'))
          FOR NO KEY UPDATE OF m SKIP LOCKED),
        blanked AS (UPDATE delivery.message m SET content = m.content - 'code' FROM over WHERE m.id = over.id)
        DELETE FROM delivery.bare_address b USING delivery.delivery d, over
        WHERE d.message_id = over.id AND b.id = d.bare_address_id
        """,
        list(delivery_ids),
    )


async def expire(connection: Connection, limit: int, now: datetime) -> list[DeliveryId]:
    """End what waits beyond its message's time."""
    rows = await connection.fetch(
        """
        WITH late AS (
          SELECT id FROM delivery.delivery WHERE state = 'queued' AND expires_at <= $2
          ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED)
        UPDATE delivery.delivery d SET state = 'expired', settled_at = $2 FROM late WHERE d.id = late.id RETURNING d.id
        """,
        limit,
        now,
    )
    return [DeliveryId(row["id"]) for row in rows]


async def reject_unserved(
    connection: Connection, served: Sequence[Channel], limit: int, now: datetime
) -> list[DeliveryId]:
    """End what waits for a channel that this installation has not, or that was switched off since.

    The app's own stream is served by the API: it ends only by its switch. At most `limit` for each channel; what waits
    for the others, however much it is, is not looked at.
    """
    rows = await connection.fetch(
        """
        WITH stuck AS (
          SELECT d.id FROM (
            SELECT channel FROM delivery.channel_switch
            WHERE NOT enabled OR channel <> 'in_app' AND channel <> ALL($1::text[])) s
          CROSS JOIN LATERAL (
            SELECT id FROM delivery.delivery WHERE state = 'queued' AND channel = s.channel
            LIMIT $2 FOR UPDATE SKIP LOCKED) d)
        UPDATE delivery.delivery d SET state = 'rejected', reason = 'channel_off', settled_at = $3
        FROM stuck WHERE d.id = stuck.id RETURNING d.id
        """,
        [channel.value for channel in served],
        limit,
        now,
    )
    return [DeliveryId(row["id"]) for row in rows]


async def forget_overdue_secrets(connection: Connection, now: datetime) -> int:
    """Take codes out of messages whose time is over, and drop bare numbers of that age; how many of both."""
    done = await connection.fetchval(
        """
        WITH over AS (
          SELECT id FROM delivery.message WHERE content ? 'code' AND expires_at <= $1 FOR NO KEY UPDATE SKIP LOCKED),
        blanked AS (
          UPDATE delivery.message m SET content = m.content - 'code' FROM over WHERE m.id = over.id RETURNING 1),
        dropped AS (DELETE FROM delivery.bare_address WHERE expires_at <= $1 RETURNING 1)
        SELECT (SELECT count(*) FROM blanked) + (SELECT count(*) FROM dropped)
        """,
        now,
    )
    return int(done)


async def share_alike(connection: Connection, provider: str, code: str, since: datetime) -> Share:
    """Of a provider's answers to attempts started after `since`: how many bore this code, of how many."""
    (found,) = await fetch_all(
        connection,
        Share,
        """
        SELECT count(*) FILTER (WHERE r.code = $2) AS alike, count(*) AS of
        FROM delivery.attempt a JOIN delivery.attempt_result r ON r.attempt_id = a.id
        WHERE a.started_at > $3 AND a.provider = $1
        """,
        provider,
        code,
        since,
    )
    return found


async def forget_synthetic(connection: Connection, subject_ids: Sequence[UUID]) -> None:
    """Messages of the synthetic alarm about these, with all that was tried; no other's: the database looks itself."""
    await connection.execute("SELECT delivery.forget_synthetic($1::uuid[])", list(subject_ids))
