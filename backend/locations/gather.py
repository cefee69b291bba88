"""Keeping what phones report, many in one commit: each is answered only when what it said is safe.

A commit costs the same for one position as for a thousand. Whoever comes alone is written at once; what comes while a
commit runs waits for its end and goes together. Nothing is held in memory that anybody was told is kept.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from backend.foundation.database import Actor, Connection, Database, Lane, Role
from backend.foundation.ids import VolunteerId
from backend.locations import queries
from backend.locations.queries import Kept, Newest

WINDOW_S = 0.005
"""Where others came during the last commit, the next one waits so long for more."""
MOST = 1_000
"""In one commit."""

_ACTOR = Actor(Role.API)  # acts for none of them: the database's own function does for each what they may do themselves

# What one report of many may cause, and a lock that does not come within a second.
_SOMEBODY_S = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, asyncpg.LockNotAvailableError)


class _Waiting(msgspec.Struct, eq=False):
    item: Newest
    received_at: datetime
    answer: "asyncio.Future[Kept | None]"


class Gatherer:
    """One process's. :meth:`keep` from any task; :meth:`stop` when nobody calls any more."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[_Waiting] = []
        self._writing: asyncio.Task[None] | None = None

    async def keep(self, item: Newest, received_at: datetime) -> Kept | None:
        """As :func:`queries.keep_newest` for one volunteer, committed; None when there is no such volunteer.

        Raises what the database raised. Whoever stops waiting has said it all the same.
        """
        mine = _Waiting(item, received_at, asyncio.get_running_loop().create_future())
        self._waiting.append(mine)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        return await mine.answer

    async def stop(self) -> None:
        """Wait for what is being written."""
        if self._writing is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._writing

    async def _write_all(self) -> None:
        together = 1
        while self._waiting:
            if together > 1:
                await asyncio.sleep(WINDOW_S)
            batch = self._next_batch()
            together = len(batch)
            await self._write(batch)

    def _next_batch(self) -> list[_Waiting]:
        """The oldest, one of each volunteer: the second of somebody is judged by what became of the first."""
        batch: dict[VolunteerId, _Waiting] = {}
        later: list[_Waiting] = []
        for each in self._waiting:
            taken = each.item.volunteer_id in batch or len(batch) == MOST
            later.append(each) if taken else batch.setdefault(each.item.volunteer_id, each)
        self._waiting = later
        return list(batch.values())

    async def _write(self, batch: Sequence[_Waiting]) -> None:
        async def keep(connection: Connection) -> list[Kept]:
            items = [each.item for each in batch]
            return await queries.keep_newest(connection, items, max(each.received_at for each in batch))

        try:
            kept = await self._database.in_transaction(_ACTOR, Lane.LOCATIONS, keep)
        except _SOMEBODY_S as why:
            if len(batch) == 1:
                return _fail(batch, why)
            middle = len(batch) // 2  # whoever it is, the others do not suffer for it
            await self._write(batch[:middle])
            await self._write(batch[middle:])
        except BaseException as why:
            _fail(batch, why)
            if not isinstance(why, Exception):
                raise
        else:
            of = {each.volunteer_id: each for each in kept}
            for each in batch:
                if not each.answer.done():
                    each.answer.set_result(of.get(each.item.volunteer_id))
        return None


def _fail(batch: Sequence[_Waiting], why: BaseException) -> None:
    for each in batch:
        if each.answer.done():
            continue
        if isinstance(why, Exception):
            each.answer.set_exception(why)
        else:
            each.answer.cancel()
