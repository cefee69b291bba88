"""A test alarm: somebody rings their own phone on every channel and sees which came."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from backend.delivery.enqueue import enqueue
from backend.delivery.message import Channel, DeliveryState, NewMessage, What
from backend.foundation.database import Connection, fetch_all
from backend.foundation.ids import VolunteerId, in_order
from backend.foundation.kinds import Kind

RINGS_FOR = timedelta(minutes=2)
REMEMBERED_FOR = timedelta(hours=1)


class Outcome(StrEnum):
    """What became of a test alarm on one channel, as its owner sees it."""

    WAITING = "waiting"
    SENT = "sent"  # a provider took it, or it was written to the app's stream
    FAILED = "failed"
    RECEIVED = "received"  # the app says it came


class TestAlarm(msgspec.Struct, frozen=True):
    id: UUID
    expires_at: datetime
    channels: list[Channel]


class Way(msgspec.Struct, frozen=True):
    """One channel of a test alarm; the best of several addresses."""

    channel: Channel
    outcome: Outcome
    received_at: datetime | None


class Waiting(msgspec.Struct, frozen=True):
    id: UUID
    expires_at: datetime


async def start(connection: Connection, volunteer_id: VolunteerId, kind: Kind, now: datetime) -> TestAlarm:
    """Queue it on every channel at once. No channels: nothing reaches this person, and now they know."""
    test_id, expires_at = in_order(), now + RINGS_FOR
    message = NewMessage(What.TEST_ALARM, test_id, kind, volunteer_id, None, {}, expires_at)
    await enqueue(connection, [message], 0, now)
    await connection.execute("SELECT pg_notify('hjerteloeber_volunteer', $1::text)", str(volunteer_id))
    return TestAlarm(test_id, expires_at, [way.channel for way in await ways(connection, test_id, volunteer_id)])


async def waiting(connection: Connection, volunteer_id: VolunteerId, now: datetime) -> list[Waiting]:
    """Test alarms that still ring."""
    return await fetch_all(
        connection,
        Waiting,
        """
        SELECT subject_id AS id, expires_at FROM delivery.message
        WHERE volunteer_id = $1 AND what = 'test_alarm' AND expires_at > $2 ORDER BY created_at
        """,
        volunteer_id,
        now,
    )


class _Row(msgspec.Struct, frozen=True):
    channel: Channel
    state: DeliveryState
    received_at: datetime | None


async def ways(connection: Connection, test_id: UUID, volunteer_id: VolunteerId) -> list[Way]:
    """Each channel of one's own test alarm; empty when there is no such test alarm or no channel."""
    rows = await fetch_all(
        connection,
        _Row,
        """
        SELECT d.channel, d.state, r.received_at
        FROM delivery.message m
        JOIN delivery.delivery d ON d.message_id = m.id
        LEFT JOIN delivery.receipt r ON r.delivery_id = d.id
        WHERE m.subject_id = $1 AND m.volunteer_id = $2 AND m.what = 'test_alarm' ORDER BY d.channel, r.received_at
        """,
        test_id,
        volunteer_id,
    )
    best: dict[Channel, Way] = {}
    for row in rows:
        way = Way(row.channel, _outcome(row), row.received_at)
        known = best.get(row.channel)
        if known is None or _WORTH[way.outcome] > _WORTH[known.outcome]:
            best[row.channel] = way
    return list(best.values())


_WORTH = {Outcome.FAILED: 0, Outcome.WAITING: 1, Outcome.SENT: 2, Outcome.RECEIVED: 3}


def _outcome(row: _Row) -> Outcome:
    if row.received_at is not None:
        return Outcome.RECEIVED
    if row.state is DeliveryState.ACCEPTED:
        return Outcome.SENT
    return Outcome.WAITING if row.state in (DeliveryState.QUEUED, DeliveryState.LEASED) else Outcome.FAILED
