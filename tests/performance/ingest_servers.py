"""What reports are sent to beside the product: bare ASGI that does the same, and bare ASGI with a commit for each.

Factories for granian, as `backend.app.asgi` is; settings come from the same environment.
"""

import os
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from backend.api.mobile.positions import PositionResult, PositionResults, Positions
from backend.foundation.clock import MachineClock
from backend.foundation.database import Database, open_database
from backend.foundation.settings import read_settings
from backend.identity.keys import load_keys
from backend.identity.tokens import Audience, read_access_token
from backend.locations.cells import cell_of, res9_parent
from backend.locations.gather import Gatherer
from backend.locations.position import Judged, Outcome, Report
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


def _app(start: Callable[[], Awaitable[None]], keep: Keep, stop: Callable[[], Awaitable[None]]) -> Any:
    keys = load_keys(read_settings(os.environ))
    clock = MachineClock()
    decoder, encoder = msgspec.json.Decoder(Positions), msgspec.json.Encoder()

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
