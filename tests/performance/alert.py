"""An alarm from a dispatch centre's POST to 20 pushes accepted, among a million volunteers while 2,000 a second report.

The product's own processes over a country that was filled by COPY: the API for dispatch, the one for positions at a
tenth of its weight, the worker, and a stand-in for FCM that takes 50 ms; PostgreSQL durable. In each round every size
has its turn: its processes are started, some alarms warm up and are not counted, then alarms one after another while
nothing else happens, then as many while phones report through HTTP; each of these comes unannounced, after the API has
forgotten that there was one before it, so that all reports are being taken in when it comes. The first size is measured
idle only: the others are compared with it. p50 and p99 are of all alarms of all rounds.

    python -m tests.performance alert --volunteers 20000 50000 --incidents 20 --rounds 1        a short trial
    python -m tests.performance alert --keep FOLDER --write                100,000 and a million
    python -m tests.performance alert --volunteers 100000 1000000 10000000 --keep FOLDER --memory-mb 4096 --write
"""

import argparse
import asyncio
import contextlib
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from backend.demo.bench_alert import PUSHES, Measured
from backend.demo.denmark import Arrest, arrests
from backend.demo.land import coarse_land
from backend.regions import shipped
from tests.performance.country import SPREAD
from tests.performance.figures import Aim, Figure, Run, percentile
from tests.performance.filling import run as sql
from tests.performance.flames import flames
from tests.performance.flooding import Counted, flooding
from tests.performance.ground import add_ground_options, ground_of, tell
from tests.performance.machine import Machine, this_machine
from tests.performance.site import API, WORKER, Ground, Site, running

SETTLE_S, CALM_S = 3.0, 5.0
AIMS = {"p50": Aim(at_most=120.0), "p99": Aim(at_most=300.0)}
GROWTH = Aim(at_most=1.3)
NONE = Aim(at_most=0.0)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--volunteers", type=int, nargs="+", default=[100_000, 1_000_000], help="the first is the rival"
    )
    parser.add_argument("--incidents", type=int, default=150, help="idle, and as many loaded, of each size")
    parser.add_argument("--rounds", type=int, default=3, help="in how many turns")
    parser.add_argument("--warm-up", type=int, default=40, help="alarms at the start of each turn, not counted")
    parser.add_argument("--rate", type=float, default=2_000.0, help="reports a second; 0: idle only")
    parser.add_argument("--pause-s", type=float, default=3.0, help="before each loaded alarm: above 2 unannounced")
    add_ground_options(parser)
    parser.add_argument("--py-spy", type=Path, metavar="PROGRAM", help="draw flame graphs with it; not to be kept")


@dataclass
class Found:
    """What came of the turns of one size."""

    idle: list[Measured] = field(default_factory=list)
    loaded: list[Measured] = field(default_factory=list)
    reports: list[Counted] = field(default_factory=list)
    calm: list[Counted] = field(default_factory=list)
    """The same reports while there is no alarm."""
    wal_bytes: list[float] = field(default_factory=list)
    """An alarm and its stand-down, in the idle rounds."""


def run(options: argparse.Namespace) -> Iterator[Run]:
    """One run, of all sizes."""
    machine = this_machine(datetime.now(UTC))
    with contextlib.ExitStack() as stack:
        grounds = [stack.enter_context(ground_of(volunteers, options)) for volunteers in options.volunteers]
        yield asyncio.run(_measured(options, grounds, machine))


