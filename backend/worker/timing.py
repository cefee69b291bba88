"""Timers that are due are handed to whoever looks again."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog

from backend.foundation import timers
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Database, Lane, Role
from backend.foundation.telemetry import loop_failures_total
from backend.foundation.timers import Timer

WORKER = Actor(Role.WORKER)
POLL_S = 0.25
AT_ONCE = 4  # handling locks an incident: more would mostly wait for each other

LookAgain = Callable[[Database, Timer, Clock], Awaitable[None]]
"""Handles one timer in a transaction of its own; takes it (timers.take) in that same transaction."""

_log = structlog.get_logger()


class Timekeeper:
    """The timers' loop of one process. `wake` is set when a timer was set that is due at once."""

    def __init__(self, database: Database, look_again: LookAgain, clock: Clock, wake: asyncio.Event) -> None:
        self._database = database
        self._look_again = look_again
        self._clock = clock
        self._wake = wake
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def round(self) -> float:
        """Handle what is due; wait for more when nothing is."""
        self._wake.clear()
        async with self._database.acting_as(WORKER, Lane.ALERTS) as connection:
            due = await timers.due(connection, self._clock.now())
        if due:
            await asyncio.gather(*(self._handle(timer) for timer in due))
            return 0.0
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(POLL_S):
                await self._wake.wait()
        return 0.0

    async def _handle(self, timer: Timer) -> None:
        async with self._at_once:
            try:
                await self._look_again(self._database, timer, self._clock)
            except Exception:  # noqa: BLE001 – one incident's failure must not hold up the others'
                loop_failures_total.labels("timer").inc()
                _log.exception("timer_failed", reason=timer.reason, subject=str(timer.subject_id))
            # Still there after its handling, well or badly: later again, not at once for ever.
            async with self._database.acting_as(WORKER, Lane.ALERTS) as connection:
                await timers.put_off(connection, timer, self._clock.now())
