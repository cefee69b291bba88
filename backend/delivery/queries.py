"""SQL of queueing, stopping and receipts. Deliveries are locked by id, so that nobody waits in a circle."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.delivery.message import DELIVERIES, Channel, NewMessage
from backend.foundation.database import Connection, fetch_all, fetch_one
from backend.foundation.ids import AddressId, DeliveryId, MessageId, VolunteerId
from backend.identity.data_keys import Sealed
from backend.identity.ring import ring_of


class Route(msgspec.Struct, frozen=True):
    """A healthy address and the channel that serves it."""

    volunteer_id: VolunteerId
    address_id: AddressId
    channel: Channel


class Routes(msgspec.Struct, frozen=True):
    routes: list[Route]
    told_by_sms: list[UUID]  # subjects about which an SMS went out, or may have
    heard: list[UUID]  # subjects about which an app showed something
    tried: list[UUID]  # subjects about which anything went out, or may have
    sms_enabled: bool


class NewDelivery(msgspec.Struct, frozen=True):
    id: DeliveryId
    channel: Channel
    address_id: AddressId | None
    bare_address_id: UUID | None
    urgency: int
    next_at: datetime


class NewRow(msgspec.Struct, frozen=True):
    id: MessageId
    message: NewMessage
    deliveries: tuple[NewDelivery, ...]


class NewBareAddress(msgspec.Struct, frozen=True):
    id: UUID
    value: str
    expires_at: datetime


async def routes(connection: Connection, volunteer_ids: Sequence[VolunteerId], standing_down: Sequence[UUID]) -> Routes:
    """The healthy addresses of these volunteers on channels that are on; who knows of the subjects, and how."""
    row = await fetch_one(
        connection,
        Routes,
        """
        SELECT coalesce((
                 SELECT jsonb_agg(
                   jsonb_build_object('volunteer_id', a.volunteer_id, 'address_id', a.id, 'channel', s.channel)
                   ORDER BY a.created_at, a.id)
                 FROM volunteers.address a
                 JOIN delivery.channel_switch s ON s.enabled AND s.channel =
                   CASE WHEN a.channel IN ('fcm_token', 'fcm_fid') THEN 'fcm' ELSE a.channel END
                 WHERE a.volunteer_id = ANY($1::uuid[]) AND a.health = 'healthy'), '[]'::jsonb) AS routes,
               coalesce((
                 SELECT jsonb_agg(DISTINCT m.subject_id)
                 FROM delivery.message m JOIN delivery.delivery d ON d.message_id = m.id
                 WHERE m.subject_id = ANY($2::uuid[]) AND d.channel = 'sms' AND d.attempts > 0
               ), '[]'::jsonb) AS told_by_sms,
               coalesce((
                 SELECT jsonb_agg(DISTINCT m.subject_id)
                 FROM delivery.message m JOIN delivery.delivery d ON d.message_id = m.id
                 JOIN delivery.receipt r ON r.delivery_id = d.id
                 WHERE m.subject_id = ANY($2::uuid[])), '[]'::jsonb) AS heard,
               coalesce((
                 SELECT jsonb_agg(DISTINCT m.subject_id)
                 FROM delivery.message m JOIN delivery.delivery d ON d.message_id = m.id
                 WHERE m.subject_id = ANY($2::uuid[]) AND d.attempts > 0), '[]'::jsonb) AS tried,
               (SELECT enabled FROM delivery.channel_switch WHERE channel = 'sms') AS sms_enabled
        """,
        list(volunteer_ids),
        list(standing_down),
    )
    assert row is not None
    return row


async def insert_messages(
    connection: Connection, rows: Sequence[NewRow], bare: Sequence[NewBareAddress], now: datetime
) -> None:
    """Write messages, deliveries and bare addresses (sealed) and notify the workers, in one statement."""
    ring = ring_of(connection)
    deliveries = [(row, delivery) for row in rows for delivery in row.deliveries]
    await connection.execute(
        """
        WITH bare AS (
          INSERT INTO delivery.bare_address (id, channel, value_sealed, expires_at)
          SELECT id, 'sms', value_sealed, expires_at
          FROM unnest($1::uuid[], $2::bytea[], $3::timestamptz[]) AS b (id, value_sealed, expires_at)),
        messages AS (
          INSERT INTO delivery.message (id, kind, what, subject_id, volunteer_id, content, created_at, expires_at)
          SELECT id, kind, what, subject_id, volunteer_id, content, $4, expires_at
          FROM unnest($5::uuid[], $6::text[], $7::text[], $8::uuid[], $9::uuid[], $10::jsonb[], $11::timestamptz[])
            AS m (id, kind, what, subject_id, volunteer_id, content, expires_at)),
        deliveries AS (
          INSERT INTO delivery.delivery
            (id, message_id, kind, channel, address_id, bare_address_id, state, urgency, queued_at, expires_at, next_at)
          SELECT id, message_id, kind, channel, address_id, bare_address_id, 'queued', urgency, $4, expires_at, next_at
          FROM unnest($12::uuid[], $13::uuid[], $14::text[], $15::text[], $16::uuid[], $17::uuid[], $18::int[],
                      $19::timestamptz[], $20::timestamptz[])
            AS d (id, message_id, kind, channel, address_id, bare_address_id, urgency, expires_at, next_at)
          RETURNING 1)
        SELECT pg_notify($21, '') FROM deliveries LIMIT 1
        """,
        [b.id for b in bare],
        [ring.seal_passing(Sealed.BARE_ADDRESS, b.id, b.value.encode()) for b in bare],
        [b.expires_at for b in bare],
        now,
        [r.id for r in rows],
        [r.message.kind.value for r in rows],
        [r.message.what.value for r in rows],
        [r.message.subject_id for r in rows],
        [r.message.volunteer_id for r in rows],
        [r.message.content for r in rows],
        [r.message.expires_at for r in rows],
        [d.id for _, d in deliveries],
        [r.id for r, _ in deliveries],
        [r.message.kind.value for r, _ in deliveries],
        [d.channel.value for _, d in deliveries],
        [d.address_id for _, d in deliveries],
        [d.bare_address_id for _, d in deliveries],
        [d.urgency for _, d in deliveries],
        [r.message.expires_at for r, _ in deliveries],
        [d.next_at for _, d in deliveries],
        DELIVERIES,
    )


async def stop_messages(connection: Connection, subject_ids: Sequence[UUID], now: datetime) -> None:
    """Stop what is not yet stopped; waits for attempts that are being started at this moment."""
    await connection.execute(
        """
        WITH held AS (
          SELECT id FROM delivery.message WHERE subject_id = ANY($1::uuid[]) AND stopped_at IS NULL
          ORDER BY id FOR NO KEY UPDATE)
        UPDATE delivery.message m SET stopped_at = $2, content = m.content - 'code' FROM held WHERE m.id = held.id
        """,
        list(subject_ids),
        now,
    )


async def stop_deliveries(connection: Connection, subject_ids: Sequence[UUID], now: datetime) -> None:
    """Take stopped messages' deliveries out of the queue; what a worker holds it will not start any more."""
    await connection.execute(
        """
        WITH held AS (
          SELECT d.id FROM delivery.delivery d JOIN delivery.message m ON m.id = d.message_id
          WHERE m.subject_id = ANY($1::uuid[]) AND m.stopped_at IS NOT NULL AND d.state = 'queued'
          ORDER BY d.id FOR UPDATE OF d)
        UPDATE delivery.delivery d SET state = 'stopped', settled_at = $2
        FROM held WHERE d.id = held.id AND d.state = 'queued'
        """,
        list(subject_ids),
        now,
    )


