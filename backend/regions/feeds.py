"""A centre's feed: the connection by which its dispatch system reports. A system that lives says so every minute or so.

Only heartbeats count. A report proves no more than itself, and would cost the alarm's path a write; a system that has
never sent a heartbeat is not missed, since nobody knows whether it can.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from backend.foundation.database import Actor, Connection, Role
from backend.foundation.ids import CentreId
from backend.foundation.journal import Event, Happening, write_outside_incidents
from backend.foundation.kinds import Kind
from backend.regions import queries_feeds as queries
from backend.regions.queries_feeds import Heard, Noticed

DUE_WITHIN = timedelta(seconds=90)
"""From one heartbeat to the next; later than this the feed is silent."""


class Standing(msgspec.Struct, frozen=True):
    """A feed that is being watched. `silent_s` is 0 while it is heard."""

    centre: str
    kind: Kind
    silent_s: float


class Look(msgspec.Struct, frozen=True):
    """How every feed stands, and of which it was noticed just now that it fell silent or is heard again."""

    standing: list[Standing]
    fell_silent: list[CentreId]
    heard_again: list[CentreId]


async def beat(connection: Connection, centre_id: CentreId, kind: Kind, sent_at: datetime, now: datetime) -> float:
    """Write down that a feed lives; gives by how many seconds its clock is ahead of ours (behind: negative).

    However far that is, nothing follows from it but that it is told: the time a message took on its way is in it.
    """
    ahead_s = (sent_at - now).total_seconds()
    await queries.save(connection, centre_id, kind, now, ahead_s)
    return ahead_s


async def heard_of(connection: Connection, centre_id: CentreId, kind: Kind) -> Heard | None:
    """The last heartbeat of a centre's feed; None: there never was one."""
    return await queries.read(connection, centre_id, kind)


def is_silent(heard_at: datetime, now: datetime) -> bool:
    """Whether the next heartbeat is overdue."""
    return now - heard_at > DUE_WITHIN


async def notice(connection: Connection, now: datetime) -> Look:
    """Write each silence and each end of one into the journal, once however many look.

    Feeds of centres that are not in office are left alone.
    """
    silent = await queries.mark_silent(connection, now - DUE_WITHIN, now)
    heard = await queries.mark_heard(connection, now - DUE_WITHIN, now)
    await _tell(connection, Event.FEED_SILENT, silent, now)
    await _tell(connection, Event.FEED_HEARD, heard, now)
    standing = [
        Standing(row.code, row.kind, (now - row.heard_at).total_seconds() if is_silent(row.heard_at, now) else 0.0)
        for row in await queries.watched(connection, now)
    ]
    return Look(standing, [CentreId(each.centre_id) for each in silent], [CentreId(each.centre_id) for each in heard])


async def _tell(connection: Connection, event: Event, noticed: Sequence[Noticed], now: datetime) -> None:
    for each in noticed:
        lasted = (each.ended_at or now) - each.silent_since
        facts = {"kind": each.kind.value, "silent_s": round(lasted.total_seconds())}
        await write_outside_incidents(
            connection, Actor(Role.WORKER, centre_id=each.centre_id), Happening(event, {**facts}), now
        )
