"""How many rows are due to be removed, counted apart from the statements that remove them: two witnesses."""

from datetime import datetime, timedelta

from backend.foundation.database import Connection
from backend.foundation.kinds import Kind


async def places(connection: Connection, ended_before: datetime) -> int:
    return await _count(
        connection,
        """
        SELECT count(*) FROM incidents.incident_place p JOIN incidents.incident i ON i.id = p.incident_id
        WHERE i.state = 'ended' AND i.ended_at <= $1
        """,
        ended_before,
    )


async def candidates(connection: Connection, ended_before: datetime) -> int:
    return await _count(
        connection,
        """
        SELECT count(*) FROM selection.candidate c JOIN incidents.incident i ON i.id = c.incident_id
        WHERE i.state = 'ended' AND i.ended_at <= $1
        """,
        ended_before,
    )


async def positions(connection: Connection, seen_before: datetime) -> int:
    return await _count(connection, "SELECT count(*) FROM locations.position WHERE seen_at < $1", seen_before)


async def used_proofs(connection: Connection, now: datetime) -> int:
    """Of dispatch systems' requests, that nobody would believe any more."""
    return await _count(connection, "SELECT count(*) FROM identity.used_proof WHERE forget_at < $1", now)


async def staff_sessions(connection: Connection, over_before: datetime) -> int:
    return await _count(connection, "SELECT count(*) FROM identity.staff_session WHERE expires_at < $1", over_before)


async def unanswered_requests(connection: Connection, now: datetime) -> int:
    """What waits for a second person beyond its time."""
    return await _count(
        connection, "SELECT count(*) FROM identity.approval WHERE state = 'waiting' AND expires_at <= $1", now
    )


async def told_by_webhooks(connection: Connection, queued_before: datetime) -> int:
    return await _count(
        connection,
        """
        SELECT count(*) FROM webhooks.delivery
        WHERE state NOT IN ('queued', 'leased') AND queued_at < $1
        """,
        queued_before,
    )


async def exact_points(connection: Connection, now: datetime, after: timedelta) -> int:
    return await _count(
        connection,
        """
        SELECT count(*) FROM locations.mission_position m
        LEFT JOIN volunteers.engagement e
          ON e.volunteer_id = m.volunteer_id AND e.incident_id = m.incident_id AND e.state = 'mission'
        WHERE e.volunteer_id IS NULL OR m.measured_at < $1::timestamptz - $2::interval
        """,
        now,
        after,
    )


async def numbers(connection: Connection, now: datetime) -> int:
    """Numbers codes were sent to, and messages that still say a code."""
    return await _count(
        connection,
        """
        SELECT (SELECT count(*) FROM delivery.bare_address WHERE expires_at <= $1)
          + (SELECT count(*) FROM delivery.message WHERE content ? 'code' AND expires_at <= $1)
        """,
        now,
    )


async def codes(connection: Connection, made_before: datetime) -> int:
    return await _count(connection, "SELECT count(*) FROM identity.one_time_code WHERE created_at < $1", made_before)


async def refresh_tokens(connection: Connection, now: datetime) -> int:
    return await _count(connection, "SELECT count(*) FROM identity.refresh_token WHERE expires_at < $1", now)


async def answer_links(connection: Connection, now: datetime) -> int:
    return await _count(connection, "SELECT count(*) FROM delivery.answer_link WHERE expires_at <= $1", now)


async def sign_ups(connection: Connection, now: datetime) -> int:
    return await _count(connection, "SELECT count(*) FROM signup.session WHERE expires_at <= $1", now)


async def code_counts(connection: Connection, until: datetime) -> int:
    return await _count(connection, "SELECT count(*) FROM identity.code_count WHERE minute <= $1", until)


async def synthetic_incidents(connection: Connection, ended_before: datetime) -> int:
    return await _count(
        connection,
        "SELECT count(*) FROM incidents.incident WHERE kind = $2 AND state = 'ended' AND ended_at <= $1",
        ended_before,
        Kind.SYNTHETIC.value,
    )


async def request_keys(connection: Connection, made_before: datetime) -> int:
    return await _count(connection, "SELECT count(*) FROM incidents.request_key WHERE created_at < $1", made_before)


async def campaigns_people(connection: Connection, closed_before: datetime) -> int:
    """Who is still known of campaigns whose people were to be forgotten."""
    return await _count(
        connection,
        """
        SELECT (SELECT count(*) FROM recruitment.member m JOIN recruitment.campaign c ON c.id = m.campaign_id
                WHERE c.closes_at <= $1)
          + (SELECT count(*) FROM recruitment.touch t JOIN recruitment.campaign c ON c.id = t.campaign_id
             WHERE c.closes_at <= $1)
        """,
        closed_before,
    )


async def _count(connection: Connection, sql: str, *arguments: object) -> int:
    return int(await connection.fetchval(sql, *arguments))
