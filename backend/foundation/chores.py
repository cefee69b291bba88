"""What housekeeping did, by chore and day: counts, for whoever runs the service."""

from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

from backend.foundation.database import Connection, fetch_all

KEPT = timedelta(days=90)


class Look(msgspec.Struct, frozen=True):
    """One round of a chore: how many rows were due, how many it removed, and whether it broke off."""

    what: str
    every_s: float
    due: int
    removed: int
    failed: bool


class Day(msgspec.Struct, frozen=True):
    """A chore on a Danish day; `last_…` and `looked_at` are of its last look on it."""

    what: str
    day: date
    every_s: float
    looks: int
    failed: int
    removed: int
    looked_at: datetime
    last_due: int
    last_removed: int
    last_failed: bool


class State(StrEnum):
    """How a chore is doing, the worst first."""

    STUCK = "stuck"  # something is due, and its last look removed nothing
    FAILED = "failed"  # its last look broke off
    SILENT = "silent"  # nobody has looked for longer than twice its time
    FINE = "fine"


GRACE = timedelta(minutes=2)
"""A chore that is due every minute may wait behind the others."""


def state_of(day: Day, now: datetime) -> State:
    """By its newest day."""
    if now - day.looked_at > 2 * timedelta(seconds=day.every_s) + GRACE:
        return State.SILENT
    if day.last_failed:
        return State.FAILED
    return State.STUCK if day.last_due > 0 and day.last_removed == 0 else State.FINE


async def write_down(connection: Connection, look: Look, now: datetime) -> None:
    await connection.execute(
        """
        INSERT INTO foundation.chore_day AS c
          (what, day, every_s, looks, failed, removed, looked_at, last_due, last_removed, last_failed)
        VALUES ($1, ($2::timestamptz AT TIME ZONE 'Europe/Copenhagen')::date, $3, 1, $4::boolean::int, $5, $2, $6, $5,
                $4)
        ON CONFLICT (what, day) DO UPDATE SET every_s = EXCLUDED.every_s, looks = c.looks + 1,
          failed = c.failed + EXCLUDED.failed, removed = c.removed + EXCLUDED.removed, looked_at = EXCLUDED.looked_at,
          last_due = EXCLUDED.last_due, last_removed = EXCLUDED.last_removed, last_failed = EXCLUDED.last_failed
        """,
        look.what,
        now,
        look.every_s,
        look.failed,
        look.removed,
        look.due,
    )


async def days(connection: Connection, since: date) -> list[Day]:
    """By chore, the newest day first."""
    return await fetch_all(
        connection,
        Day,
        """
        SELECT what, day, every_s, looks, failed, removed, looked_at, last_due, last_removed, last_failed
        FROM foundation.chore_day WHERE day >= $1 ORDER BY what, day DESC
        """,
        since,
    )


async def count_old(connection: Connection, now: datetime) -> int:
    found = await connection.fetchval("SELECT count(*) FROM foundation.chore_day WHERE looked_at < $1", now - KEPT)
    return int(found)


async def remove_old(connection: Connection, now: datetime) -> int:
    done = await connection.execute("DELETE FROM foundation.chore_day WHERE looked_at < $1", now - KEPT)
    return int(done.split()[-1])
