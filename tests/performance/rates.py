"""How long a report and an alarm take when more of them come in a second, and at how many that bends.

The product as `alert` runs it, over a country that was filled. First reports alone: phones offer so many a second,
evenly, whatever becomes of them, and each is timed until its answer. Then alarms alone: they come by chance (as hearts
stop, independently), so many a second on average, all over the country, and each is timed from its POST to its last
push. They overlap, and all are stood down, unmeasured, before the next rate. Processor is of all the product's
processes and PostgreSQL, in cores: what is left of the machine the phones and stand-ins have.

    python -m tests.performance rates --volunteers 4000 --reports 50 100 --alarms 1 2 --seconds 2       a short trial
    python -m tests.performance rates --keep FOLDER --write                  finds what `alert` filled there
"""

import argparse
import asyncio
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

import asyncpg
import msgspec

from backend.demo.bench_alert import PUSHES, Accepted
from backend.demo.denmark import Arrest, arrests
from backend.demo.land import coarse_land
from backend.regions import shipped
from tests.performance.alert import SETTLE_S
from tests.performance.figures import Figure, Run, percentile
from tests.performance.flooding import Phones, flooding
from tests.performance.ground import add_ground_options, on_one_ground, tell
from tests.performance.machine import Machine
from tests.performance.processor import used_s
from tests.performance.site import API, POSITIONS, WORKER, Ground, Site, running

REPORTS, ALARMS = "reports a second", "alarms a second"
TOGETHER = 4


class Times(msgspec.Struct, frozen=True):
    """What came of one rate."""

    p50_ms: float
    p99_ms: float
    carried: float  # a second
    cores: float
    short: int  # pushes or answers that did not come


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--volunteers", type=int, default=100_000)
    parser.add_argument(
        "--reports", type=int, nargs="*", default=[500, 1_000, 1_500, 2_000, 2_500, 3_000], help="a second"
    )
    parser.add_argument("--alarms", type=int, nargs="*", default=[2, 4, 8, 16, 24, 32, 48], help="a second")
    parser.add_argument("--seconds", type=float, default=10.0, help="of each rate")
    parser.add_argument("--fewest", type=int, default=60, help="alarms at each rate, or there is no p99 to speak of")
    parser.add_argument("--warm-up", type=int, default=40, help="alarms that are not counted")
    add_ground_options(parser)


def run(options: argparse.Namespace) -> Iterator[Run]:
    """One run."""
    yield from on_one_ground(options, _measured)


async def _measured(options: argparse.Namespace, ground: Ground, machine: Machine) -> Run:
    reports: dict[int, Times] = {}
    alarms: dict[int, Times] = {}
    happening = arrests(shipped.places(), f"rates {options.seed}", coarse_land())
    async with running(ground, options.latency_ms, tell) as site:
        for _ in range(options.warm_up):
            await site.alarm(next(happening))
        if options.reports:
            async with flooding(ground, site.positions, max(options.reports), options.seed, 0) as flood:
                await asyncio.sleep(SETTLE_S)  # while an alarm is under way positions are held to fewer
                await _reported(flood, min(options.reports), SETTLE_S, ground, site)  # pages and connections
                for rate in options.reports:
                    reports[rate] = await _reported(flood, rate, options.seconds, ground, site)
                    tell(_said(rate, REPORTS, reports[rate]))
        for rate in options.alarms:
            alarms[rate] = await _rung(rate, options, ground, site, happening)
            tell(_said(rate, ALARMS, alarms[rate]))
    names = ("volunteers", "seed", "seconds", "latency_ms", "memory_mb")
    typed = {name: getattr(options, name) for name in names}
    rates = {name: " ".join(map(str, getattr(options, name))) for name in ("reports", "alarms")}
    return Run("rates", machine, {**typed, **rates, "server": str(options.server)}, figures_of(reports, alarms))


async def _reported(flood: Phones, rate: int, seconds: float, ground: Ground, site: Site) -> Times:
    before = _used(ground, site)
    await flood.on(rate)
    await asyncio.sleep(seconds)
    counted = await flood.off()
    cores = (_used(ground, site) - before) / counted.seconds
    short = sum(count for name, count in counted.counts.items() if name not in ("200", "offered"))
    return Times(counted.p50_ms, counted.p99_ms, counted.accepted_a_second, cores, short)


