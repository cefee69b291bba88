"""Timers that are due are handed to whoever looks again: the newest and the most overdue at once.

After an outage hundreds are due. Those of a fresh alarm are the newest, so half of the places are for these, and it
waits for no old one; the other half begins with the oldest, so that none waits for ever.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog

from backend.foundation import timers
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Database, Lane, Role
from backend.foundation.telemetry import loop_failures_total
from backend.foundation.timers import Timer

WORKER = Actor(Role.WORKER)
POLL_S = 0.25
FOR_THE_NEWEST = 2
FOR_THE_OLDEST = 2
AT_ONCE = FOR_THE_NEWEST + FOR_THE_OLDEST  # handling locks an incident: more would mostly wait for each other

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
        self._newest: dict[tuple[UUID, str], asyncio.Task[None]] = {}
        self._oldest: dict[tuple[UUID, str], asyncio.Task[None]] = {}

    async def round(self) -> float:
        """Begin with what is due as far as there is room; wait for more, or for room."""
        self._wake.clear()
        if len(self._newest) < FOR_THE_NEWEST or len(self._oldest) < FOR_THE_OLDEST:
            async with self._database.acting_as(WORKER, Lane.ALERTS) as connection:
                due = await timers.due(connection, self._clock.now(), 2 * AT_ONCE)
            waiting = [timer for timer in due if _key(timer) not in self._newest | self._oldest]
            while waiting and len(self._newest) < FOR_THE_NEWEST:
                self._begin(waiting.pop(), self._newest)
            while waiting and len(self._oldest) < FOR_THE_OLDEST:
                self._begin(waiting.pop(0), self._oldest)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(POLL_S):
                await self._wake.wait()
        return 0.0

    async def finish(self) -> None:
        """Wait for what was begun."""
        await asyncio.gather(*self._newest.values(), *self._oldest.values())

    async def end(self) -> None:
        """Give up what was begun: its transaction is undone, and its timer is still there."""
        begun = [*self._newest.values(), *self._oldest.values()]
        for task in begun:
            task.cancel()
        await asyncio.gather(*begun, return_exceptions=True)

    def _begin(self, timer: Timer, place: dict[tuple[UUID, str], asyncio.Task[None]]) -> None:
        task = asyncio.create_task(self._handle(timer))
        place[_key(timer)] = task

        def over(_task: asyncio.Task[None]) -> None:
            del place[_key(timer)]
            self._wake.set()

        task.add_done_callback(over)

    async def _handle(self, timer: Timer) -> None:
        try:
            await self._look_again(self._database, timer, self._clock)
        except Exception:  # noqa: BLE001 – one incident's failure must not hold up the others'
            loop_failures_total.labels("timer").inc()
            _log.exception("timer_failed", reason=timer.reason, subject=str(timer.subject_id))
        try:
            # Still there after its handling, well or badly: later again, not at once for ever.
            async with self._database.acting_as(WORKER, Lane.ALERTS) as connection:
                await timers.put_off(connection, timer, self._clock.now())
        except Exception:  # noqa: BLE001 – the database is gone: whoever sees the timer next begins anew
            loop_failures_total.labels("timer").inc()
            await asyncio.sleep(POLL_S)


def _key(timer: Timer) -> tuple[UUID, str]:
    return timer.subject_id, timer.reason
