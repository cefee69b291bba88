"""A national drill through the product's delivery, beside the same POSTs from clients that do nothing else.

The worker as it runs in production finds one ring for each device due at one moment and takes it from there: attempts
committed before their requests, results and seals after them. A push is what the FCM stand-in accepted, and the time of
a drill is the stand-in's: from the first push's arrival to the last one's acceptance. Beside it, in turns, over 128
connections: a bare aiohttp client, and firebase-admin's `send_each_async` with one message a call. Of the worker's 128
slots half are at the provider at a time, the others before it or after it at the database. Processor a push is the
pushing process's, until everything is written and sealed; PostgreSQL's is told beside it. The stand-in takes 50 ms over
a push, as the provider does in the other benches. Then live alarms happen quietly and beside a drill, in turns.

    python -m tests.performance fanout --write                                      12 minutes
    python -m tests.performance fanout --only alarms --devices 70000 --beside 70000 4 minutes
    python -m tests.performance fanout --devices 20000 --beside 20000 --alarms 10   a short trial
    python -m tests.performance fanout --alarms 0 --latency-ms 0                    the drill alone, answered at once
"""

import argparse
import asyncio
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import msgspec

from backend.app.spared import spare_the_collector
from backend.demo import parts, queries, seeding
from backend.demo.bench_alert import Measured, percentile
from backend.demo.embedded_postgres import Server, running_server
from backend.demo.folder import Folder, Made
from backend.demo.ports import HOST
from backend.demo.supervisor import Part, Supervisor
from backend.foundation.database import Database, Lane, open_database
from backend.identity.data_keys import read_ring
from backend.regions import shipped
from tests.performance import drill, fanout_live
from tests.performance.drill import Drilled, Fanned, Log
from tests.performance.fanout_rivals import ADMIN, BARE, Pushed, devices_of
from tests.performance.figures import Aim, Figure, Run
from tests.performance.machine import Machine, this_machine
from tests.performance.processor import used_s

OURS, WITH_STORE, QUIET, BESIDE = "ours", "ours with PostgreSQL", "quiet", "beside a drill"
AT_LEAST_PUSHES, AT_MOST_USED, AT_MOST_LATE = Aim(at_least=0.85), Aim(at_most=0.15), Aim(at_most=1.2)
DUE_IN_S = 2.0  # after the last ring was queued
QUEUED_A_SECOND = 3_000  # at least; a drill that is due before all of it is queued is found out and told
AEDS = 500
WARM_UP = 5


class Taken(msgspec.Struct, frozen=True):
    """One time of one contender."""

    fanned: Fanned
    used_us: float  # of the pushing process, a push
    store_us: float = 0.0  # PostgreSQL's


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--devices", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=1, help="drills, each between its rivals' turns")
    parser.add_argument("--connections", type=int, default=128, help="of the bare client and of firebase-admin")
    parser.add_argument("--slots", type=int, default=128, help="the worker's; each is held while it is written, too")
    parser.add_argument("--only", choices=("drills", "alarms"), help="where there is no time for both")
    parser.add_argument("--admin-pushes", type=int, default=6_000, help="of firebase-admin in a round: it is slow")
    parser.add_argument("--latency-ms", type=float, default=50.0, help="the stand-in's time over a drill's push")
    parser.add_argument("--volunteers", type=int, default=20_000, help="who can be asked by live alarms")
    parser.add_argument("--alarms", type=int, default=45, help="quiet in a round, and at most as many beside a drill")
    parser.add_argument("--beside", type=int, default=100_000, help="devices of the drill that alarms happen beside")
    parser.add_argument("--alarm-latency-ms", type=float, default=50.0, help="of the stand-in while alarms happen")
    parser.add_argument(
        "--pause-s",
        type=float,
        default=2.0,
        help="from the end of an alarm to the next: by then a drill is at full speed again",
    )