async def _rung(
    rate: int, options: argparse.Namespace, ground: Ground, site: Site, happening: Iterator[Arrest]
) -> Times:
    draw = random.Random(f"rates {options.seed} {rate}")
    site.ear.forget()
    before, began = _used(ground, site), time.time()
    reported = []
    for number in range(max(options.fewest, int(rate * options.seconds))):
        reported.append(asyncio.create_task(_report(site, next(happening), f"{began:.0f}-{rate}-{number}")))
        await asyncio.sleep(draw.expovariate(rate))
    opened = await asyncio.gather(*reported)
    pushes = await site.ear.wait_for("ring", sum(each.asked for each in opened))
    ended = max((push.at.timestamp() for push in pushes), default=time.time())
    cores = (_used(ground, site) - before) / (time.time() - began)
    took = milliseconds(opened, pushes, await _whose(ground.dsn, [each.id for each in opened]))
    await _stood_down(site, opened)
    return Times(
        percentile(took, 50) if took else 0.0,
        percentile(took, 99) if took else 0.0,
        len(opened) / (ended - began),
        cores,
        sum(each.asked for each in opened) - len(pushes),
    )


class Opened(msgspec.Struct, frozen=True):
    """An alarm that was reported."""

    id: UUID
    region: str
    began: float
    asked: int


async def _report(site: Site, arrest: Arrest, number: str) -> Opened:
    began = time.time()
    incident = await site.clients[arrest.region].report_arrest(arrest, number)
    return Opened(UUID(incident["id"]), arrest.region, began, int(incident["asked"]))


async def _stood_down(site: Site, opened: Sequence[Opened]) -> None:
    """A few at a time, and until that is told, too."""
    for start in range(0, len(opened), TOGETHER):
        some = opened[start : start + TOGETHER]
        await asyncio.gather(*(site.clients[e.region].stand_down(str(e.id), "sent_in_error") for e in some))
    await site.ear.wait_for("stand_down", sum(each.asked for each in opened))
    await asyncio.sleep(SETTLE_S)


async def _whose(dsn: str, incidents: Sequence[UUID]) -> Mapping[UUID, UUID]:
    """The incident of every alert."""
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch(
            "SELECT id, incident_id FROM alerts.alert WHERE incident_id = ANY($1::uuid[])", incidents
        )
        return {row["id"]: row["incident_id"] for row in rows}
    finally:
        await connection.close()


def milliseconds(opened: Sequence[Opened], pushes: Sequence[Accepted], whose: Mapping[UUID, UUID]) -> list[float]:
    """From the POST to the last push, of every alarm that asked twenty and rang them all."""
    ends: dict[UUID, list[float]] = {}
    for push in pushes:
        if incident := whose.get(UUID(push.data["alert_id"])):
            ends.setdefault(incident, []).append(push.at.timestamp())
    return [
        1000 * (max(ends[each.id]) - each.began)
        for each in opened
        if each.asked >= PUSHES and len(ends.get(each.id, ())) >= each.asked
    ]


def _used(ground: Ground, site: Site) -> float:
    return used_s(site.pid(API), site.pid(POSITIONS), site.pid(WORKER), ground.server.pid)


def figures_of(reports: Mapping[int, Times], alarms: Mapping[int, Times]) -> list[Figure]:
    """`size` is the rate: so growth is fitted to it."""
    figures = []
    for what, of, found in (("report", REPORTS, reports), ("alarm", ALARMS, alarms)):
        for rate, own in found.items():
            figures += [
                Figure(f"{what} p50", of, rate, own.p50_ms, "ms"),
                Figure(f"{what} p99", of, rate, own.p99_ms, "ms"),
                Figure(f"{what}s carried", of, rate, own.carried, "/s"),
                Figure(f"{what}s' processor", of, rate, own.cores, "cores"),
                Figure(f"{what}s short of an answer or push", of, rate, own.short, ""),
            ]
    return figures


def _said(rate: int, what: str, own: Times) -> str:
    return (
        f"{rate:,} {what}: p50 {own.p50_ms:.1f} ms, p99 {own.p99_ms:.1f} ms, {own.carried:,.1f} carried, "
        f"{own.cores:.2f} cores, {own.short} short"
    )
