"""The delivery report: what became of a day's alarm messages, under the names that FCM's own report uses.

Google's aggregated delivery data (fcmdata v1beta1) counts what its servers and the phones' systems know. We know what
we sent, what was answered, and what an app showed; what only Google knows is null here, never guessed.
No person is in it: a group of fewer than K people is left out, and there are no totals to find it by.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import msgspec

from backend.delivery import queries_report
from backend.delivery.message import Channel
from backend.delivery.queries_report import Group
from backend.foundation.clock import COPENHAGEN
from backend.foundation.database import Connection
from backend.foundation.kinds import Kind

K = 5


class MessageOutcomePercents(msgspec.Struct, frozen=True):
    """Of `countMessagesAccepted`. `delivered` is what apps said they showed: at least so many."""

    delivered: float | None
    pending: None = None
    collapsed: None = None
    droppedTooManyPendingMessages: None = None  # noqa: N815 – Google's own names
    droppedAppForceStopped: None = None  # noqa: N815
    droppedDeviceInactive: None = None  # noqa: N815
    droppedTtlExpired: None = None  # noqa: N815


class DeliveryPerformancePercents(msgspec.Struct, frozen=True):
    """Only Google knows why a message that it took came late."""

    deliveredNoDelay: None = None  # noqa: N815
    delayedDeviceOffline: None = None  # noqa: N815
    delayedDeviceDoze: None = None  # noqa: N815
    delayedMessageThrottled: None = None  # noqa: N815
    delayedUserStopped: None = None  # noqa: N815


class MessageInsightPercents(msgspec.Struct, frozen=True):
    priorityLowered: None = None  # noqa: N815


class FcmData(msgspec.Struct, frozen=True):
    countMessagesAccepted: int  # noqa: N815
    messageOutcomePercents: MessageOutcomePercents  # noqa: N815
    deliveryPerformancePercents: DeliveryPerformancePercents = DeliveryPerformancePercents()  # noqa: N815
    messageInsightPercents: MessageInsightPercents = MessageInsightPercents()  # noqa: N815


class Line(msgspec.Struct, frozen=True):
    """One group, with Google's names where the channel is Google's."""

    group: Group
    fcm: FcmData | None


class Report(msgspec.Struct, frozen=True):
    """`hidden_groups`: how many were too small to be shown."""

    day: date
    kind: Kind
    lines: list[Line]
    hidden_groups: int


async def report(connection: Connection, day: date, kind: Kind = Kind.LIVE) -> Report:
    """What was queued on a Danish day."""
    begin, end = (datetime.combine(each, time(), COPENHAGEN) for each in (day, day + timedelta(days=1)))
    return _report(day, kind, await queries_report.groups(connection, kind, begin, end))


def _report(day: date, kind: Kind, groups: Sequence[Group]) -> Report:
    shown = [group for group in groups if group.people >= K]
    return Report(day, kind, [Line(group, _fcm(group)) for group in shown], len(groups) - len(shown))


def _fcm(group: Group) -> FcmData | None:
    if group.channel is not Channel.FCM:
        return None
    taken = group.attempts_accepted
    delivered = None if taken == 0 else round(100 * min(group.received_of_accepted, taken) / taken, 2)
    return FcmData(taken, MessageOutcomePercents(delivered))