def run(options: argparse.Namespace) -> Iterator[Run]:
    """One run."""
    machine = this_machine(datetime.now(UTC))
    path = Path(tempfile.mkdtemp(prefix="hjerteloeber-fanout-"))
    try:
        folder = Folder(path)
        folder.prepare()
        with running_server(None, fast=False, settings={"max_wal_size": "8GB"}) as server:
            yield asyncio.run(_measured(options, folder, server, machine))
    finally:
        shutil.rmtree(path, ignore_errors=True)


async def _measured(options: argparse.Namespace, folder: Folder, server: Server, machine: Machine) -> Run:
    async with AsyncExitStack() as stack:
        stage = await Stage.set_up(options, folder, server, stack)
        taken: dict[str, list[Taken]] = {BARE: [], OURS: [], ADMIN: []}
        for number in range(options.rounds if options.only != "alarms" else 0):
            for name in (BARE, ADMIN, OURS, ADMIN, BARE):
                _tell(f"round {number + 1} of {options.rounds}: {name}")
                taken[name].append(await (stage.drill() if name == OURS else stage.rival(name)))
                _tell(f"  {_said(taken[name][-1])}")
        alarms, itself = await _alarms(options, stage) if _has_alarms(options) else ({}, {})
    return _run(options, machine, taken, alarms, itself)


class Stage:
    """Everything that runs, and what is done with it."""

    def __init__(
        self,
        options: argparse.Namespace,
        folder: Folder,
        server: Server,
        at: parts.Addresses,
        them: Supervisor,
        database: Database,
        made: Made,
        drilled: Drilled,
    ) -> None:
        self._options = options
        self._folder = folder
        self._server = server
        self._them = them
        self._database = database
        self.at = at
        self.made = made
        self.drilled = drilled
        self.log = Log(parts.fcm_log(folder))

    @classmethod
    async def set_up(
        cls, options: argparse.Namespace, folder: Folder, server: Server, stack: AsyncExitStack
    ) -> "Stage":
        at = parts.choose_addresses(server.dsn("bench"), 8610)
        await queries.make_database(server.dsn(), "bench", anew=False)
        environment = {k: v for k, v in parts.settings(folder, at).items() if k.startswith("HJERTELOEBER_")}
        environment["HJERTELOEBER_SEND_SLOTS"] = str(options.slots)
        await parts.migrate({**os.environ, **environment})
        places = shipped.places()
        made = await seeding.fill(
            at.database,
            folder,
            places,
            volunteers=options.volunteers if _has_alarms(options) else 0,
            aeds=AEDS,
            newcomer_count=0,
            seed=options.seed,
            tell=_tell,
        )
        ring = read_ring(folder.data_key.read_bytes())
        hash_key = folder.phone_hash_key.read_bytes()
        drilled = await drill.prepare(at.database, ring, hash_key, options.devices, datetime.now(UTC))
        _tell(f"{options.devices:,} people to be drilled")
        database = await open_database(at.database, dict.fromkeys(Lane, 1), carries=ring)
        stack.push_async_callback(database.close)
        them = await stack.enter_async_context(Supervisor(folder.logs, _tell))
        await asyncio.gather(them.start(parts.fcm_server(folder, at)), them.start(parts.sms_server(folder, at)))
        await them.start(replace(parts.worker(environment), restarts=False))
        if _has_alarms(options):
            await them.start(_api(at, environment))
        return cls(options, folder, server, at, them, database, made, drilled)

    async def takes(self, latency_ms: float) -> None:
        """How long the stand-in takes from now on."""
        order = {"latency_ms": latency_ms}
        async with aiohttp.ClientSession() as session, session.put(f"{self.at.fcm}/faults", json=order) as answer:
            answer.raise_for_status()

    async def drill(self) -> Taken:
        """One, until all of it is sealed."""
        await self.takes(self._options.latency_ms)
        self.log.mark()
        await self.queued(self._options.devices)
        worker, store = self._used()
        await self.over(self._options.devices)
        await drill.until_sealed(self.at.database)
        after = self._used()
        fanned = await asyncio.to_thread(self.log.since_mark, self.drilled.devices)
        each = 1e6 / max(1, fanned.pushes)
        return Taken(fanned, each * (after[0] - worker), each * (after[1] - store))

    async def queued(self, count: int) -> None:
        """A ring for so many. Returns just before it is due."""
        _tell(f"  {count:,} rings are queued")
        due = datetime.now(UTC) + timedelta(seconds=DUE_IN_S + count / QUEUED_A_SECOND)
        await drill.queue(self._database, self.drilled.people[:count], due)
        left_s = (due - datetime.now(UTC)).total_seconds()
        if left_s < 0:
            _tell(f"  due {-left_s:.1f} s before all of it was queued: what follows is too good")
        await asyncio.sleep(max(0.0, left_s - 0.2))

    async def over(self, count: int) -> None:
        await drill.until_told(self.at.database, self.log, count)

    async def rival(self, name: str) -> Taken:
        """Half as many pushes from somebody else, who has a turn before the drill and one after it."""
        await self.takes(self._options.latency_ms)
        pushes = self._options.devices if name == BARE else min(self._options.devices, self._options.admin_pushes)
        count = pushes // 2
        words = (
            *("--url", self.at.fcm, "--service-account", str(self._folder.service_account)),
            *("--count", str(count), "--connections", str(self._options.connections)),
        )
        pipe = asyncio.subprocess.PIPE
        rival = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.performance.fanout_rivals", name, *words),
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdin=pipe,
            stdout=pipe,
        )
        assert rival.stdout is not None
        await rival.stdout.readline()
        self.log.mark()
        said, _ = await rival.communicate(b"begin\n")
        pushed = msgspec.json.decode(said.splitlines()[-1], type=Pushed)
        fanned = await asyncio.to_thread(self.log.since_mark, devices_of(name, count))
        return Taken(fanned, 1e6 * pushed.used_s / max(1, pushed.accepted))

    def _used(self) -> tuple[float, float]:
        worker = self._them.parts["worker"].pid
        assert worker is not None
        return used_s(worker), used_s(self._server.pid)


