"""The 20 nearest who may be asked within 5 km: ours beside PostGIS, core `point` and Redis, on the same people.

100,000, a million, ten million volunteers who live as Denmark's do, some off duty, snoozed, quiet, on a mission, not
heard of for days or without an address. Every answer is compared with brute force over everybody; ours has to be the
very list. Then 1,500 alarms are put to each contender, one after another, in three rounds turn and turn about; p50,
p90 and p99 are the medians of the rounds. Contenders that live in PostgreSQL share one server, its settings, the role
that asks and row-level security; each is also asked without the transaction round it. Whoever is not installed is left
out; as root PostGIS and Redis are installed.

    python -m tests.performance selection --volunteers 100000
    python -m tests.performance selection --volunteers 1000000 10000000 --keep FOLDER --memory-mb 4096 --write
    python -m tests.performance selection --server embedded      ours alone, on the newer PostgreSQL of our wheel
"""

import argparse
import asyncio
import contextlib
import random
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg
import msgspec
import uvloop

from backend.demo.embedded_postgres import Server
from backend.foundation.ids import IncidentId
from tests.performance import servers
from tests.performance.brute_force import nearest, usable_places
from tests.performance.contender import Alarm, Contender
from tests.performance.country import SPREAD, Country, alarms, kept_country
from tests.performance.figures import Run
from tests.performance.filling import fill
from tests.performance.in_memory import in_memory
from tests.performance.machine import Machine, this_machine
from tests.performance.ours import ours
from tests.performance.reporting import consents, reporting, write_phones
from tests.performance.resp import connect_redis
from tests.performance.rival_redis import in_redis
from tests.performance.rivals_postgres import core_point, postgis
from tests.performance.rounds import measured, rightness, under_reports
from tests.performance.selection_figures import REPORTED_TO, figures_of, figures_under_reports
from tests.performance.servers import Which

