"""What 10,000 reports a second leave behind in the table of positions, and what autovacuum makes of it.

A million people's positions, a quarter of whom are on the move. For each way of setting autovacuum the table is filled
anew and as many reports as the rate asks for are kept, a batch a commit, by the product's own statement: how much is
HOT, WAL a report, how often autovacuum came and how long it took, how many dead rows there are in the end, and how much
larger table and index of cells have become.

    python -m tests.performance upkeep --volunteers 20000 --seconds 5        a short trial: too short for autovacuum
    python -m tests.performance upkeep --keep FOLDER --write                 finds what `alert` filled there
"""

import argparse
import asyncio
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import asyncpg
import msgspec
import numpy as np

from backend.foundation.database import Actor, Lane, Role, open_database
from backend.foundation.ids import VolunteerId
from backend.locations import queries
from backend.locations.cells import coarsened, res9_parent, with_neighbours
from tests.performance.figures import Figure, Run
from tests.performance.filling import run as sql
from tests.performance.flooding import WALKS
from tests.performance.ground import add_ground_options, on_one_ground, tell
from tests.performance.machine import Machine
from tests.performance.registered import put_where_they_are
from tests.performance.site import Ground

TOGETHER = 500
FLUSHED_S = 1.2  # connections tell what they wrote at most a second later
WAYS: Mapping[str, str] = {
    "as PostgreSQL comes": "RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_cost_limit)",
    "at 2 %": "SET (autovacuum_vacuum_scale_factor = 0.02)",
    "at 2 %, ten times the budget": "SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_limit = 2000)",
}


class Left(msgspec.Struct, frozen=True):
    """The counters of the table, by name."""

    wal: int
    updates: int
    hot: int
    dead: int
    vacuums: int
    table_bytes: int
    index_bytes: int


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--volunteers", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=180.0, help="of each way; autovacuum looks once a minute")
    parser.add_argument("--rate", type=float, default=10_000.0, help="reports a second, at most")
    add_ground_options(parser)


def run(options: argparse.Namespace) -> Iterator[Run]:
    """One run."""
    yield from on_one_ground(options, _measured)


async def _measured(options: argparse.Namespace, ground: Ground, machine: Machine) -> Run:
    figures: list[Figure] = []
    for way, change in WAYS.items():
        await sql(ground.dsn, f"ALTER TABLE locations.position {change}")
        await put_where_they_are(ground.dsn, ground.people, tell, anew=True)
        await sql(ground.dsn, "CHECKPOINT")  # so that each way writes whole pages for those it touches first
        before = await _left(ground.dsn)
        a_second = await _report(ground, options.rate, options.seconds, options.seed)
        after = await _left(ground.dsn)
        own = figures_of(way, options.volunteers, a_second, before, after)
        for each in own:
            tell(each.said())
        figures += own
    await sql(ground.dsn, f"ALTER TABLE locations.position {next(iter(WAYS.values()))}")
    typed = {name: getattr(options, name) for name in ("volunteers", "seed", "seconds", "rate", "memory_mb")}
    return Run("upkeep", machine, {**typed, "server": str(options.server)}, figures, {"on the move": WALKS})


async def _report(ground: Ground, rate: float, seconds: float, seed: int) -> float:
    """Reports kept a second."""
    people = ground.people
    draw = np.random.default_rng([seed, 8])
    of = draw.permutation(np.flatnonzero(people.has_position))
    moves = draw.random(len(of)) < WALKS
    database = await open_database(ground.dsn, {Lane.LOCATIONS: 1})
    began, kept, turn = time.monotonic(), 0, 0
    try:
        while (passed := time.monotonic() - began) < seconds:
            if kept > rate * passed:
                await asyncio.sleep(0.01)
                continue
            start = kept % len(of)
            turn = kept // len(of)
            now = datetime.now(UTC)
            batch = [
                _newest(people.id_of(who), int(people.live.cell[who]), moves=bool(walks) and turn % 2 == 0, at=now)
                for who, walks in zip(of[start : start + TOGETHER], moves[start : start + TOGETHER], strict=True)
            ]
            async with database.acting_as(Actor(Role.API), Lane.LOCATIONS) as connection:
                await queries.keep_newest(connection, batch, now)
            kept += len(batch)
        return kept / (time.monotonic() - began)
    finally:
        await database.close()


def _newest(volunteer_id: VolunteerId, cell: int, *, moves: bool, at: datetime) -> queries.Newest:
    """Whoever moves is in the next cell in one turn and back in the other."""
    here = next(each for each in with_neighbours(cell) if each != cell) if moves else cell
    coarse = coarsened(here)
    return queries.Newest(volunteer_id, here, res9_parent(here), coarse, res9_parent(coarse), 20.0, at)


async def _left(dsn: str) -> Left:
    connection = await asyncpg.connect(dsn)
    try:
        await asyncio.sleep(FLUSHED_S)
        row = await connection.fetchrow(
            """
            SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint AS wal, n_tup_upd AS updates, n_tup_hot_upd AS hot,
              n_dead_tup AS dead, autovacuum_count AS vacuums, pg_relation_size(relid) AS table_bytes,
              pg_relation_size('locations.position_by_part') AS index_bytes
            FROM pg_stat_user_tables WHERE relid = 'locations.position'::regclass
            """
        )
        assert row is not None
        return Left(**dict(row.items()))
    finally:
        await connection.close()


def figures_of(way: str, volunteers: int, a_second: float, before: Left, after: Left) -> list[Figure]:
    """What the reports of one way left."""
    updates = max(1, after.updates - before.updates)
    measured = (
        ("reports kept", a_second, "/s"),
        ("HOT updates", 100 * (after.hot - before.hot) / updates, "%"),
        ("WAL a report", (after.wal - before.wal) / updates, "B"),
        ("autovacuums", after.vacuums - before.vacuums, ""),
        ("dead rows in the end", 100 * after.dead / volunteers, "% of the people"),
        ("table grown", 100 * (after.table_bytes / before.table_bytes - 1), "%"),
        ("index of cells grown", 100 * (after.index_bytes / before.index_bytes - 1), "%"),
    )
    return [Figure(name, way, volunteers, value, unit) for name, value, unit in measured]
