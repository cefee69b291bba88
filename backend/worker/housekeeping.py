"""What has had its time is removed. Each chore by itself: one that fails keeps no other from being done."""

import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import msgspec
import structlog

from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Connection, Database, Lane, Role
from backend.foundation.telemetry import housekeeping_removed_total, loop_failures_total

LOOK_EVERY_S = 5.0

_log = structlog.get_logger()


class Chore(msgspec.Struct, frozen=True):
    """`do` removes what is over at the given time and says how many rows that were."""

    what: str
    every_s: float
    do: Callable[[Connection, datetime], Awaitable[int]]


class Housekeeper:
    """Does each chore when it is due."""

    def __init__(self, database: Database, chores: Sequence[Chore], clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._next = {chore.what: 0.0 for chore in chores}
        self._chores = chores

    async def round(self) -> float:
        for chore in self._chores:
            if time.monotonic() >= self._next[chore.what]:
                self._next[chore.what] = time.monotonic() + chore.every_s
                await self._do(chore)
        return LOOK_EVERY_S

    async def _do(self, chore: Chore) -> None:
        try:
            async with self._database.acting_as(Actor(Role.WORKER), Lane.REST) as connection:
                removed = await chore.do(connection, self._clock.now())
        except Exception:  # noqa: BLE001 – the next chore is to be done all the same
            loop_failures_total.labels(f"housekeeping {chore.what}").inc()
            _log.exception("chore_failed", chore=chore.what)
        else:
            housekeeping_removed_total.labels(chore.what).inc(removed)
