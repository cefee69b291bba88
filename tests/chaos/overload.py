"""Ten times the positions and 100 slow statistics: does an alarm wait? Idle and loaded rounds take turns."""

import argparse
import asyncio
import json
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import aiohttp
import asyncpg
from prometheus_client.parser import text_string_to_metric_families

from backend.conform.reference_client import NobodyAnswers, Refused
from backend.demo import parts, queries, seeding
from backend.demo.bench_alert import AEDS, PUSHES, Ear, Measured, measure_one, percentile
from backend.demo.denmark import Arrest, arrests
from backend.demo.dispatch_client import DispatchClient
from backend.demo.embedded_postgres import running_server
from backend.demo.folder import Folder, Made
from backend.demo.land import coarse_land
from backend.demo.lighter import lighter
from backend.demo.ports import HOST, any_ports
from backend.demo.supervisor import Part, Supervisor
from backend.foundation.settings import Serves
from backend.regions import shipped
from tests.chaos.checker import check
from tests.chaos.records import Records, read_arrivals
from tests.chaos.running_flood import RunningFlood, running_flood
from tests.chaos.verdict import Verdict

AIM = 1.2  # loaded p99 over idle p99
RATE = 2_000.0  # Denmark's 59,300 active volunteers report about every 5 minutes: 200 a second; ten times that
STATISTICS = 100
OFFERED_LEAST = 0.95  # of the rate: with less it was no such flood, and nothing was shown
WARM_UP_S = 35.0  # as long as the sealer looks back, so that the first round finds as much to seal as the last
WARM_UP_FIRST = 50  # incidents until there is something for the planner to look at
SETTLE_S = 3.0  # after the flood was turned on or off
CALM_S = 5.0
PHONES = 20_000  # each sends six times a minute, well within what one may

PROCESSES = {
    "one": (Serves.ALL,),
    "two": (Serves.DISPATCH, Serves.MOBILE),
    "three": (Serves.DISPATCH, Serves.MOBILE, Serves.POSITIONS),
}


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--volunteers", type=int, default=60_000)
    parser.add_argument("--incidents", type=int, default=300, help="idle, and as many loaded")
    parser.add_argument("--rounds", type=int, default=6, help="in how many turns each")
    parser.add_argument("--rate", type=float, default=RATE, help="positions offered a second")
    parser.add_argument("--statistics", type=int, default=STATISTICS, help="slow queries that want to run at any time")
    parser.add_argument("--latency-ms", type=float, default=50.0, help="how long the FCM stand-in takes to answer")
    parser.add_argument("--processes", choices=PROCESSES, default="three", help="how the API is divided")
    parser.add_argument("--pause-s", type=float, default=0.0, help="before each incident: above 2 it comes unannounced")
    parser.add_argument("--same-weight", action="store_true", help="the process for positions weighs as much as others")


@dataclass
class Found:
    """What came of the rounds of one sort."""

    measured: list[Measured] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def whole(self) -> list[float]:
        return [m.last_ms for m in self.measured if m.pushed >= PUSHES]


async def run(options: argparse.Namespace) -> Verdict:
    path = Path(tempfile.mkdtemp(prefix="hjerteloeber-overload-"))
    try:
        folder = Folder(path)
        folder.prepare()
        with running_server(None, fast=False) as server:
            await queries.make_database(server.dsn(), "overload", anew=False)
            return await _run(options, folder, server.dsn("overload"))
    finally:
        shutil.rmtree(path, ignore_errors=True)


