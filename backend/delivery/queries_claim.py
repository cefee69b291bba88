"""SQL of claiming and starting. Leases go by the database's clock alone."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.delivery.message import Channel, Content, Urgency, What
from backend.foundation.database import Connection, fetch_all
from backend.foundation.ids import AddressId, AttemptId, DeliveryId, MessageId, VolunteerId
from backend.foundation.kinds import Kind


class Claim(msgspec.Struct, frozen=True):
    """A delivery that is ours until its lease is over; the fence tells this claim from every other."""

    id: DeliveryId
    fence: int
    channel: Channel


class Held(msgspec.Struct, frozen=True):
    """A claimed delivery with what is needed to send it, and whether it may start."""

    id: DeliveryId
    fence: int
    attempt_id: AttemptId
    attempts: int  # this one included, if it starts
    message_id: MessageId
    channel: Channel
    address_id: AddressId | None
    address_kind: str | None
    recipient: str | None
    platform: str | None
    language: str
    what: What
    kind: Kind
    subject_id: UUID
    volunteer_id: VolunteerId | None
    content: Content
    queued_at: datetime
    expires_at: datetime
    verdict: str  # start, stopped, expired, unavailable, address_gone, unreadable, lease_over


class Room(msgspec.Struct, frozen=True):
    """How much a worker may begin on one channel now; how much of it may be what was tried before; how urgent it is."""

    channel: Channel
    free: int
    again: int
    first: Urgency = Urgency.LIVE_ALARM
    last: Urgency = Urgency.NOTICE


async def claim(connection: Connection, rooms: Sequence[Room], lease_s: float, now: datetime) -> list[Claim]:
    """Lease what is due on each channel that is on: the most urgent first, of these the newest.

    Nobody waits for anybody. What is new and what was tried before are looked for apart and take turns, the new ones
    first: however much there is of either, neither waits for all of the other. Some that were tried before are locked
    and not leased then, for as long as this statement's transaction takes; what a room is not for is not locked. Leased
    is by an array of ids: as a join, a plan made while the queue was empty compared every row of the table with every
    one that is due.
    """
    return await fetch_all(
        connection,
        Claim,
        """
        WITH room AS (
          SELECT r.channel, r.free, r.again, r.first, r.last
          FROM unnest($1::text[], $2::int[], $3::int[], $6::int[], $7::int[]) AS r (channel, free, again, first, last)
          JOIN delivery.channel_switch s ON s.channel = r.channel AND s.enabled),
        due AS (
          SELECT room.channel, room.free, false AS tried, d.id, d.urgency, d.queued_at
          FROM room CROSS JOIN LATERAL (
            SELECT id, urgency, queued_at FROM delivery.delivery
            WHERE state = 'queued' AND channel = room.channel AND least(attempts, 1) = 0
              AND urgency BETWEEN room.first AND room.last AND next_at <= $5 AND expires_at > $5
            ORDER BY urgency, queued_at DESC LIMIT room.free FOR UPDATE SKIP LOCKED) d
          UNION ALL
          SELECT room.channel, room.free, true, d.id, d.urgency, d.queued_at
          FROM room CROSS JOIN LATERAL (
            SELECT id, urgency, queued_at FROM delivery.delivery
            WHERE state = 'queued' AND channel = room.channel AND least(attempts, 1) = 1
              AND urgency BETWEEN room.first AND room.last AND next_at <= $5 AND expires_at > $5
            ORDER BY urgency, queued_at DESC LIMIT room.again FOR UPDATE SKIP LOCKED) d),
        newest AS (
          SELECT id, channel, free, tried, urgency,
                 row_number() OVER (PARTITION BY channel, tried ORDER BY urgency, queued_at DESC) AS number
          FROM due),
        turn AS (
          SELECT id, free, row_number() OVER (PARTITION BY channel ORDER BY urgency, number, tried) AS number
          FROM newest)
        UPDATE delivery.delivery d
        SET state = 'leased', fence = d.fence + 1, lease_until = clock_timestamp() + $4 * interval '1 second'
        WHERE d.id = ANY(ARRAY(SELECT turn.id FROM turn WHERE turn.number <= turn.free))
        RETURNING d.id, d.fence, d.channel
        """,
        [room.channel.value for room in rooms],
        [room.free for room in rooms],
        [room.again for room in rooms],
        lease_s,
        now,
        [room.first.value for room in rooms],
        [room.last.value for room in rooms],
    )


class SealedPhone(msgspec.Struct, frozen=True):
    """Where a message goes, as it is kept: a volunteer's phone under a key of theirs, or a bare one for minutes."""

    delivery_id: DeliveryId
    channel: Channel
    bare_id: UUID | None
    bare_sealed: bytes | None
    volunteer_id: VolunteerId | None
    phone_sealed: bytes | None
    key_id: str | None
    wrapped: bytes | None


