"""Stopping what is queued about a subject. What is written after the stop (a stand-down) is not touched."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.delivery import queries
from backend.foundation.database import Connection


class Tally(msgspec.Struct, frozen=True):
    """How many of the stopped subjects …"""

    sent: int  # … a provider had accepted before
    stopped: int  # … will never be started any more
    late: int  # … were started before, with an outcome nobody knows


async def stop(connection: Connection, subject_ids: Sequence[UUID], now: datetime) -> None:
    """Stop every message about these subjects. Once this commits, no attempt of theirs starts.

    An attempt that is being started at this very moment is waited for: it commits first and counts as started.
    """
    if subject_ids:
        await queries.stop_messages(connection, subject_ids, now)
        await queries.stop_deliveries(connection, subject_ids, now)


async def unsettled(connection: Connection, subject_ids: Sequence[UUID], now: datetime) -> int:  # noqa: ARG001 – every verb takes the time; leases go by the database's
    """How many attempts of stopped messages are started, not settled, and may still be on their way."""
    return await queries.unsettled(connection, subject_ids)


async def tally(connection: Connection, subject_ids: Sequence[UUID]) -> Tally:
    """What to acknowledge a stand-down with, once :func:`unsettled` says 0 or its time is over."""
    found = await queries.stopped_subjects(connection, subject_ids)
    sent = sum(s.accepted for s in found)
    late = sum(s.unknown and not s.accepted for s in found)
    return Tally(sent=sent, stopped=len(found) - sent - late, late=late)
