"""What has had its time is removed. Each chore by itself: one that fails keeps no other from being done.

What is due is counted first, by a statement of its own. A chore that removes nothing although something is due looks
just like one that has nothing to do, so that is said: a figure, a line in the log, an alarm (`RetentionStuck`).
"""

import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import msgspec
import structlog

from backend.foundation import chores
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Connection, Database, Lane, Role
from backend.foundation.ids import VolunteerId
from backend.foundation.telemetry import (
    housekeeping_due,
    housekeeping_removed_total,
    loop_failures_total,
    retention_stuck,
)

LOOK_EVERY_S = 5.0

_log = structlog.get_logger()

Counts = Callable[[Connection, datetime], Awaitable[int]]


class Chore(msgspec.Struct, frozen=True):
    """`due` counts the rows that are over at the given time, `do` removes them and says how many it removed."""

    what: str
    every_s: float
    due: Counts
    do: Counts


class OneByOne(msgspec.Struct, frozen=True):
    """For what takes a transaction for each person: `whose` are due, `do` one of them."""

    what: str
    every_s: float
    due: Counts
    whose: Callable[[Connection, datetime], Awaitable[Sequence[VolunteerId]]]
    do: Callable[[Database, VolunteerId], Awaitable[None]]


class Housekeeper:
    """Does each chore when it is due."""

    def __init__(self, database: Database, jobs: Sequence[Chore | OneByOne], clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._next = {chore.what: 0.0 for chore in jobs}
        self._chores = jobs

    async def round(self) -> float:
        for chore in self._chores:
            if time.monotonic() >= self._next[chore.what]:
                self._next[chore.what] = time.monotonic() + chore.every_s
                await self._do(chore)
        return LOOK_EVERY_S

    async def _do(self, chore: Chore | OneByOne) -> None:
        due = removed = 0
        failed = False
        try:
            async with self._database.acting_as(Actor(Role.WORKER), Lane.REST) as connection:
                due = await chore.due(connection, self._clock.now())
            removed = await self._remove(chore)
        except Exception:  # noqa: BLE001 – the next chore is to be done all the same
            failed = True
            loop_failures_total.labels(f"housekeeping {chore.what}").inc()
            _log.exception("chore_failed", chore=chore.what)
        stuck = due > 0 and removed == 0
        housekeeping_due.labels(chore.what).set(due)
        housekeeping_removed_total.labels(chore.what).inc(removed)
        retention_stuck.labels(chore.what).set(int(stuck))
        if stuck:
            _log.error("retention_stuck", chore=chore.what, due=due, removed=0)
        elif due or removed:
            _log.info("chore_done", chore=chore.what, due=due, removed=removed)
        await self._write_down(chores.Look(chore.what, chore.every_s, due, removed, failed))

    async def _write_down(self, look: chores.Look) -> None:
        """For the operations page. In a transaction of its own, after the chore's: what was removed stays removed."""
        try:
            async with self._database.acting_as(Actor(Role.WORKER), Lane.REST) as connection:
                await chores.write_down(connection, look, self._clock.now())
        except Exception:  # noqa: BLE001 – the next chore is to be done all the same
            loop_failures_total.labels("housekeeping history").inc()
            _log.exception("chore_not_written_down", chore=look.what)

    async def _remove(self, chore: Chore | OneByOne) -> int:
        if isinstance(chore, Chore):
            async with self._database.acting_as(Actor(Role.WORKER), Lane.REST) as connection:
                return await chore.do(connection, self._clock.now())
        async with self._database.acting_as(Actor(Role.WORKER), Lane.REST) as connection:
            whose = await chore.whose(connection, self._clock.now())
        return sum([await self._one(chore, volunteer_id) for volunteer_id in whose])

    async def _one(self, chore: OneByOne, volunteer_id: VolunteerId) -> bool:
        try:
            await chore.do(self._database, volunteer_id)
        except Exception:  # noqa: BLE001 – one who cannot be done keeps no other from being done
            loop_failures_total.labels(f"housekeeping {chore.what}").inc()
            _log.exception("chore_failed", chore=chore.what)
            return False
        return True
