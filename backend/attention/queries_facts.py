"""What a centre's needs are derived from, read from earlier rooms."""

from datetime import datetime, timedelta

from backend.attention.needs import Channel, Feed, Lent, Running, Said
from backend.foundation.database import Connection, fetch_all
from backend.foundation.ids import CentreId


async def running(connection: Connection, centre_id: CentreId) -> list[Running]:
    """The centre's open incidents."""
    return await fetch_all(
        connection,
        Running,
        """
        SELECT i.id, i.kind, i.asking, i.opened_at, min(a.asked_at) AS asked_at,
               coalesce(bool_or(a.state IN ('accepted', 'finished')), false) AS somebody_goes,
               max(a.ended_at) FILTER (WHERE a.place IS NOT NULL) AS left_at, i.centre_asked_at,
               (SELECT e.facts ->> 'flagged' FROM foundation.journal_entry e
                WHERE e.incident_id = i.id AND e.event = 'alarm_flagged' ORDER BY e.id LIMIT 1) AS flagged,
               coalesce((
                 SELECT e.event = 'second_person_asked' FROM foundation.journal_entry e
                 WHERE e.incident_id = i.id AND e.event IN ('second_person_asked', 'second_person_decided')
                 ORDER BY e.id DESC LIMIT 1), false) AS second_person_called
        FROM incidents.incident i LEFT JOIN alerts.alert a ON a.incident_id = i.id
        WHERE i.centre_id = $1 AND i.state = 'open' AND i.kind IN ('live', 'exercise') GROUP BY i.id
        """,
        centre_id,
    )


async def said(connection: Connection, centre_id: CentreId, since: datetime) -> list[Said]:
    """Words from those on the way. A second report joined to another ends; what was said about it still counts.

    Carried over it is there twice: last about the incident that goes on.
    """
    return await fetch_all(
        connection,
        Said,
        """
        SELECT w.id, a.incident_id, a.kind, a.pseudonym, w.word
        FROM responses.word w JOIN alerts.alert a ON a.id = w.alert_id JOIN incidents.incident i ON i.id = a.incident_id
        WHERE w.centre_id = $1 AND NOT w.from_centre AND w.said_at > $2 AND i.kind IN ('live', 'exercise')
          AND (i.state = 'open' OR i.end_reason = 'joined')
        ORDER BY w.said_at, w.id, i.ended_at NULLS LAST
        """,
        centre_id,
        since,
    )


async def channels(connection: Connection, now: datetime, within: timedelta) -> list[Channel]:
    """Of the whole installation. `waits_since`: what a worker sends, of live alarms, has been due since then."""
    return await fetch_all(
        connection,
        Channel,
        """
        WITH tried AS (
          SELECT d.channel, count(*) AS tried, count(*) FILTER (WHERE r.outcome = 'accepted') AS accepted
          FROM delivery.attempt a JOIN delivery.attempt_result r ON r.attempt_id = a.id
          JOIN delivery.delivery d ON d.id = a.delivery_id
          WHERE a.started_at > $1::timestamptz - $2::interval AND d.kind = 'live' GROUP BY d.channel)
        SELECT s.channel, s.enabled,
               (SELECT min(d.next_at) FROM delivery.delivery d
                WHERE d.channel = s.channel AND d.state = 'queued' AND d.channel IN ('fcm', 'sms') AND d.kind = 'live'
                  AND d.next_at <= $1 AND d.expires_at > $1) AS waits_since,
               coalesce(t.tried, 0) AS tried, coalesce(t.accepted, 0) AS accepted
        FROM delivery.channel_switch s LEFT JOIN tried t ON t.channel = s.channel ORDER BY s.channel
        """,
        now,
        within,
    )


async def feeds(connection: Connection, centre_id: CentreId) -> list[Feed]:
    """The centre's feeds that fell silent."""
    return await fetch_all(
        connection,
        Feed,
        """
        SELECT kind, silent_since FROM regions.feed
        WHERE centre_id = $1 AND silent_since IS NOT NULL AND kind IN ('live', 'exercise')
        """,
        centre_id,
    )


async def lent(connection: Connection, centre_id: CentreId, at: datetime) -> list[Lent]:
    """What is lent to the centre by agreement at a moment."""
    return await fetch_all(
        connection,
        Lent,
        """
        SELECT id, centre_id, upper(valid) AS until FROM regions.access
        WHERE acting_id = $1 AND why = 'agreement' AND valid @> $2::timestamptz
        """,
        centre_id,
        at,
    )
