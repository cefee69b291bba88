"""SQL of the delivery report: counts of one day, by channel, platform and app version."""

from datetime import datetime

import msgspec

from backend.delivery.message import Channel
from backend.foundation.database import Connection, fetch_all
from backend.foundation.kinds import Kind


class Group(msgspec.Struct, frozen=True):
    """What became of the alarm messages of one group: rings, new places, stand-downs; each by each way."""

    channel: Channel
    platform: str | None  # as the device is now; SMS has none
    app_version: str | None
    people: int
    deliveries: int
    accepted: int
    rejected: int
    expired: int
    stopped: int
    not_needed: int
    under_way: int
    received: int
    received_of_accepted: int
    attempts: int
    attempts_accepted: int
    attempts_rejected: int
    attempts_ambiguous: int
    attempts_not_sent: int
    attempts_without_a_result: int
    latency_ms: list[float] | None  # median, 95th and 99th percentile of attempts that were answered


async def groups(connection: Connection, kind: Kind, begin: datetime, end: datetime) -> list[Group]:
    """Deliveries queued from `begin` to before `end`."""
    return await fetch_all(
        connection,
        Group,
        """
        WITH sent AS (
          SELECT d.id, d.channel, d.state, m.volunteer_id, device.platform, device.app_version,
                 EXISTS (SELECT 1 FROM delivery.receipt r WHERE r.delivery_id = d.id) AS received
          FROM delivery.delivery d
          JOIN delivery.message m ON m.id = d.message_id
          LEFT JOIN volunteers.address a ON a.id = d.address_id AND d.channel <> 'sms'
          LEFT JOIN volunteers.device device ON device.id = a.device_id
          WHERE d.queued_at >= $2 AND d.queued_at < $3 AND d.kind = $1 AND m.volunteer_id IS NOT NULL
            AND m.what IN ('ring', 'revision', 'stand_down')),
        tried AS (
          SELECT s.channel, s.platform, s.app_version, count(*) AS attempts,
                 count(*) FILTER (WHERE r.outcome = 'accepted') AS attempts_accepted,
                 count(*) FILTER (WHERE r.outcome = 'rejected') AS attempts_rejected,
                 count(*) FILTER (WHERE r.outcome = 'ambiguous') AS attempts_ambiguous,
                 count(*) FILTER (WHERE r.outcome = 'not_sent') AS attempts_not_sent,
                 count(*) FILTER (WHERE r.outcome IS NULL) AS attempts_without_a_result,
                 percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY r.latency_ms)
                   FILTER (WHERE r.outcome IN ('accepted', 'rejected')) AS latency_ms
          FROM sent s JOIN delivery.attempt t ON t.delivery_id = s.id
          LEFT JOIN delivery.attempt_result r ON r.attempt_id = t.id
          GROUP BY s.channel, s.platform, s.app_version)
        SELECT s.channel, s.platform, s.app_version, count(DISTINCT s.volunteer_id) AS people, count(*) AS deliveries,
               count(*) FILTER (WHERE s.state = 'accepted') AS accepted,
               count(*) FILTER (WHERE s.state = 'rejected') AS rejected,
               count(*) FILTER (WHERE s.state = 'expired') AS expired,
               count(*) FILTER (WHERE s.state = 'stopped') AS stopped,
               count(*) FILTER (WHERE s.state = 'not_needed') AS not_needed,
               count(*) FILTER (WHERE s.state IN ('queued', 'leased')) AS under_way,
               count(*) FILTER (WHERE s.received) AS received,
               count(*) FILTER (WHERE s.received AND s.state = 'accepted') AS received_of_accepted,
               coalesce(max(t.attempts), 0) AS attempts,
               coalesce(max(t.attempts_accepted), 0) AS attempts_accepted,
               coalesce(max(t.attempts_rejected), 0) AS attempts_rejected,
               coalesce(max(t.attempts_ambiguous), 0) AS attempts_ambiguous,
               coalesce(max(t.attempts_not_sent), 0) AS attempts_not_sent,
               coalesce(max(t.attempts_without_a_result), 0) AS attempts_without_a_result,
               max(t.latency_ms) AS latency_ms
        FROM sent s
        LEFT JOIN tried t ON t.channel = s.channel AND t.platform IS NOT DISTINCT FROM s.platform
          AND t.app_version IS NOT DISTINCT FROM s.app_version
        GROUP BY s.channel, s.platform, s.app_version
        ORDER BY s.channel, s.platform NULLS LAST, s.app_version NULLS LAST
        """,
        kind.value,
        begin,
        end,
    )
