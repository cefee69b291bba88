"""The borders this process finds regions by, loaded at start and again every minute."""

import asyncio
import contextlib

import structlog

from backend.app.queries import borders_version
from backend.foundation.database import Actor, Database, Lane, Role
from backend.foundation.telemetry import loop_failures_total
from backend.regions.find import Borders

AGAIN_S = 60.0

log = structlog.get_logger()


class BordersInUse:
    """Holds the current :class:`Borders`; an import shows within a minute, in every process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._version: str | None = None
        self._borders: Borders | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def now(self) -> Borders:
        assert self._borders is not None
        return self._borders

    async def start(self) -> None:
        await self._load()
        self._task = asyncio.create_task(self._keep_loading())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _load(self) -> None:
        async with self._database.acting_as(Actor(Role.API), Lane.REST) as connection:
            version = await borders_version(connection)
            if version != self._version:
                self._borders = await Borders.load(connection)
                self._version = version

    async def _keep_loading(self) -> None:
        while True:
            await asyncio.sleep(AGAIN_S)
            try:
                await self._load()
            except Exception as error:  # noqa: BLE001 – whatever it is, the loop must go on
                loop_failures_total.labels(loop="borders").inc()
                log.warning("borders not loaded again", error=type(error).__name__)