def _has_alarms(options: argparse.Namespace) -> bool:
    return bool(options.alarms) and options.only != "drills"


def _api(at: parts.Addresses, environment: Mapping[str, str]) -> Part:
    """As in earnest: `hjerteloeber serve`, without the demo's pages."""
    port = at.api.rsplit(":", 1)[1]
    command = (str(parts.PROGRAM), "serve", "--host", HOST, "--port", port)
    return Part("api", command, environment, is_ready=parts.answers(at.api, "/health/ready"))


async def _alarms(options: argparse.Namespace, stage: Stage) -> tuple[dict[str, list[Measured]], dict[str, int]]:
    """Quiet and beside a drill, in as many turns as there are rounds; and what the bench itself may have added."""
    itself: dict[str, int] = {}
    found: dict[str, list[Measured]] = {QUIET: [], BESIDE: []}
    spare_the_collector()  # looking through all who are drilled took this process a fifth of a second at a time
    async with fanout_live.alarms(stage.made, stage.at.api, stage.log.path, options.seed) as live:
        await stage.takes(options.alarm_latency_ms)
        await live.happen(WARM_UP, 0.0, asyncio.Event())
        live.bench_itself()
        for number in range(options.rounds):
            found[QUIET] += await live.happen(options.alarms, options.pause_s, asyncio.Event())
            itself |= _worse(itself, live.bench_itself(), QUIET)
            stage.log.mark()
            count = min(options.devices, options.beside)
            await stage.queued(count)
            drilling = asyncio.create_task(stage.over(count))
            over = asyncio.Event()
            telling = asyncio.create_task(_set_after(drilling, over))
            live.bench_itself()  # what queueing made of this process is nobody's
            found[BESIDE] += await live.happen(options.alarms, options.pause_s, over)
            itself |= _worse(itself, live.bench_itself(), BESIDE)
            await drilling
            await telling
            await drill.until_sealed(stage.at.database)
            fanned = await asyncio.to_thread(stage.log.since_mark, stage.drilled.devices[:count])
            _tell(
                f"alarms, round {number + 1}: {_alarms_said(found)}; the drill: {fanned.a_second:,.0f} pushes a second"
            )
    return found, itself


