"""The gate before every route: measures how this process fares, and turns away what can wait before reading its body.

It stands outside the framework, so that turning a call away costs a fraction of answering it: a flood of positions is
what it is for. Which class a call belongs to is what its route's guard says.
"""

import asyncio
import random
import re
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from statistics import median
from typing import Any

import msgspec
import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send
from litestar.utils.path import normalize_path

from backend.api import shedding
from backend.api.guards import Guard
from backend.api.limits import Limit
from backend.api.live import Hub
from backend.api.problem_answers import MEDIA_TYPE
from backend.api.shedding import Level, Pressure
from backend.foundation.database import Database, Lane
from backend.foundation.problems import overloaded
from backend.foundation.telemetry import loop_lag_seconds, shed_steps, shed_total

LOOK_S = 0.05
LOOKS = 9  # of which the median counts: one long step of the loop is no pressure
TELL_S = 1.0

ALARM_S = 2.0
"""After what was last heard of any incident one is under way: positions are held to fewer; and by what may be a live
one statistics are put off."""

ANNOUNCE_EVERY_S = 0.5

RETRY_AFTER_S: dict[Limit, tuple[int, int]] = {Limit.POSITIONS: (10, 60)}
"""Drawn between the two, so that those who were turned away together do not come back together."""

_ELSE_RETRY_AFTER_S = (1, 5)
_PROBLEM = MEDIA_TYPE.encode(), msgspec.json.encode(overloaded(0).document())
_PAGE = (
    b"text/html; charset=utf-8",
    """<!doctype html>
<html lang="da"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Vent et øjeblik</title></head><body><main><h1>Vent et øjeblik</h1>
<p>Alarmer kommer først. Prøv igen om lidt. Intet er gået tabt.</p>
<p lang="en">Alarms come first. Try again in a while. Nothing is lost.</p></main></body></html>
""".encode(),
)
_ANSWERS = {Limit.SIGN_UP: _PAGE, Limit.CONSOLE: _PAGE}
"""What is read by people is turned away in words; everything else by a problem."""

log = structlog.get_logger()