async def hold_messages(connection: Connection, delivery_ids: Sequence[DeliveryId]) -> list[SealedPhone]:
    """Lock the messages of these deliveries FOR SHARE: a stop now waits for us, or has already happened.

    Gives the sealed phones of those that go as text messages, so that they are opened before anything starts. Joined
    from the left, since a row of `held` that the rest did not ask for would not be locked.
    """
    rows = await fetch_all(
        connection,
        SealedPhone,
        """
        WITH held AS (
          SELECT id, volunteer_id FROM delivery.message
          WHERE id IN (SELECT message_id FROM delivery.delivery WHERE id = ANY($1::uuid[])) ORDER BY id FOR SHARE)
        SELECT d.id AS delivery_id, d.channel, b.id AS bare_id, b.value_sealed AS bare_sealed,
               i.volunteer_id, i.phone_sealed, k.key_id, k.wrapped
        FROM held m LEFT JOIN delivery.delivery d ON d.message_id = m.id AND d.id = ANY($1::uuid[])
        LEFT JOIN delivery.bare_address b ON b.id = d.bare_address_id
        LEFT JOIN volunteers.volunteer_identity i ON i.volunteer_id = m.volunteer_id AND d.channel = 'sms'
        LEFT JOIN volunteers.data_key k ON k.volunteer_id = i.volunteer_id
        """,
        list(delivery_ids),
    )
    return [row for row in rows if row.channel is Channel.SMS]