def _worse(itself: Mapping[str, int], now: Mapping[str, int], when: str) -> dict[str, int]:
    """The greater of what rounds before had and this one."""
    return {(name := f"{when}, {of}"): max(itself.get(name, 0), value) for of, value in now.items()}


async def _set_after(drilling: asyncio.Task[None], over: asyncio.Event) -> None:
    await asyncio.wait([drilling])
    over.set()


def _alarms_said(found: Mapping[str, list[Measured]]) -> str:
    return ", ".join(
        f"{len(took)} {name} p50 {percentile(took, 50):.0f} ms, p99 {percentile(took, 99):.0f} ms"
        for name, measured in found.items()
        if (took := fanout_live.whole(measured))
    )


def _said(taken: Taken) -> str:
    fanned = taken.fanned
    store = f" and {taken.store_us:.0f} µs of PostgreSQL" if taken.store_us else ""
    return (
        f"{fanned.pushes:,} pushes in {fanned.seconds:.1f} s, {fanned.a_second:,.0f} a second, {taken.used_us:.0f} µs"
        f"{store} each; {fanned.lost} devices without one, {fanned.doubled} with more than one"
    )


def _of_drills(size: int, taken: Mapping[str, list[Taken]]) -> list[Figure]:
    def rate(name: str) -> float:
        return statistics.median(each.fanned.a_second for each in taken[name])

    def used(name: str) -> float:
        return statistics.median(each.used_us for each in taken[name])

    with_store = statistics.median(each.used_us + each.store_us for each in taken[OURS])
    return [
        Figure("pushes a second", OURS, size, rate(OURS), "/s", BARE, rate(BARE), AT_LEAST_PUSHES),
        Figure("processor a push", OURS, size, used(OURS), "µs", ADMIN, used(ADMIN), AT_MOST_USED),
        Figure("processor a push", WITH_STORE, size, with_store, "µs", ADMIN, used(ADMIN)),
        Figure("processor a push", OURS, size, used(OURS), "µs", BARE, used(BARE)),
        Figure(
            "devices without a push", OURS, size, max(each.fanned.lost for each in taken[OURS]), "", aim=Aim(at_most=0)
        ),
        Figure("devices with more than one", OURS, size, max(each.fanned.doubled for each in taken[OURS]), ""),
    ]


def _run(
    options: argparse.Namespace,
    machine: Machine,
    taken: Mapping[str, list[Taken]],
    alarms: Mapping[str, list[Measured]],
    itself: Mapping[str, int],
) -> Run:
    size = options.devices

    figures = _of_drills(size, taken) if taken[OURS] else []
    quiet, beside = (fanout_live.whole(alarms.get(name, [])) for name in (QUIET, BESIDE))
    if quiet and beside:
        for percent, aim in ((50, None), (99, AT_MOST_LATE)):
            then, now = percentile(quiet, percent), percentile(beside, percent)
            figures.append(Figure(f"live alarm p{percent}", BESIDE, size, now, "ms", QUIET, then, aim))
    names = (
        *("only", "devices", "rounds", "connections", "slots", "latency_ms"),
        *("beside", "volunteers", "alarms", "alarm_latency_ms", "pause_s"),
    )
    short = sum(each.pushed < each.asked for measured in alarms.values() for each in measured)
    return Run(
        bench="fanout",
        machine=machine,
        options={name: getattr(options, name) for name in names},
        figures=figures,
        facts={"live alarms short of pushes": short, "live alarms beside a drill": len(beside), **itself}
        if alarms
        else {},
    )


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
