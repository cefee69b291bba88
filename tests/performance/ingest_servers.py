"""What reports are sent to beside the product: bare ASGI that does the same, Litestar alone, and a commit for each.

Factories for granian, as `backend.app.asgi` is; settings come from the same environment.
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import asyncpg
import msgspec
from litestar import Litestar, Request, get, post

from backend.api.mobile.positions import PositionResult, PositionResults, Positions
from backend.app import asgi
from backend.app.spared import spare_the_collector
from backend.foundation.clock import MachineClock
from backend.foundation.database import Actor, Connection, Database, Lane, Role, open_database
from backend.foundation.ids import VolunteerId
from backend.foundation.settings import read_settings
from backend.identity.keys import load_keys
from backend.identity.tokens import Audience, read_access_token
from backend.locations import queries
from backend.locations.cells import cell_of, res9_parent
from backend.locations.gather import Gatherer
from backend.locations.position import Judged, Outcome, Report
from backend.locations.queries import Kept, Newest
from backend.locations.report import report

CONNECTIONS = 16
Keep = Callable[[Any, Report, datetime, datetime], Awaitable[list[Judged]]]


def bare() -> Any:
    """The product's own rules and its gathering, without Litestar, limits and whatever else stands before a route."""
    database: list[Database] = []
    gatherer: list[Gatherer] = []

    async def start() -> None:
        database.append(await open_database(read_settings(os.environ).database_url))
        gatherer.append(Gatherer(database[0]))

    async def keep(who: Any, item: Report, sent_at: datetime, now: datetime) -> list[Judged]:
        return (await report(gatherer[0].keep, who, [item], sent_at, now)).judged

    async def stop() -> None:
        await gatherer[0].stop()
        await database[0].close()

    return _app(start, keep, stop)


def each_alone() -> Any:
    """What one writes first: sixteen connections, and an upsert with its own commit for every report."""
    pool: list[asyncpg.Pool] = []

    async def start() -> None:
        url = read_settings(os.environ).database_url
        pool.append(await asyncpg.create_pool(url, min_size=CONNECTIONS, max_size=CONNECTIONS))

    async def keep(who: Any, item: Report, _sent_at: datetime, _now: datetime) -> list[Judged]:
        cell = cell_of(item.lat, item.lon)
        await pool[0].execute(
            """
            INSERT INTO locations.position AS p
              (volunteer_id, cell, cell_r9, accuracy_m, coarse, available, measured_at, seen_at)
            VALUES ($1, $2, $3, $4, false, true, $5, $5)
            ON CONFLICT (volunteer_id) DO UPDATE
            SET cell = EXCLUDED.cell, cell_r9 = EXCLUDED.cell_r9, accuracy_m = EXCLUDED.accuracy_m,
              measured_at = EXCLUDED.measured_at, seen_at = greatest(p.seen_at, EXCLUDED.seen_at)
            WHERE p.measured_at < EXCLUDED.measured_at
            """,
            who,
            cell,
            res9_parent(cell),
            item.accuracy_m,
            item.measured_at,
        )
        return [Judged(Outcome.ACCEPTED)]

    async def stop() -> None:
        await pool[0].close()

    return _app(start, keep, stop)


class _EachAlone:
    """In the gatherer's place: a transaction for every report, on as many connections as the rival has."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, item: Newest, received_at: datetime) -> Kept | None:
        async def keep(connection: Connection) -> list[Kept]:
            return await queries.keep_newest(connection, [item], received_at)

        kept = await self._database.in_transaction(Actor(Role.API), Lane.LOCATIONS, keep)
        return kept[0] if kept else None


def ours_each_alone() -> Any:
    """The product itself, rules, limits and all; only that nothing is gathered."""
    app = asgi.app()

    async def instead() -> None:
        url = read_settings(os.environ).database_url
        app.state.gatherer = _EachAlone(await open_database(url, {Lane.LOCATIONS: CONNECTIONS}))

    app.on_startup.append(instead)
    return app


def litestar_alone() -> Any:
    """As :func:`bare`, on Litestar as its pages say: what the framework takes is the difference between the two."""
    keys = load_keys(read_settings(os.environ))
    clock = MachineClock()

    @asynccontextmanager
    async def running(app: Litestar) -> AsyncIterator[None]:
        database = await open_database(read_settings(os.environ).database_url)
        app.state.gatherer = Gatherer(database)
        yield
        await app.state.gatherer.stop()
        await database.close()

    @get("/health/ready")
    async def ready() -> None:
        """Always."""

    @post("/mobile/v1/positions", status_code=200)
    async def positions(data: Positions, request: Request[Any, Any, Any]) -> PositionResults:
        token = request.headers["authorization"].removeprefix("Bearer ")
        now = clock.now()
        claims = read_access_token(keys, Audience.MOBILE, token, now)
        [one] = data.positions
        item = Report(one.lat, one.lon, one.accuracy_m, one.measured_at)
        who = VolunteerId(claims.subject)
        judged = (await report(request.app.state.gatherer.keep, who, [item], data.sent_at, now)).judged
        return PositionResults([PositionResult(each.outcome, each.reason) for each in judged])

    spare_the_collector()
    return Litestar([ready, positions], lifespan=[running], openapi_config=None, logging_config=None)


def _app(start: Callable[[], Awaitable[None]], keep: Keep, stop: Callable[[], Awaitable[None]]) -> Any:
    keys = load_keys(read_settings(os.environ))
    clock = MachineClock()
    decoder, encoder = msgspec.json.Decoder(Positions), msgspec.json.Encoder()
    spare_the_collector()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await start()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await stop()
            await send({"type": "lifespan.shutdown.complete"})
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        answer = b"{}"
        if scope["method"] == "POST":
            token = dict(scope["headers"])[b"authorization"].decode().removeprefix("Bearer ")
            now = clock.now()
            claims = read_access_token(keys, Audience.MOBILE, token, now)
            data = decoder.decode(body)
            [one] = data.positions
            item = Report(one.lat, one.lon, one.accuracy_m, one.measured_at)
            judged = await keep(claims.subject, item, data.sent_at, now)
            answer = encoder.encode(PositionResults([PositionResult(each.outcome, each.reason) for each in judged]))
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    return app