async def _run(options: argparse.Namespace, folder: Folder, dsn: str) -> Verdict:
    urls = [f"http://{HOST}:{port}" for port in any_ports(len(PROCESSES[options.processes]) + 2)]
    api = dict(zip(PROCESSES[options.processes], urls, strict=False))
    at = parts.Addresses(next(iter(api.values())), urls[-2], urls[-1], dsn)
    environment = parts.settings(folder, at)
    del environment["HJERTELOEBER_DEMO"]  # limits as in earnest
    await parts.migrate({**os.environ, **environment})
    made = await seeding.fill(
        dsn,
        folder,
        shipped.places(),
        volunteers=options.volunteers,
        aeds=AEDS,
        newcomer_count=0,
        seed=options.seed,
        tell=_tell,
    )
    async with Supervisor(folder.logs, _tell) as them, aiohttp.ClientSession() as session:
        fcm = parts.fcm_server(folder, at)
        await them.start(replace(fcm, command=(*fcm.command, "--latency-ms", str(options.latency_ms))))
        await them.start(parts.sms_server(folder, at))
        for serves, url in api.items():
            await them.start(_api(serves, url, environment, light=not options.same_weight))
        await them.start(parts.worker(environment))
        ear = Ear()
        listening = asyncio.create_task(ear.listen(session, f"{at.fcm}/device/stream"))
        async with _flood(options, folder, dsn, next(reversed(api.values()))) as flood:
            idle, loaded = await _take_turns(options, made, session, ear, at, flood)
            await flood.on()  # and what the same flood comes to while nobody's heart has stopped
            await asyncio.sleep(CALM_S)
            calm = await flood.off()
        shed = await shed_by(session, api.values())
        if flood.counts.get("statistics turned away"):
            shed["statistics"] = int(flood.counts["statistics turned away"])
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await asyncio.sleep(SETTLE_S)
        broken = await check(dsn, Records(arrivals=read_arrivals(parts.fcm_log(folder), parts.sms_log(folder))))
    verdict = _verdict(options, idle, loaded, shed, flood, calm)
    verdict.violations += broken
    return verdict


def _api(serves: Serves, url: str, environment: dict[str, str], *, light: bool) -> Part:
    platform = {name: value for name, value in environment.items() if name.startswith("HJERTELOEBER_")}
    port = url.rsplit(":", 1)[1]
    command: tuple[str, ...] = (str(parts.PROGRAM), "serve", "--host", HOST, "--port", port, "--only", serves.value)
    if light and serves is Serves.POSITIONS:
        command = lighter(*command)
    return Part(f"api {serves}", command, platform, is_ready=parts.answers(url, "/health/ready"))