class Gate:
    """One process's pressure, what is under way in it, and whom it lets in."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._in_flight = dict.fromkeys(Limit, 0)
        self._lags: deque[float] = deque([0.0] * LOOKS, maxlen=LOOKS)
        self._level = Level()
        self._alarm_until = float("-inf")
        self._announced = float("-inf")
        self._announcing: set[asyncio.Task[None]] = set()
        self._hub: Hub | None = None
        self._database: Database | None = None
        self._shed: Counter[str] = Counter()  # since it was last told
        self._task: asyncio.Task[None] | None = None

    def heard_of_an_incident(self, live: bool) -> None:
        """A report is being answered, or something was written about an incident, here or in another process.

        Positions are held to fewer by all of them, drills too: their phones are many. Statistics wait for `live` ones.
        """
        self._alarm_until = self._monotonic() + ALARM_S
        if live and self._database is not None:
            self._database.put_statistics_off(ALARM_S)

    def lets_in(self, limit: Limit) -> bool:
        alarm = self._in_flight[Limit.NEVER] > 0 or self._monotonic() < self._alarm_until
        return shedding.lets_in(limit, self._level.steps, self._in_flight[limit], alarm=alarm)

    def enter(self, limit: Limit) -> None:
        self._in_flight[limit] += 1
        if limit is Limit.NEVER:
            self._announce()

    def _announce(self) -> None:
        """Tell the other processes, unless that was done a moment ago or is still being tried."""
        if self._hub is None or self._announcing or self._monotonic() - self._announced < ANNOUNCE_EVERY_S:
            return
        self._announced = self._monotonic()
        task = asyncio.create_task(self._hub.announce_alarm())
        self._announcing.add(task)
        task.add_done_callback(self._announcing.discard)

    def leave(self, limit: Limit) -> None:
        self._in_flight[limit] -= 1

    def count(self, limit: Limit) -> None:
        shed_total.labels(limit=limit.value).inc()
        self._shed[limit.value] += 1

    # measuring -----------------------------------------------------------------------------------------------------

    def start(self, database: Database, hub: Hub) -> None:
        """Begin to look at this process and its connections, and to tell the others of reports."""
        self._database, self._hub = database, hub
        self._task = asyncio.create_task(self._keep_looking(database))

    async def stop(self) -> None:
        self._hub = None
        running = [task for task in (self._task, *self._announcing) if task is not None]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _keep_looking(self, database: Database) -> None:
        told = self._monotonic()
        while True:
            before = self._monotonic()
            await asyncio.sleep(LOOK_S)
            now = self._monotonic()
            busy = (1 - database.free_share(lane) for lane in (Lane.ALERTS, Lane.ANSWERS))
            self.look(max(0.0, now - before - LOOK_S), *busy)
            if self._shed and now - told >= TELL_S:
                log.warning("shedding", shed=dict(self._shed), steps=self._level.steps, lag_s=round(self._lag(), 3))
                self._shed.clear()
                told = now

    def look(self, lag_s: float, alerts_busy: float, answers_busy: float) -> None:
        """Take in one measurement."""
        self._lags.append(lag_s)
        pressure = Pressure(self._lag(), alerts_busy, answers_busy)
        self._level = shedding.next_level(self._level, pressure, self._monotonic())
        loop_lag_seconds.set(pressure.lag_s)
        shed_steps.set(self._level.steps)

    def _lag(self) -> float:
        return median(self._lags)


class Admission:
    """An ASGI application in front of another: every call passes the gate, or is answered here."""

    def __init__(self, inner: ASGIApp, gate: Gate, limit_of: Callable[[str, str], Limit]) -> None:
        self._inner = inner
        self._gate = gate
        self._limit_of = limit_of
        self._draw = random.SystemRandom()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._inner(scope, receive, send)
            return
        limit = self._limit_of(scope["method"], path_of(scope))
        if not self._gate.lets_in(limit):
            self._gate.count(limit)
            await self._turn_away(limit, send)
            return
        self._gate.enter(limit)
        try:
            await self._inner(scope, receive, send)
        finally:
            self._gate.leave(limit)

    async def _turn_away(self, limit: Limit, send: Send) -> None:
        wait_s = self._draw.randint(*RETRY_AFTER_S.get(limit, _ELSE_RETRY_AFTER_S))
        media_type, body = _ANSWERS.get(limit, _PROBLEM)
        headers = [
            (b"content-type", media_type),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            (b"retry-after", str(wait_s).encode()),
        ]
        await send({"type": "http.response.start", "status": 503, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})


def path_of(scope: HTTPScope) -> str:
    """As the framework's router reads it."""
    path, root = scope["path"], scope.get("root_path", "")
    return path.split(root, maxsplit=1)[-1] if root else path


class Classes:
    """Which limit a call belongs to, by the routes' guards; what no route knows is as open as a page."""

    def __init__(self, routes: Iterable[Any]) -> None:
        self._plain: dict[tuple[str, str], Limit] = {}
        self._patterns: list[tuple[re.Pattern[str], dict[str, Limit]]] = []
        for route in routes:
            limits = dict(_limits(route))
            if route.path_parameters:
                parts = (re.escape(part) if isinstance(part, str) else "[^/]+" for part in route.path_components)
                self._patterns.append((re.compile("/" + "/".join(parts)), limits))
            else:
                self._plain |= {(method, route.path): limit for method, limit in limits.items()}

    def __call__(self, method: str, path: str) -> Limit:
        if found := self._plain.get((method, path)):
            return found
        path = normalize_path(path)
        if found := self._plain.get((method, path)):
            return found
        for pattern, limits in self._patterns:
            if method in limits and pattern.fullmatch(path):
                return limits[method]
        return Limit.OPEN


def _limits(route: Any) -> Iterable[tuple[str, Limit]]:
    for method, (handler, _) in getattr(route, "route_handler_map", {}).items():
        for guard in handler.resolve_guards():
            if isinstance(guard, Guard):
                yield str(method), guard.limit
