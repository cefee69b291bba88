"""Which centre acts for which, loaded at start and again every few seconds: asked in memory, no alarm waits for it."""

import asyncio
import contextlib

import structlog

from backend.foundation.database import Actor, Database, Lane, Role
from backend.foundation.telemetry import loop_failures_total
from backend.regions.access import Access, load

AGAIN_S = 10.0

log = structlog.get_logger()


class AccessInUse:
    """Holds the current :class:`Access`. A grant begins and ends by the clock; one that is new shows within 10 s."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._task: asyncio.Task[None] | None = None
        self.now = Access()

    async def start(self) -> None:
        await self.load()
        self._task = asyncio.create_task(self._keep_loading())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def load(self) -> None:
        async with self._database.acting_as(Actor(Role.API), Lane.REST) as connection:
            self.now = await load(connection)

    async def _keep_loading(self) -> None:
        while True:
            await asyncio.sleep(AGAIN_S)
            try:
                await self.load()
            except Exception as error:  # noqa: BLE001 – whatever it is, the loop must go on
                loop_failures_total.labels(loop="access").inc()
                log.warning("access not loaded again", error=type(error).__name__)