async def start(
    connection: Connection,
    claims: Sequence[Claim],
    attempt_ids: Sequence[AttemptId],
    lease_s: float,
    minute_of_week: int,
    now: datetime,
    unreadable: Sequence[DeliveryId],
) -> list[Held]:
    """Of the claims that are still ours: write an attempt and renew the lease where it may start, else say why not.

    `unreadable`: whose phone did not open, so that the next way or the next person is tried at once. Where a text
    message goes is the caller's to know. `minute_of_week` as quiet hours are kept: whoever has them since they were
    chosen is not rung. The messages must be held (:func:`hold_messages`) by an earlier statement of the transaction.
    """
    return await fetch_all(
        connection,
        Held,
        """
        WITH mine AS (
          SELECT id, fence, attempt_id FROM unnest($1::uuid[], $2::bigint[], $3::uuid[]) AS m (id, fence, attempt_id)),
        held AS (
          SELECT d.id, d.fence, mine.attempt_id, d.attempts, d.message_id, d.channel, d.address_id,
                 coalesce(a.channel, b.channel) AS address_kind,
                 a.value AS recipient,
                 device.platform, m.what, m.kind, m.subject_id, m.volunteer_id, m.content, d.queued_at, m.expires_at,
                 coalesce(m.content ->> 'language', device.language, (
                   SELECT newest.language FROM volunteers.device newest WHERE newest.volunteer_id = m.volunteer_id
                   ORDER BY newest.last_seen_at DESC LIMIT 1), 'da') AS language,
                 CASE WHEN m.stopped_at IS NOT NULL THEN 'stopped'
                      WHEN m.expires_at <= $5 THEN 'expired'
                      WHEN (b.id IS NOT NULL OR a.health = 'healthy') IS NOT TRUE
                        OR CASE d.channel WHEN 'sms' THEN b.id IS NULL AND i.volunteer_id IS NULL
                           ELSE a.value IS NULL END
                        THEN 'address_gone'
                      WHEN d.id = ANY($7::uuid[]) THEN 'unreadable'
                      WHEN m.what = 'ring' AND (
                        v.state = 'active' AND v.on_duty AND coalesce(v.snoozed_until <= $5, true)
                        AND NOT v.quiet_week @> $6::int) IS NOT TRUE
                        THEN 'unavailable'
                      WHEN d.lease_until <= clock_timestamp() THEN 'lease_over'
                      ELSE 'start' END AS verdict
          FROM mine
          JOIN delivery.delivery d ON d.id = mine.id AND d.fence = mine.fence
          JOIN delivery.message m ON m.id = d.message_id
          LEFT JOIN delivery.bare_address b ON b.id = d.bare_address_id
          LEFT JOIN volunteers.address a ON a.id = d.address_id
          LEFT JOIN volunteers.device device ON device.id = a.device_id
          LEFT JOIN volunteers.volunteer v ON v.id = m.volunteer_id
          LEFT JOIN volunteers.volunteer_identity i ON i.volunteer_id = m.volunteer_id AND d.channel = 'sms'
          WHERE d.state = 'leased' ORDER BY d.id FOR UPDATE OF d),
        moved AS (
          UPDATE delivery.delivery d
          SET state = CASE j.verdict WHEN 'start' THEN 'leased' WHEN 'lease_over' THEN 'queued'
                                     WHEN 'stopped' THEN 'stopped' WHEN 'expired' THEN 'expired' ELSE 'rejected' END,
              lease_until = CASE WHEN j.verdict = 'start' THEN clock_timestamp() + $4 * interval '1 second' END,
              attempts = d.attempts + CASE WHEN j.verdict = 'start' THEN 1 ELSE 0 END,
              reason = CASE WHEN j.verdict IN ('start', 'lease_over') THEN d.reason ELSE j.verdict END,
              settled_at = CASE WHEN j.verdict NOT IN ('start', 'lease_over') THEN $5::timestamptz END
          FROM held j WHERE d.id = j.id),
        begun AS (
          INSERT INTO delivery.attempt (id, delivery_id, fence, provider, started_at)
          SELECT attempt_id, id, fence, channel, $5 FROM held WHERE verdict = 'start')
        SELECT id, fence, attempt_id, attempts + 1 AS attempts, message_id, channel, address_id, address_kind,
               recipient, platform, language, what, kind, subject_id, volunteer_id, content, queued_at, expires_at,
               verdict
        FROM held ORDER BY id
        """,
        [c.id for c in claims],
        [c.fence for c in claims],
        list(attempt_ids),
        lease_s,
        now,
        minute_of_week,
        list(unreadable),
    )


class ExpiredLease(msgspec.Struct, frozen=True):
    """A delivery whose worker has not reported in time; without an attempt nothing was sent."""

    id: DeliveryId
    fence: int
    attempt_id: AttemptId | None


async def expired_leases(connection: Connection, limit: int) -> list[ExpiredLease]:
    """Leases that are over by the database's clock, those of live alarms first; nothing is locked."""
    return await fetch_all(
        connection,
        ExpiredLease,
        """
        SELECT d.id, d.fence, a.id AS attempt_id
        FROM delivery.delivery d LEFT JOIN delivery.attempt a ON a.delivery_id = d.id AND a.fence = d.fence
        WHERE d.state = 'leased' AND d.lease_until <= clock_timestamp()
        ORDER BY d.urgency, d.lease_until LIMIT $1
        """,
        limit,
    )


async def release(connection: Connection, leases: Sequence[ExpiredLease]) -> None:
    """Put claims that never started back into the queue."""
    await connection.execute(
        """
        WITH held AS (
          SELECT d.id FROM delivery.delivery d JOIN unnest($1::uuid[], $2::bigint[]) AS l (id, fence)
            ON l.id = d.id AND l.fence = d.fence
          WHERE d.state = 'leased' AND d.lease_until <= clock_timestamp() ORDER BY d.id FOR UPDATE OF d)
        UPDATE delivery.delivery d SET state = 'queued', lease_until = NULL FROM held WHERE d.id = held.id
        """,
        [lease.id for lease in leases],
        [lease.fence for lease in leases],
    )


async def oldest_due(connection: Connection, now: datetime) -> datetime | None:
    """When the longest-waiting delivery that is due became so; None when nothing waits."""
    found: datetime | None = await connection.fetchval(
        """
        SELECT min(next_at) FROM delivery.delivery
        WHERE state = 'queued' AND channel <> 'in_app' AND next_at <= $1 AND expires_at > $1
        """,
        now,
    )
    return found
