"""A hundred positions at once: one statement and commit of ours beside one GEOADD of a Redis that syncs each write."""

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from backend.foundation.database import Actor, Lane, Role, open_database
from backend.foundation.ids import VolunteerId
from backend.locations import queries
from backend.locations.cells import centre_of, coarsened, res9_parent
from tests.performance import servers
from tests.performance.figures import Aim, Figure
from tests.performance.processor import used_s
from tests.performance.resp import connect_redis

TOGETHER = 100
OURS, REDIS = "ours, a hundred at once", "Redis GEOADD, AOF always"


async def measured(dsn: str, options: argparse.Namespace) -> list[Figure]:
    """Nothing where Redis is not installed."""
    if not servers.has_redis() or options.rounds == 0:
        return []
    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch("SELECT volunteer_id, cell FROM locations.position")
    await connection.close()
    draw = random.Random(f"batches {options.seed}")
    ours: list[tuple[float, float]] = []
    theirs: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as folder, servers.redis(Path(folder), synced=True) as port:
        database = await open_database(dsn, {Lane.LOCATIONS: 1})
        redis = await connect_redis(port)

        async def keep(batch: list[asyncpg.Record]) -> None:
            items, now = [_newest(each) for each in batch], datetime.now(UTC)
            async with database.acting_as(Actor(Role.API), Lane.LOCATIONS) as writing:
                await queries.keep_newest(writing, items, now)

        async def geoadd(batch: list[asyncpg.Record]) -> None:
            words: list[str | float] = ["GEOADD", "people"]
            for each in batch:
                lat, lon = centre_of(each["cell"])
                words += [lon, lat, each["volunteer_id"].hex]
            await redis.call(*words)

        for _ in range(options.rounds):
            ours.append(await _timed(keep, rows, draw, options.seconds / 2))
            theirs.append(await _timed(geoadd, rows, draw, options.seconds / 2))
        await redis.close()
        await database.close()
    return [
        Figure(
            name,
            OURS,
            options.volunteers,
            statistics.median(each[n] for each in ours),
            unit,
            REDIS,
            statistics.median(each[n] for each in theirs),
            Aim(at_least=0.8) if n == 0 else None,
        )
        for n, (name, unit) in enumerate((("reports a second", "/s"), ("processor a report", "µs")))
    ]


async def _timed(
    write: Callable[[list[asyncpg.Record]], Awaitable[None]],
    rows: list[asyncpg.Record],
    draw: random.Random,
    seconds: float,
) -> tuple[float, float]:
    """Reports a second, and microseconds of processor a report: ours and of every server, which are our children."""
    before, began, done = used_s(os.getpid()), time.monotonic(), 0
    while time.monotonic() - began < seconds:
        await write(draw.sample(rows, TOGETHER))
        done += TOGETHER
    return done / (time.monotonic() - began), 1e6 * (used_s(os.getpid()) - before) / done


def _newest(row: asyncpg.Record) -> queries.Newest:
    cell = row["cell"]
    coarse = coarsened(cell)
    return queries.Newest(
        volunteer_id=VolunteerId(row["volunteer_id"]),
        cell=cell,
        cell_r9=res9_parent(cell),
        coarse_cell=coarse,
        coarse_cell_r9=res9_parent(coarse),
        accuracy_m=15.0,
        measured_at=datetime.now(UTC),
    )
