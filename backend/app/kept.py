"""What a process keeps in memory of the database: loaded at the start, and again and again."""

import asyncio
import contextlib
from abc import ABC, abstractmethod

import structlog

from backend.foundation.telemetry import loop_failures_total

log = structlog.get_logger()


class Kept(ABC):
    """While it cannot be loaded anew, what was loaded last holds. `what`: the name of the loop in figures and lines."""

    def __init__(self, what: str, again_s: float) -> None:
        self._what = what
        self._again_s = again_s
        self._task: asyncio.Task[None] | None = None

    @abstractmethod
    async def load(self) -> None:
        """Read it now."""

    async def start(self) -> None:
        await self.load()
        self._task = asyncio.create_task(self._keep_loading())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _keep_loading(self) -> None:
        while True:
            await asyncio.sleep(self._again_s)
            try:
                await self.load()
            except Exception as error:  # noqa: BLE001 – whatever it is, the loop must go on
                loop_failures_total.labels(loop=self._what).inc()
                log.warning("not loaded again", loop=self._what, error=type(error).__name__)