async def _take_turns(
    options: argparse.Namespace,
    made: Made,
    session: aiohttp.ClientSession,
    ear: Ear,
    at: parts.Addresses,
    flood: "FloodCounts",
) -> tuple[Found, Found]:
    clients = {c.region: DispatchClient(session, at.api, c, retry_for_s=0) for c in made.centres}
    for client in clients.values():
        await client.open_incidents()  # logging in is no part of the figure
    happening = arrests(shipped.places(), f"overload {options.seed}", coarse_land())
    idle, loaded = Found(), Found()
    await _warm_up(clients, happening, ear, at.database)
    each = -(-options.incidents // options.rounds)
    for number in range(options.rounds):
        await _round(clients, happening, ear, each, idle, f"I{number}", options.pause_s)
        await flood.on()
        await asyncio.sleep(SETTLE_S)
        await _round(clients, happening, ear, each, loaded, f"L{number}", options.pause_s)
        told = await flood.off()
        flood.add(told)
        await asyncio.sleep(SETTLE_S)
        _tell(f"round {number + 1}: idle p50 {_half(idle)} ms, loaded p50 {_half(loaded)} ms, {told}")
    return idle, loaded


async def _warm_up(clients: dict[str, DispatchClient], happening: Iterator[Arrest], ear: Ear, dsn: str) -> None:
    """Fills caches, and tables whose size the planner then is told: a database made a minute ago plans blindly."""
    began, number = time.monotonic(), 0
    while time.monotonic() - began < WARM_UP_S:
        await _round(clients, happening, ear, 1, Found(), f"W{number}")
        number += 1
        if number == WARM_UP_FIRST:
            connection = await asyncpg.connect(dsn)
            await connection.execute("ANALYZE")
            await connection.close()


async def _round(
    clients: dict[str, DispatchClient],
    happening: Iterator[Arrest],
    ear: Ear,
    count: int,
    found: Found,
    name: str,
    pause_s: float = 0.0,
) -> None:
    for number in range(count):
        arrest = next(happening)
        await asyncio.sleep(pause_s)
        try:
            found.measured.append(await measure_one(clients[arrest.region], arrest, f"{name}-{number}", ear))
        except (Refused, NobodyAnswers) as refused:
            found.refused.append(f"{name}-{number}: {refused}")


@dataclass
class FloodCounts:
    """What came of the flood in all loaded rounds; its process is told on and off."""

    running: RunningFlood
    counts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    async def on(self) -> None:
        await self.running.on()

    async def off(self) -> dict[str, float]:
        heard: dict[str, float] = json.loads(await self.running.off())
        return heard

    def add(self, told: dict[str, float]) -> None:
        self.seconds += told.pop("seconds")
        self.counts.update({name: int(count) for name, count in told.items()})


@asynccontextmanager
async def _flood(options: argparse.Namespace, folder: Folder, dsn: str, url: str) -> AsyncIterator[FloodCounts]:
    async with running_flood(
        "tests.chaos.flood",
        *("--url", url, "--database", dsn, "--seed", str(options.seed), "--connections", "2000"),
        *("--signing-key", str(folder.signing_key), "--phone-hash-key", str(folder.phone_hash_key)),
        *("--volunteers", str(options.volunteers), "--phones", str(min(PHONES, options.volunteers))),
        *("--statistics", str(options.statistics), "--rate", str(options.rate)),
    ) as running:
        yield FloodCounts(running)


async def shed_by(session: aiohttp.ClientSession, urls: Iterable[str]) -> dict[str, int]:
    """What the API's processes say they turned away, by kind."""
    found: Counter[str] = Counter()
    for url in urls:
        async with session.get(f"{url}/metrics") as response:
            text = await response.text()
        for family in text_string_to_metric_families(text):
            if family.name == "hjerteloeber_shed":
                found.update({s.labels["limit"]: int(s.value) for s in family.samples if s.name.endswith("_total")})
    return dict(found)


def _verdict(
    options: argparse.Namespace,
    idle: Found,
    loaded: Found,
    shed: dict[str, int],
    flood: FloodCounts,
    calm: dict[str, float],
) -> Verdict:
    violations = [f"refused: {each}" for each in (*idle.refused, *loaded.refused)]
    violations += [
        f"an incident asked {m.asked} and {m.pushed} pushes were accepted"
        for m in (*idle.measured, *loaded.measured)
        if m.pushed < m.asked
    ]
    quiet, busy = _times(idle), _times(loaded)
    ratio = busy["p99_ms"] / quiet["p99_ms"]
    counts = flood.counts
    offered = counts["offered"] / flood.seconds
    figures = {
        "processes": options.processes,
        "same_weight": options.same_weight,
        "pause_s": options.pause_s,
        "volunteers": options.volunteers,
        "cores": os.cpu_count(),
        **{f"idle_{name}": value for name, value in quiet.items()},
        **{f"loaded_{name}": value for name, value in busy.items()},
        "p99_ratio": round(ratio, 2),
        "p50_ratio": round(busy["p50_ms"] / quiet["p50_ms"], 2),
        "aim": AIM,
        "positions_offered": counts["offered"],
        "offered_per_s": round(offered),
        "not_offered": counts["not offered"],
        "accepted": counts["200"],
        "accepted_per_s": round(counts["200"] / flood.seconds),
        "accepted_per_s_without_alarms": round(calm.get("200", 0) / calm["seconds"]),
        "turned_away": counts["503"],
        "otherwise": sum(n for name, n in counts.items() if name.isdigit() and name not in ("200", "503")),
        "lost": counts["lost"],
        "statistics_begun": counts["statistics begun"],
        **{f"shed_{name}": count for name, count in sorted(shed.items())},
        "incidents_refused": len(idle.refused) + len(loaded.refused),
    }
    return Verdict(
        chaos="overload",
        seed=options.seed,
        runs=2 * options.rounds,
        incidents=len(idle.measured) + len(loaded.measured),
        violations=violations,
        worst={"idle_ms": quiet["max_ms"], "loaded_ms": busy["max_ms"]},
        figures=figures,
        reached=ratio <= AIM and (not options.rate or offered >= OFFERED_LEAST * options.rate),
    )


def _times(found: Found) -> dict[str, float]:
    whole = found.whole()
    return {
        "p50_ms": round(percentile(whole, 50), 1),
        "p99_ms": round(percentile(whole, 99), 1),
        "max_ms": round(max(whole), 1),
        "answered_p50_ms": round(percentile([m.answered_ms for m in found.measured], 50), 1),
        "answered_p99_ms": round(percentile([m.answered_ms for m in found.measured], 99), 1),
    }


def _half(found: Found) -> str:
    return f"{percentile(found.whole(), 50):.0f}"


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