SIZES = (100_000, 1_000_000, 10_000_000)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--volunteers", type=int, nargs="+", default=SIZES[:2], help="one run for each of these sizes")
    parser.add_argument("--queries", type=int, default=1_500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--checked", type=int, help="so many answers are compared with brute force; left out: all")
    parser.add_argument("--server", type=Which, choices=list(Which), default=Which.SYSTEM)
    parser.add_argument("--memory-mb", type=int, default=2_048, help="PostgreSQL's shared_buffers")
    parser.add_argument(
        "--reports", type=int, default=0, help="ask ours once more, in turns idle and under so many reports a second"
    )
    parser.add_argument("--only", nargs="+", metavar="NAME", help="contenders whose names begin so")


def run(options: argparse.Namespace) -> Iterator[Run]:
    """One run a size."""
    machine = this_machine(datetime.now(UTC))
    if options.keep is not None:
        options.keep.mkdir(mode=0o755, parents=True, exist_ok=True)
    if options.server is Which.SYSTEM:
        _tell("looking for PostGIS and Redis, installing what is missing")
        servers.install()
    for volunteers in options.volunteers:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # as the product's processes have it
            yield runner.run(of_size(volunteers, options, machine))


async def of_size(volunteers: int, options: argparse.Namespace, machine: Machine) -> Run:
    """Fill, compare, ask."""
    folder: Path | None = options.keep
    people = kept_country(volunteers, options.seed, folder, _tell)
    asked = drawn_alarms(options.queries, options.seed)
    with contextlib.ExitStack() as stack:
        home = folder and folder / f"postgres-{options.server}-{volunteers}-{options.seed}"
        server = stack.enter_context(servers.postgres(options.server, home, options.memory_mb))
        dsn = await fill(server, people, _tell)
        contenders: list[Contender] = [*ours(dsn), *in_memory(dsn)]
        if options.server is Which.SYSTEM and servers.has_postgis():
            contenders += [*postgis(dsn), *core_point(dsn)]
        if options.server is Which.SYSTEM and servers.has_redis():
            home = folder and folder / f"redis-{volunteers}-{options.seed}"
            contenders += in_redis(stack.enter_context(servers.redis(home)), people)
        if options.only:
            contenders = [each for each in contenders if each.name.startswith(tuple(options.only))]
        prepared = {each.name: await each.prepare(people, _tell) for each in contenders}
        right = await _compared(contenders, people, asked[: options.checked])
        took = await measured(contenders, asked, options.rounds, _tell)
        figures = figures_of(volunteers, took, right, prepared)
        facts = await _facts(server, dsn, options, contenders)
        reported_to = [each for each in contenders if each.name in REPORTED_TO]
        if options.reports and reported_to:
            phones = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "phones.npz"
            write_phones(people, options.seed, phones)
            await consents(dsn, people)
            idle, loaded, kept = await under_reports(
                reported_to,
                asked,
                options.rounds,
                lambda: reporting(dsn, phones, options.reports),
                _tell,
            )
            figures += figures_under_reports(volunteers, options.reports, idle, loaded)
            facts["reports kept a second, of " + str(options.reports)] = statistics.median(kept or [0])
    if options.server is Which.EMBEDDED:  # another server: its figures are to be compared with none of the system's
        figures = [msgspec.structs.replace(each, of=f"{each.of}, embedded PostgreSQL") for each in figures]
    return Run("selection", machine, _typed(volunteers, options), figures, facts)


def drawn_alarms(count: int, seed: int) -> list[Alarm]:
    """Incidents where people live."""
    draw = random.Random(f"incidents {seed}")
    return [
        Alarm(IncidentId(UUID(int=draw.getrandbits(128), version=4)), float(lat), float(lon))
        for lat, lon in zip(*alarms(count, seed), strict=True)
    ]


async def _compared(contenders: Sequence[Contender], people: Country, asked: Sequence[Alarm]) -> dict[str, float]:
    """Per cent of right answers, by contender."""
    places = usable_places(people)
    _tell(f"{len(places.whose):,} places at which somebody can be asked; brute force over all of them, each time")
    expected = []
    for alarm in asked:
        expected.append(nearest(places, alarm))
        if len(expected) % 500 == 0:
            _tell(f"brute force: {len(expected)} of {len(asked)}")
    right = {}
    for each in contenders:
        right[each.name], wrong = await rightness(each, asked, expected, places)
        _tell(f"{each.name}: {right[each.name]:.2f} % as brute force has it")
        for line in wrong:
            _tell(f"NOT SO {line}")
    return right


async def _facts(
    server: Server, dsn: str, options: argparse.Namespace, contenders: Sequence[Contender]
) -> dict[str, str | int | float | bool]:
    connection = await asyncpg.connect(dsn)
    try:
        facts: dict[str, str | int | float | bool] = {
            "PostgreSQL": str(await connection.fetchval("SHOW server_version")),
            "shared_buffers": str(await connection.fetchval("SHOW shared_buffers")),
            "people": SPREAD,
            "compared with brute force": min(options.checked or options.queries, options.queries),
        }
        if await connection.fetchval("SELECT true FROM pg_extension WHERE extname = 'postgis'"):
            facts["PostGIS"] = str(await connection.fetchval("SELECT postgis_lib_version()"))
    finally:
        await connection.close()
    for each in contenders:
        if port := getattr(each, "port", None):
            redis = await connect_redis(port)
            said = (await redis.call("INFO", "server")).decode()
            facts["Redis"] = said.partition("redis_version:")[2].partition("\r")[0]
            await redis.close()
            break
    return facts


def _typed(volunteers: int, options: argparse.Namespace) -> dict[str, str | int | float | bool | None]:
    names = ("seed", "queries", "rounds", "checked", "memory_mb", "reports")
    return {"volunteers": volunteers, "server": str(options.server), **{name: getattr(options, name) for name in names}}


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