async def unsettled(connection: Connection, subject_ids: Sequence[UUID]) -> int:
    """Attempts of stopped messages that were started, have no result, and whose lease (database clock) is not over."""
    count = await connection.fetchval(
        """
        SELECT count(*) FROM delivery.message m
        JOIN delivery.delivery d ON d.message_id = m.id
        JOIN delivery.attempt a ON a.delivery_id = d.id AND a.fence = d.fence
        WHERE m.subject_id = ANY($1::uuid[]) AND m.stopped_at IS NOT NULL AND d.state = 'leased'
          AND d.lease_until > clock_timestamp()
          AND NOT EXISTS (SELECT 1 FROM delivery.attempt_result r WHERE r.attempt_id = a.id)
        """,
        list(subject_ids),
    )
    return int(count)


class StoppedSubject(msgspec.Struct, frozen=True):
    """What had become of a subject's stopped messages."""

    subject_id: UUID
    accepted: bool
    unknown: bool  # some attempt may have arrived although nobody said so


async def stopped_subjects(connection: Connection, subject_ids: Sequence[UUID]) -> list[StoppedSubject]:
    """Per subject with a stopped ring or revision: did a provider take one, or may one have?

    Whoever was only told not to go (their ring had been taken back before) was not sent.
    """
    return await fetch_all(
        connection,
        StoppedSubject,
        """
        SELECT m.subject_id, coalesce(bool_or(d.state = 'accepted'), false) AS accepted,
               coalesce(bool_or(d.ambiguous OR d.state = 'leased' AND EXISTS (
                 SELECT 1 FROM delivery.attempt a WHERE a.delivery_id = d.id AND a.fence = d.fence)), false) AS unknown
        FROM delivery.message m LEFT JOIN delivery.delivery d ON d.message_id = m.id
        WHERE m.subject_id = ANY($1::uuid[]) AND m.what IN ('ring', 'revision') AND m.stopped_at IS NOT NULL
        GROUP BY m.subject_id
        """,
        list(subject_ids),
    )


