"""Writes down what came of attempts, as many together as come together, and gives their slots back."""

import asyncio
from collections.abc import Callable, Sequence

import structlog
from prometheus_client import Counter as Figure

from backend.delivery import settle
from backend.delivery.settle import Report
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Database, Lane, Role

WORKER = Actor(Role.WORKER)
SETTLE_TOGETHER = 200
SETTLE_GATHERS_S = 0.005  # from the first result: a wave's answers come together, and so are written in one commit
SETTLE_ASIDE_S = 0.1  # the same of a drill's while an alarm is under way; leases outlive requests by more
SETTLE_TRIES = 5

results_not_written_total = Figure("hjerteloeber_results_not_written_total", "Results of attempts that were lost")

_log = structlog.get_logger()


class Settler:
    """One line of results. `written` is told of those whose slots are free again, whatever became of them.

    A worker has two, for live alarms and for everything else: what somebody holds of a drill holds up no result of an
    alarm, whose lease would run out meanwhile.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        written: Callable[[Sequence[Report]], None],
        stands_aside: Callable[[], bool],
    ) -> None:
        self._database = database
        self._clock = clock
        self._written = written
        self._stands_aside = stands_aside
        self._reports: asyncio.Queue[Report] = asyncio.Queue()
        self._ending = False

    def put(self, report: Report) -> None:
        self._reports.put_nowait(report)

    @property
    def waits(self) -> bool:
        """Whether something is still to be written."""
        return not self._reports.empty()

    async def round(self) -> float:
        """Settle what has come in, together; wait for something if nothing has."""
        reports = [await self._reports.get()]
        if not self._ending:
            await asyncio.sleep(SETTLE_ASIDE_S if self._stands_aside() else SETTLE_GATHERS_S)
        while len(reports) < SETTLE_TOGETHER and not self._reports.empty():
            reports.append(self._reports.get_nowait())
        try:
            await self._settle(reports)
        finally:
            self._written(reports)
            for _ in reports:
                self._reports.task_done()
        return 0.0

    async def end(self) -> None:
        """Until all is written; from now on without gathering."""
        self._ending = True
        await self._reports.join()

    async def _settle(self, reports: list[Report]) -> None:
        for each_alone in (False, True):
            left: list[Report] = []
            for batch in [[r] for r in reports] if each_alone else [reports]:
                if not await self._settled(batch, SETTLE_TRIES if each_alone else 1):
                    left += batch
            reports = left
        for report in reports:
            # Its lease runs out, and the attempt counts as one whose outcome nobody knows.
            results_not_written_total.inc()
            _log.error("result_not_written", attempt=str(report.attempt_id))

    async def _settled(self, reports: list[Report], tries: int) -> bool:
        for number in range(tries):
            try:
                async with self._database.acting_as(WORKER, Lane.ALERTS) as connection:
                    await settle.settle(connection, reports, self._clock.now())
            except Exception:  # noqa: BLE001 – tried again, then left to the lease's end
                _log.exception("settling_failed", reports=len(reports))
                await asyncio.sleep(0.05 * 2**number)
            else:
                return True
        return False