async def _measured(options: argparse.Namespace, grounds: Sequence[Ground], machine: Machine) -> Run:
    found = {len(ground.people): Found() for ground in grounds}
    happening = arrests(shipped.places(), f"alert {options.seed}", coarse_land())
    share = -(-options.incidents // options.rounds)
    for number in range(options.rounds):
        for place, ground in enumerate(grounds):
            size = len(ground.people)
            async with running(ground, options.latency_ms, tell) as site:
                await _warm_up(options.warm_up, site, happening, ground, analyse=number == 0)
                own = found[size]
                await sql(ground.dsn, "CHECKPOINT")  # so every turn writes whole pages for those it touches first
                before = await _written(ground.dsn)
                async with flames({f"alert: {name}": site.pid(name) for name in (API, WORKER)}, options.py_spy):
                    own.idle += [await site.alarm(next(happening)) for _ in range(share)]
                own.wal_bytes.append((await _written(ground.dsn) - before) / share)
                if options.rate and (place or len(grounds) == 1):
                    await _loaded(options, ground, site, happening, share, own)
            tell(f"round {number + 1} of {options.rounds}, {size:,} volunteers: {_said(own)}")
    return Run("alert", machine, _typed(options), figures_of(found, options.rate), facts_of(options, found))


async def _warm_up(count: int, site: Site, happening: Iterator[Arrest], ground: Ground, *, analyse: bool) -> None:
    """Caches and connections; and tables that were empty a moment ago, whose size the planner is told."""
    for number in range(count):
        await site.alarm(next(happening))
        if analyse and number == count // 2:
            await sql(ground.dsn, "ANALYZE")


async def _written(dsn: str) -> int:
    """Bytes of WAL so far."""
    connection = await asyncpg.connect(dsn)
    try:
        return int(await connection.fetchval("SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint"))
    finally:
        await connection.close()


async def _loaded(
    options: argparse.Namespace, ground: Ground, site: Site, happening: Iterator[Arrest], share: int, own: Found
) -> None:
    async with flooding(ground, site.positions, options.rate, options.seed) as flood:
        await flood.on()
        await asyncio.sleep(SETTLE_S + CALM_S)  # what comes of the same while nobody's heart stops
        own.calm.append(await flood.off())
        await flood.on()
        await asyncio.sleep(SETTLE_S)
        for _ in range(share):
            await asyncio.sleep(options.pause_s)
            own.loaded.append(await site.alarm(next(happening)))
        own.reports.append(await flood.off())


def figures_of(found: Mapping[int, Found], rate: float) -> list[Figure]:
    """The aims are for a million volunteers; growth is from the first size to the largest."""
    figures: list[Figure] = []
    base_size, base = next(iter(found.items()))
    for size, own in found.items():
        for of, measured in (("idle", own.idle), (f"{rate:,.0f} reports a second", own.loaded)):
            whole = [m for m in measured if m.pushed >= PUSHES]
            if not whole:
                continue
            for name, percent in (("p50", 50), ("p90", 90), ("p99", 99)):
                value = percentile([m.last_ms for m in whole], percent)
                aim = AIMS.get(name) if of != "idle" and size <= 1_000_000 else None
                figures.append(Figure(name, of, size, value, "ms", aim=aim))
                if size != base_size and (before := [m.last_ms for m in base.idle if m.pushed >= PUSHES]):
                    beside, other = f"idle at {base_size:,}", percentile(before, percent)
                    grows = GROWTH if of == "idle" and percent == 50 else None
                    figures.append(Figure(f"{name} grown", of, size, value, "ms", beside, other, grows))
            answered = [m.answered_ms for m in measured]
            figures.append(Figure("answered p50", of, size, percentile(answered, 50), "ms"))
            figures.append(Figure("answered p99", of, size, percentile(answered, 99), "ms"))
            short = sum(m.pushed < m.asked for m in measured)
            figures.append(Figure("alarms short of pushes", of, size, short, "", aim=NONE))
        if own.wal_bytes:
            figures.append(Figure("WAL an alarm", "idle", size, statistics.median(own.wal_bytes) / 1024, "kB"))
        for of, turns in (("between alarms", own.calm), ("alarm after alarm", own.reports)):
            if turns:
                accepted = statistics.median(counted.accepted_a_second for counted in turns)
                figures.append(Figure("reports accepted", of, size, accepted, "/s"))
    return figures


def facts_of(options: argparse.Namespace, found: Mapping[int, Found]) -> dict[str, str | int | float | bool]:
    """What a reader wants to know besides."""
    counts: dict[str, int] = {}
    for own in found.values():
        for counted in (*own.calm, *own.reports):
            for name, count in counted.counts.items():
                counts[name] = counts.get(name, 0) + count
    facts: dict[str, str | int | float | bool] = {
        "people": SPREAD,
        "FCM takes": f"{options.latency_ms:g} ms",
        "alarms with fewer than 20 in reach, not counted": sum(
            m.pushed < PUSHES for own in found.values() for m in (*own.idle, *own.loaded)
        ),
    }
    return facts | {f"reports {name}": count for name, count in sorted(counts.items())}


def _said(own: Found) -> str:
    said = []
    for of, measured in (("idle", own.idle), ("loaded", own.loaded)):
        if whole := [m.last_ms for m in measured if m.pushed >= PUSHES]:
            said.append(f"{of} p50 {percentile(whole, 50):.0f} ms, p99 {percentile(whole, 99):.0f} ms")
    if own.reports:
        said.append(f"{own.calm[-1].accepted_a_second:,.0f} reports a second between alarms, {own.calm[-1].counts}")
        said.append(f"{own.reports[-1].accepted_a_second:,.0f} alarm after alarm, {own.reports[-1].counts}")
    return "; ".join(said)


def _typed(options: argparse.Namespace) -> dict[str, str | int | float | bool | None]:
    names = ("seed", "incidents", "rounds", "warm_up", "rate", "pause_s", "latency_ms", "memory_mb")
    sizes = " ".join(str(each) for each in options.volunteers)
    return {"volunteers": sizes, "server": str(options.server), **{name: getattr(options, name) for name in names}}