class Receivable(msgspec.Struct, frozen=True):
    """A delivery that a receipt could be about."""

    id: DeliveryId
    message_id: MessageId
    what: str
    channel: Channel
    state: str
    address_id: AddressId | None
    received: bool


async def receivable(
    connection: Connection,
    subject_id: UUID,
    volunteer_id: VolunteerId,
    shown_at: datetime | None,
    revision: int | None,
    word_id: UUID | None = None,
) -> list[Receivable]:
    """The deliveries of the message this receipt is about, locked by id.

    That is the newest message made before it was shown and, where the receipt names the revision that was shown, of no
    later one; a device whose clock is behind them all means the first. A word is none of these: its receipt names it,
    and one that does not never stands for it, nor it for a new place.
    """
    return await fetch_all(
        connection,
        Receivable,
        """
        WITH message AS (
          SELECT id, what FROM delivery.message
          WHERE subject_id = $1 AND volunteer_id = $2
            AND CASE WHEN $5::uuid IS NULL THEN what <> 'word' ELSE content ->> 'word_id' = $5::uuid::text END
          ORDER BY CASE WHEN ($3::timestamptz IS NULL OR created_at <= $3)
                         AND ($4::int IS NULL OR coalesce((content ->> 'revision')::int, 0) <= $4)
                        THEN created_at END DESC NULLS LAST, created_at, id DESC
          LIMIT 1),
        held AS (
          SELECT d.id, d.message_id, d.channel, d.state, d.address_id
          FROM delivery.delivery d JOIN message m ON m.id = d.message_id
          ORDER BY d.id FOR UPDATE OF d)
        SELECT h.id, h.message_id, m.what, h.channel, h.state, h.address_id,
               EXISTS (SELECT 1 FROM delivery.receipt r WHERE r.delivery_id = h.id) AS received
        FROM held h JOIN message m ON m.id = h.message_id ORDER BY h.id
        """,
        subject_id,
        volunteer_id,
        shown_at,
        revision,
        word_id,
    )


async def insert_receipt(
    connection: Connection, delivery_id: DeliveryId, shown_at: datetime | None, now: datetime
) -> None:
    """Keep a receipt; the first about a delivery stands."""
    await connection.execute(
        "INSERT INTO delivery.receipt (delivery_id, shown_at, received_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        delivery_id,
        shown_at,
        now,
    )


async def no_longer_needed(connection: Connection, message_id: MessageId, now: datetime) -> None:
    """Take what still waits of a received message out of the queue; the caller holds these rows."""
    await connection.execute(
        "UPDATE delivery.delivery SET state = 'not_needed', settled_at = $2 WHERE message_id = $1 AND state = 'queued'",
        message_id,
        now,
    )
