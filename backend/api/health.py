"""Whether this process lives, whether it can work, and its figures."""

import asyncio
import contextlib

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.response import Response
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest

from backend.api.guards import anyone
from backend.api.limits import Limit
from backend.api.live import Hub
from backend.foundation.clock import Clock
from backend.foundation.database import Database, Lane
from backend.foundation.migrations import files
from backend.foundation.problems import FieldError, Problem
from backend.foundation.telemetry import clock_difference_seconds

WATCH_S = 10.0
MOST_DIFFERENCE_S = 0.25
REASONS = ("database", "migrations", "clock", "pool")

not_ready = Gauge("hjerteloeber_not_ready", "1 for each reason why this serve process is not ready", ["reason"])


class Live(msgspec.Struct, frozen=True):
    live: bool


class Ready(msgspec.Struct, frozen=True):
    ready: bool


class Watch:
    """Looks every 10 s at what makes this process unfit: a clock that is off, a schema that is not its own."""

    def __init__(self, database: Database, hub: Hub, clock: Clock) -> None:
        self._database = database
        self._hub = hub
        self._clock = clock
        self._wanted = {name for name, _ in files()}
        self._difference_s = 0.0
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._keep_looking())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _keep_looking(self) -> None:
        while True:
            before = self._clock.now()
            at = await self._hub.ask_time()
            if at is not None:
                # The answer was written about half-way between asking and hearing it.
                middle = before + (self._clock.now() - before) / 2
                self._difference_s = (middle - at).total_seconds()
                clock_difference_seconds.set(self._difference_s)
            await asyncio.sleep(WATCH_S)

    def reasons(self) -> list[FieldError]:
        """Why this process is not ready; empty when it is. Incidents are taken all the same."""
        found = []
        if not self._hub.connected:
            found.append(FieldError("database", "no live connection to the primary"))
        elif self._hub.migrations is not None and (missing := self._wanted - self._hub.migrations):
            found.append(FieldError("migrations", f"not applied: {', '.join(sorted(missing))}"))
        if abs(self._difference_s) > MOST_DIFFERENCE_S:
            found.append(FieldError("clock", f"{self._difference_s:+.3f} s from the database's"))
        if self._database.free_share(Lane.ALERTS) <= 0:
            found.append(FieldError("pool", "no free connection for alerts"))
        return found


@get("/health/live", guards=[anyone(Limit.HEALTH)])
async def health_live() -> Live:
    """Is the process alive?"""
    return Live(True)


@get("/health/ready", guards=[anyone(Limit.HEALTH)])
async def health_ready(watch: NamedDependency[Watch]) -> Ready:
    """Can the process work?

    503 names every reason why not. A process that is not ready takes incidents all the same.
    """
    if reasons := watch.reasons():
        said = "; ".join(f"{reason.field}: {reason.problem}" for reason in reasons)
        raise Problem(503, "not-ready", "Not ready", said, errors=reasons, headers={"Retry-After": "5"})
    return Ready(True)


@get("/metrics", guards=[anyone(Limit.HEALTH)], media_type=CONTENT_TYPE_LATEST)
async def metrics(watch: NamedDependency[Watch]) -> Response[bytes]:
    """This process's figures for Prometheus: counts and durations, nobody's data. Not for the open internet."""
    found = {reason.field for reason in watch.reasons()}
    for reason in REASONS:
        not_ready.labels(reason).set(reason in found)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


routes = (health_live, health_ready, metrics)
