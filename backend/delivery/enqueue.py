"""Queue messages: one message row each, and one delivery for every healthy address whose channel is switched on."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from backend.delivery import queries
from backend.delivery.message import Channel, Enqueued, NewMessage, What, urgency
from backend.foundation import timers
from backend.foundation.database import Connection
from backend.foundation.ids import AddressId, DeliveryId, MessageId, VolunteerId, in_order

UNREACHABLE = "unreachable"
"""Reason of the timer that says: no channel took this ring, and none will."""

# What goes out on every channel at once; of anything else SMS waits for the second channel's turn.
_ALL_AT_ONCE = frozenset({What.REVISION, What.TEST_ALARM, What.CODE})


async def enqueue(
    connection: Connection, messages: Sequence[NewMessage], second_channel_s: float, now: datetime
) -> list[Enqueued]:
    """Queue `messages` in the caller's transaction and wake the workers when it commits; the answers keep the order.

    SMS waits `second_channel_s` where there is a push to wait for. A stand-down goes by SMS at once to whom an SMS went
    out about the same subject. Whoever heard of it by the app alone gets one as the second way, should the app not
    show the stand-down: its channel may have failed or been switched off since. A notice never goes by SMS.
    Two round trips, however many messages.
    """
    if not messages:
        return []
    routes = await _routes(connection, messages)
    rows: list[queries.NewRow] = []
    bare: list[queries.NewBareAddress] = []
    answers: list[Enqueued] = []
    for message in messages:
        message_id = MessageId(in_order())
        deliveries = _deliveries(message, routes, second_channel_s, now, bare)
        rows.append(queries.NewRow(message_id, message, tuple(deliveries)))
        answers.append(Enqueued(message.subject_id, message_id, len(deliveries)))
    await queries.insert_messages(connection, rows, bare, now)
    for row in rows:
        if row.message.what is What.RING and all(d.channel is Channel.IN_APP for d in row.deliveries):
            # No worker will ever report on it: whether the app listens shows within the second channel's time. Where
            # there is no way at all (its channel was switched off), that is known now.
            listens_by = now + timedelta(seconds=second_channel_s if row.deliveries else 0)
            await timers.set_timer(connection, row.message.subject_id, UNREACHABLE, listens_by, now)
    return answers


class _Routes(msgspec.Struct, frozen=True):
    addresses: dict[VolunteerId, list[queries.Route]]
    told_by_sms: set[object]
    heard: set[object]
    tried: set[object]
    sms_enabled: bool


async def _routes(connection: Connection, messages: Sequence[NewMessage]) -> _Routes:
    standing_down = [m.subject_id for m in messages if m.what is What.STAND_DOWN]
    found = await queries.routes(connection, [m.volunteer_id for m in messages if m.volunteer_id], standing_down)
    addresses: dict[VolunteerId, list[queries.Route]] = defaultdict(list)
    for route in found.routes:
        addresses[route.volunteer_id].append(route)
    return _Routes(addresses, set(found.told_by_sms), set(found.heard), set(found.tried), found.sms_enabled)


def _deliveries(
    message: NewMessage,
    routes: _Routes,
    second_channel_s: float,
    now: datetime,
    bare: list[queries.NewBareAddress],
) -> list[queries.NewDelivery]:
    level = urgency(message.what, message.kind)
    if message.bare_phone is not None:
        if not routes.sms_enabled:
            return []
        bare_id = in_order()
        bare.append(queries.NewBareAddress(bare_id, message.bare_phone, message.expires_at))
        return [queries.NewDelivery(DeliveryId(in_order()), Channel.SMS, None, bare_id, level, now)]
    if message.volunteer_id is None:
        raise ValueError("a message goes to a volunteer or to a phone number")
    known = routes.addresses.get(message.volunteer_id, [])
    has_push = any(r.channel is Channel.FCM for r in known)
    own = [r for r in known if _suits(message, r.channel, routes, has_push=has_push)]
    second = has_push and not _at_once_by_sms(message, routes)
    later = now + timedelta(seconds=second_channel_s)
    return [
        queries.NewDelivery(
            DeliveryId(in_order()),
            r.channel,
            AddressId(r.address_id),
            None,
            level,
            later if r.channel is Channel.SMS and second else now,
        )
        for r in own
    ]


def _at_once_by_sms(message: NewMessage, routes: _Routes) -> bool:
    if message.what is What.STAND_DOWN:
        return message.subject_id in routes.told_by_sms
    return message.what in _ALL_AT_ONCE


def _suits(message: NewMessage, channel: Channel, routes: _Routes, *, has_push: bool) -> bool:
    match channel:
        case Channel.SMS if message.what is What.STAND_DOWN:
            if message.subject_id in routes.told_by_sms or message.subject_id in routes.heard:
                return True
            return not has_push and message.subject_id in routes.tried
        case Channel.SMS:
            return message.what is not What.NOTICE
        case Channel.FCM | Channel.IN_APP:
            return message.what is not What.CODE
