"""Withdrawing and taking it back, in every room."""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import datetime
from time import monotonic
from uuid import UUID

import msgspec
import structlog

from backend.delivery import stop, stop_person
from backend.delivery.enqueue import enqueue
from backend.delivery.message import NewMessage, What
from backend.foundation import journal
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Connection, Database, Lane
from backend.foundation.ids import VolunteerId, in_order
from backend.foundation.journal import Event, Happening
from backend.foundation.problems import Problem
from backend.locations import availability
from backend.responses.step_back import nothing_rings, step_back
from backend.rights import erasure_list
from backend.rights.erasure_list import ErasureList, Line
from backend.rights.queries import database_clock
from backend.rights.rung import rung_lately
from backend.volunteers import consents
from backend.volunteers import withdraw as withdrawing
from backend.volunteers.queries import read_volunteer

STARTED_END_WITHIN_S = 2.2
"""An attempt's lease is over 2 s after it started: by then every one that began before is settled or unknown."""

_POLL_S = 0.05
_NOTICE = "withdrawn"

_log = structlog.get_logger()


class Withdrawn(msgspec.Struct, frozen=True):
    """When somebody withdrew, when they will be erased, and what was stopped: for :func:`wait_for_started`."""

    at: datetime
    erased_at: datetime
    stopped: tuple[UUID, ...]


async def withdraw(
    connection: Connection,
    actor: Actor,
    listing: ErasureList,
    volunteer_id: VolunteerId,
    now: datetime,
    by: Sequence[str] = (),
) -> Withdrawn:
    """Nobody asks this person from now on: what rings is declined, what is queued is stopped, the position is gone.

    A mission goes on: it has to be finished or given up. Their phones are told. The same again changes nothing, but for
    telling them anew. Raises 401 for somebody who is not there, Contended when the transaction is to be begun anew.
    """
    # Before anything is locked: an answer to what rings waits for no disk. It stops here even when that disk is full.
    with contextlib.suppress(OSError):
        await _list(connection, listing, erasure_list.What.WITHDREW, volunteer_id)
    await step_back(connection, actor, volunteer_id, now)
    at = await withdrawing.withdraw(connection, volunteer_id, now)
    await nothing_rings(connection, volunteer_id)
    rung = await rung_lately(connection, volunteer_id, now)
    stopped = await stop_person.stop_everything_to(connection, volunteer_id, rung, now)
    await availability.set_available(connection, volunteer_id, available=False)
    await availability.forget_live(connection, volunteer_id)
    erased_at = at + withdrawing.ERASED_AFTER
    await _tell(connection, volunteer_id, _NOTICE, erased_at, now)  # whatever was queued has just been stopped
    if at == now:
        await _write_down(connection, actor, Event.WITHDREW, volunteer_id, by, now)
    return Withdrawn(at, erased_at, tuple(stopped))


async def take_back(
    connection: Connection,
    actor: Actor,
    listing: ErasureList,
    volunteer_id: VolunteerId,
    now: datetime,
    by: Sequence[str] = (),
) -> None:
    """They are asked again as before, from the next position their phone tells.

    Raises 401 for one who was erased, and 503 when the list cannot be written: it would still say that they withdrew,
    and they would be withdrawn again.
    """
    await withdrawing.take_back(connection, volunteer_id)
    await stop_person.stop_everything_to(connection, volunteer_id, [], now)  # word that they will be erased
    available = await consents.is_available(connection, volunteer_id)
    await availability.set_available(connection, volunteer_id, available)
    await _write_down(connection, actor, Event.WITHDRAWAL_TAKEN_BACK, volunteer_id, by, now)
    try:
        await _list(connection, listing, erasure_list.What.TOOK_BACK, volunteer_id)
    except OSError as fault:
        raise Problem(
            503,
            "take-back-not-listed",
            "Cannot be taken back now",
            "The list of erasures cannot be written. Try again later.",
        ) from fault


async def wait_for_started(database: Database, actor: Actor, stopped: Sequence[UUID], clock: Clock) -> None:
    """After the withdrawal was committed: returns when no attempt that had started can still arrive, at most 2.2 s on.

    Outside every transaction.
    """
    until = monotonic() + STARTED_END_WITHIN_S
    while stopped and monotonic() < until:
        async with database.acting_as(actor, Lane.REST) as connection:
            if not await stop.unsettled(connection, stopped, clock.now()):
                return
        await asyncio.sleep(_POLL_S)


async def _write_down(
    connection: Connection, actor: Actor, event: Event, volunteer_id: VolunteerId, by: Sequence[str], now: datetime
) -> None:
    """`by`: the signs of operators who did it for them; nobody: they did it themselves."""
    happening = Happening(event, {"volunteer": str(volunteer_id), "by": list(by)})
    await journal.write_outside_incidents(connection, actor, happening, now)


async def _tell(connection: Connection, volunteer_id: VolunteerId, reason: str, until: datetime, now: datetime) -> None:
    row = await read_volunteer(connection, volunteer_id)
    assert row is not None, "they were held a moment ago"
    content: dict[str, str | int] = {"reason": reason, "erased_at": until.isoformat()}
    notice = NewMessage(What.NOTICE, in_order(), row.kind, volunteer_id, None, content, until)
    await enqueue(connection, [notice], 0, now)


async def _list(
    connection: Connection, listing: ErasureList, what: erasure_list.What, volunteer_id: VolunteerId
) -> None:
    """Raises OSError, and tells the operator."""
    line = Line(await database_clock(connection), what, volunteer_id)
    try:
        await listing.add(line)
    except OSError as fault:
        _log.error("erasure_list_not_written", what=what.value, error=type(fault).__name__)
        raise
