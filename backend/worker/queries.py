"""What is asked of the database for the operator's figures. Read only, and by kind: an exercise wakes nobody."""

from datetime import datetime

import msgspec

from backend.foundation.database import Connection, fetch_all
from backend.foundation.kinds import Kind


class OfKind(msgspec.Struct, frozen=True):
    """One figure of one kind: seconds, or a number."""

    kind: Kind
    figure: float


class Waiting(msgspec.Struct, frozen=True):
    """How long, in seconds, a message has been due on a channel."""

    kind: Kind
    channel: str
    figure: float


class Answered(msgspec.Struct, frozen=True):
    """Of some incidents: how many found nobody to ask, how many asked, and to how many of these nobody said yes."""

    kind: Kind
    nobody_in_reach: int
    asked: int
    nobody_accepted: int


async def overdue_timers(connection: Connection, now: datetime) -> list[OfKind]:
    """For how long the timer that is due longest has been so. Its subject is an incident or an alert."""
    return await fetch_all(
        connection,
        OfKind,
        """
        SELECT coalesce(i.kind, a.kind, 'live')::text AS kind,
               extract(epoch FROM $1 - min(t.due_at))::float8 AS figure
        FROM foundation.timer t
        LEFT JOIN incidents.incident i ON i.id = t.subject_id LEFT JOIN alerts.alert a ON a.id = t.subject_id
        WHERE t.due_at <= $1 GROUP BY 1
        """,
        now,
    )


async def waiting_messages(connection: Connection, now: datetime) -> list[Waiting]:
    """For how long the message that is due longest has been so, of what a worker sends."""
    return await fetch_all(
        connection,
        Waiting,
        """
        SELECT kind::text AS kind, channel, extract(epoch FROM $1 - min(next_at))::float8 AS figure
        FROM delivery.delivery
        WHERE state = 'queued' AND channel IN ('fcm', 'sms') AND next_at <= $1 AND expires_at > $1
        GROUP BY kind, channel
        """,
        now,
    )


async def waiting_for_a_choice(connection: Connection, now: datetime) -> list[OfKind]:
    """For how long the open incident for which nobody could be chosen has waited."""
    return await fetch_all(
        connection,
        OfKind,
        """
        SELECT kind::text AS kind, extract(epoch FROM $1 - min(opened_at))::float8 AS figure
        FROM incidents.incident WHERE state = 'open' AND asking = 'pending' GROUP BY kind
        """,
        now,
    )


async def answered(connection: Connection, since: datetime, until: datetime) -> list[Answered]:
    """Of incidents opened in that time that were not ended before three minutes were over."""
    return await fetch_all(
        connection,
        Answered,
        """
        SELECT i.kind::text AS kind, count(*) FILTER (WHERE i.asking = 'nobody_in_reach') AS nobody_in_reach,
               count(*) FILTER (WHERE i.asking = 'asked') AS asked,
               count(*) FILTER (WHERE i.asking = 'asked' AND NOT EXISTS (
                 SELECT 1 FROM alerts.alert a WHERE a.incident_id = i.id AND a.place IS NOT NULL)) AS nobody_accepted
        FROM regions.dispatch_centre c
        JOIN incidents.incident i ON i.centre_id = c.id AND i.opened_at BETWEEN $1 AND $2
        WHERE i.ended_at IS NULL OR i.ended_at > i.opened_at + interval '3 minutes'
        GROUP BY i.kind
        """,
        since,
        until,
    )


async def missed_for_outage(connection: Connection, opened_since: datetime, ended_since: datetime) -> list[OfKind]:
    """Alerts that ended because nothing was tried while they were to ring: the machine stood still."""
    return await fetch_all(
        connection,
        OfKind,
        """
        SELECT i.kind::text AS kind, count(*)::float8 AS figure
        FROM regions.dispatch_centre c
        JOIN incidents.incident i ON i.centre_id = c.id AND i.opened_at > $1
        JOIN alerts.alert a ON a.incident_id = i.id
        WHERE a.state = 'missed' AND a.reason = 'outage' AND a.ended_at > $2 GROUP BY i.kind
        """,
        opened_since,
        ended_since,
    )


async def unheard_revisions(connection: Connection) -> list[OfKind]:
    """People on the way whose phone has not shown where to, since it changed; each was told to the centre."""
    return await fetch_all(
        connection,
        OfKind,
        """
        SELECT a.kind::text AS kind, count(*)::float8 AS figure
        FROM incidents.incident i JOIN alerts.alert a ON a.incident_id = i.id
        WHERE i.state = 'open' AND a.state = 'accepted' AND a.unheard_revision = i.revision AND NOT EXISTS (
          SELECT 1 FROM delivery.message m JOIN delivery.delivery d ON d.message_id = m.id
          JOIN delivery.receipt r ON r.delivery_id = d.id
          WHERE m.id = (SELECT n.id FROM delivery.message n WHERE n.subject_id = a.id AND n.what = 'revision'
                        ORDER BY n.created_at DESC, n.id DESC LIMIT 1))
        GROUP BY a.kind
        """,
    )


async def places_kept(connection: Connection, now: datetime) -> list[OfKind]:
    """For how long the place that was kept longest after its incident's end has been kept."""
    return await fetch_all(
        connection,
        OfKind,
        """
        SELECT i.kind::text AS kind, extract(epoch FROM $1 - min(i.ended_at))::float8 AS figure
        FROM incidents.incident_place p JOIN incidents.incident i ON i.id = p.incident_id
        WHERE i.state = 'ended' GROUP BY i.kind
        """,
        now,
    )


async def unsealed_for(connection: Connection, now: datetime) -> float:
    """Age in seconds of the oldest of the newest 5,000 journal entries that the chain does not hold; 0 when it does."""
    found = await connection.fetchval(
        """
        SELECT extract(epoch FROM $1 - min(e.at))::float8 FROM foundation.journal_entry e
        WHERE e.id > (SELECT coalesce(max(id), 0) - 5000 FROM foundation.journal_entry)
          AND e.kind IS DISTINCT FROM 'synthetic' AND NOT EXISTS (
            SELECT 1 FROM foundation.journal_seal s WHERE s.source = 'entry' AND s.record_id = e.id::text)
        """,
        now,
    )
    return max(0.0, float(found or 0.0))
