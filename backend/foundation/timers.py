"""Promises to look again, kept as rows, so that a restart forgets nothing.

A timer is (subject, reason, due_at). Whoever handles it locks its subject first and then calls :func:`take`
in the same transaction: of two workers that saw the same timer only one gets True, and if the handling fails
the row is still there.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from backend.foundation.database import Connection, fetch_all

CHANNEL = "hjerteloeber_timers"
"""NOTIFY channel for a timer that is due at once: a hint; a poll is the guarantee."""


class Timer(msgspec.Struct, frozen=True):
    subject_id: UUID
    reason: str
    due_at: datetime


async def set_timer(connection: Connection, subject_id: UUID, reason: str, due_at: datetime, now: datetime) -> None:
    """Look at `subject_id` again at `due_at`; the same reason set again moves the timer."""
    await connection.execute(
        """
        WITH kept AS (
          INSERT INTO foundation.timer (subject_id, reason, due_at) VALUES ($1, $2, $3)
          ON CONFLICT (subject_id, reason) DO UPDATE SET due_at = EXCLUDED.due_at, tries = 0)
        SELECT CASE WHEN $3 <= $4::timestamptz THEN pg_notify($5, '') END
        """,
        subject_id,
        reason,
        due_at,
        now,
        CHANNEL,
    )


async def due(connection: Connection, now: datetime, limit: int = 50) -> list[Timer]:
    """Timers whose time has come: the `limit` most overdue and the `limit` newest, the most overdue first.

    Nothing is locked.
    """
    return await fetch_all(
        connection,
        Timer,
        """
        (SELECT subject_id, reason, due_at FROM foundation.timer WHERE due_at <= $1 ORDER BY due_at LIMIT $2)
        UNION
        (SELECT subject_id, reason, due_at FROM foundation.timer WHERE due_at <= $1 ORDER BY due_at DESC LIMIT $2)
        ORDER BY due_at
        """,
        now,
        limit,
    )


async def take(connection: Connection, timer: Timer) -> bool:
    """Take a timer in the transaction that handles it; False when somebody else did, or it was moved."""
    taken = await connection.fetchval(
        "DELETE FROM foundation.timer WHERE subject_id = $1 AND reason = $2 AND due_at = $3 RETURNING true",
        timer.subject_id,
        timer.reason,
        timer.due_at,
    )
    return bool(taken)


async def put_off(connection: Connection, timer: Timer, now: datetime) -> None:
    """After a failed handling: try again later, 1 s, 2 s, 4 s … at most a minute apart."""
    await connection.execute(
        """
        UPDATE foundation.timer SET tries = tries + 1,
               due_at = $4::timestamptz + least(60, power(2, tries)) * interval '1 second'
        WHERE subject_id = $1 AND reason = $2 AND due_at = $3
        """,
        timer.subject_id,
        timer.reason,
        timer.due_at,
        now,
    )


async def forget(connection: Connection, subject_id: UUID) -> None:
    """Drop every timer of a subject that has come to its end."""
    await connection.execute("DELETE FROM foundation.timer WHERE subject_id = $1", subject_id)
