"""The country into the product's own tables: everything selection reads, as superuser, ten million people in minutes.

What selection does not read (names, phones, devices, consents) is left out, and so foreign keys are not looked at.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import timedelta

import asyncpg
import numpy as np
from numpy.typing import NDArray

from backend.cli.migrating import bring_up_to_date
from backend.demo.embedded_postgres import Server
from backend.demo.queries import make_database
from tests.performance.binary_copy import Bytes, bigints, copy, flags, languages, minutes, moments, same
from tests.performance.country import CHUNK, NOW, Country, Points, Tell

DATABASE = "bench"
FILLED = "the product's tables"
_NIGHT = minutes(
    *((day * 1440 + start, day * 1440 + end) for day in range(7) for start, end in ((0, 420), (1320, 1440)))
)
_WORKING_HOURS = minutes(*((day * 1440 + 480, day * 1440 + 960) for day in range(5)))
_QUIET = (minutes(), _NIGHT, _WORKING_HOURS)

Groups = Iterator[Mapping[str, Bytes]]


async def fill(server: Server, people: Country, tell: Tell) -> str:
    """The address of a migrated database with everybody in it; found as it was where it has been filled before."""
    await make_database(server.dsn(), DATABASE, anew=False)
    dsn = server.dsn(DATABASE)
    await bring_up_to_date(dsn)
    took = await once(dsn, FILLED, lambda: _fill(dsn, people))
    tell(f"the product's own tables: filled in {took:.0f} s")
    return dsn


async def _fill(dsn: str, people: Country) -> None:
    await run(dsn, "TRUNCATE volunteers.volunteer CASCADE")  # what an interrupted filling left
    tables: list[tuple[str, str, Groups]] = [
        ("volunteers", "volunteer", _volunteers(people)),
        *(("volunteers", "address", _addresses(people, channel)) for channel in ("in_app", "sms")),
        ("volunteers", "engagement", _engagements(people)),
        ("locations", "position", _positions(people)),
        ("locations", "fixed_place", _fixed_places(people)),
    ]
    await asyncio.gather(*(copied(dsn, *table) for table in tables))
    await run(dsn, "VACUUM (ANALYZE, FREEZE)")


async def once(dsn: str, what: str, work: Callable[[], Awaitable[None]]) -> float:
    """Do `work` where it has not been done in this database yet; how many seconds it took, then or now."""
    await run(dsn, "CREATE TABLE IF NOT EXISTS public.bench_done (what text PRIMARY KEY, seconds float8 NOT NULL)")
    connection = await asyncpg.connect(dsn)
    try:
        known = await connection.fetchval("SELECT seconds FROM public.bench_done WHERE what = $1", what)
        if known is None:
            began = time.monotonic()
            await work()
            known = time.monotonic() - began
            await connection.execute("INSERT INTO public.bench_done VALUES ($1, $2)", what, known)
        return float(known)
    finally:
        await connection.close()


async def run(dsn: str, *statements: str) -> None:
    """Each outside a transaction, as superuser, however long it takes."""
    connection = await asyncpg.connect(dsn, command_timeout=7200)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def copied(dsn: str, schema: str, table: str, groups: Groups) -> None:
    """In a transaction of its own; foreign keys are not looked at."""
    connection = await asyncpg.connect(dsn, server_settings={"session_replication_role": "replica"})
    try:
        await copy(connection, schema, table, groups)
    finally:
        await connection.close()


def pieces(count: int) -> Iterator[NDArray[np.int64]]:
    """The numbers of everybody, so many at a time."""
    for start in range(0, count, CHUNK):
        yield np.arange(start, min(count, start + CHUNK))


def _volunteers(people: Country) -> Groups:
    created = moments(NOW - timedelta(days=100), np.zeros(1, np.int64))[0].tobytes()
    for piece in pieces(len(people)):
        for pattern, quiet_week in enumerate(_QUIET):
            of = piece[people.quiet[piece] == pattern]
            yield {
                "id": people.ids[of],
                "kind": same("live", len(of)),
                "state": same("active", len(of)),
                "created_at": same(created, len(of)),
                "training": same("hlr_and_aed", len(of)),
                "languages": same(languages("da"), len(of)),
                "on_duty": flags(people.available[of]),
                "coarse_position": flags(people.coarse[of]),
                "snoozed_until": moments(NOW, people.snoozed_s[of]),
                "quiet_week": same(quiet_week, len(of)),
                "last_seen_at": moments(NOW, -people.age_s[of]),
            }


def _addresses(people: Country, channel: str) -> Groups:
    """What an address is does not matter here, only whether one is healthy. Ids of their own, in the same order."""
    draw = np.random.default_rng(7)
    for piece in pieces(len(people)):
        for health, of in (("healthy", people.has_address[piece]), ("quarantined", ~people.has_address[piece])):
            whose = piece[of]
            own = people.ids[whose].copy()
            own[:, 15] = draw.integers(0, 128, len(whose)) * 2 + (channel == "sms")
            device = {} if channel == "sms" else {"device_id": own}
            yield {
                "id": own,
                "volunteer_id": people.ids[whose],
                "kind": same("live", len(whose)),
                "channel": same(channel, len(whose)),
                "health": same(health, len(whose)),
                "created_at": moments(NOW, np.zeros(len(whose), np.int64)),
                "changed_at": moments(NOW, np.zeros(len(whose), np.int64)),
                **device,
            }


def _engagements(people: Country) -> Groups:
    draw = np.random.default_rng(9)
    for state, code in (("ringing", 1), ("mission", 2)):
        of = np.flatnonzero(people.engaged == code)
        yield {
            "volunteer_id": people.ids[of],
            "kind": same("live", len(of)),
            "incident_id": draw.integers(0, 256, (len(of), 16), np.uint8),
            "state": same(state, len(of)),
            "since": moments(NOW, np.full(len(of), -60)),
        }


def _positions(people: Country) -> Groups:
    for piece in pieces(len(people)):
        of = piece[people.has_position[piece]]
        yield {
            "volunteer_id": people.ids[of],
            **cells(people.live, of),
            "coarse": flags(people.coarse[of]),
            "available": flags(people.available[of]),
            "measured_at": moments(NOW, -people.age_s[of]),
            "seen_at": moments(NOW, -people.age_s[of]),
        }


def _fixed_places(people: Country) -> Groups:
    fixed = people.fixed
    for place, is_work in (("home", False), ("work", True)):
        of = np.flatnonzero(fixed.is_work == is_work)
        yield {
            "volunteer_id": people.ids[fixed.whose[of]],
            "place": same(place, len(of)),
            **cells(fixed.at, of),
            "available": flags(fixed.available[of]),
            "set_at": moments(NOW, np.full(len(of), -86_400)),
        }


def cells(points: Points, of: NDArray[np.int64]) -> Mapping[str, Bytes]:
    """The two columns of a place."""
    return {"cell": bigints(points.cell[of]), "cell_r9": bigints(points.cell_r9[of])}
