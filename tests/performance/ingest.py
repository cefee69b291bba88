"""Reports through HTTP, each durable before its answer: the product beside bare ASGI, a commit for each, and pgbench.

Phones report as fast as they are answered, over kept connections, with real tokens, from a process of their own on the
same machine. In turns, three rounds: the product's positions process; bare ASGI that does the same work, and Litestar
alone that does; bare ASGI with one upsert and one commit a report on sixteen connections; the product without
gathering, which commits each report with all its rules; `pgbench` updating one row a transaction. Batches of a
hundred: one commit of a hundred people's positions beside one GEOADD of a hundred in a Redis that syncs every write.
Processor a report is the server's and PostgreSQL's, not the phones'.

    python -m tests.performance ingest --volunteers 100000
    python -m tests.performance ingest --volunteers 20000 --seconds 3 --rounds 1      a short trial
"""

import argparse
import asyncio
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import asyncpg
import msgspec

from backend.demo import parts, queries, seeding
from backend.demo.embedded_postgres import Server, running_server
from backend.demo.folder import Folder
from backend.demo.ports import HOST, free_port
from backend.regions import shipped
from tests.performance import ingest_batches, servers
from tests.performance.figures import Aim, Figure, Run
from tests.performance.flames import flames
from tests.performance.machine import Machine, this_machine
from tests.performance.pgbench import one_row_updates
from tests.performance.processor import used_s

OURS, BARE, ALONE, PGBENCH = "ours", "bare ASGI", "one upsert a request", "pgbench, one row"
LITESTAR, OURS_ALONE = "Litestar alone", "ours without gathering"
_FACTORIES = {BARE: "bare", LITESTAR: "litestar_alone", ALONE: "each_alone", OURS_ALONE: "ours_each_alone"}
_SERVERS = "tests.performance.ingest_servers"
READY_S = 60.0
WARM_UP_S = 2.0

AIMS: Mapping[tuple[str, str, str], Aim] = {
    ("reports a second", OURS, ALONE): Aim(at_least=5.0),
    ("reports a second", OURS, PGBENCH): Aim(at_least=2.2),
    ("processor a report", OURS, ALONE): Aim(at_most=0.4),
    ("processor a report", OURS, BARE): Aim(at_most=2.0),
}
COST = (("reports a second", "/s"), ("processor a report", "µs"))
WAL_AIM, HOT_AIM = Aim(at_most=300.0), Aim(at_least=70.0)
TOGETHER_AIM = Aim(at_most=0.06)


class Pressed(msgspec.Struct):
    """What the phones say of one time."""

    seconds: float
    counts: dict[str, int]
    p50_ms: float
    p99_ms: float
    used_s: float

    @property
    def accepted(self) -> int:
        return self.counts.get("200", 0)


class Taken(msgspec.Struct, frozen=True):
    """One round of one contender."""

    a_second: float
    used_us: float  # of the processor, a report: server and PostgreSQL
    p50_ms: float
    p99_ms: float
    turned_away: int = 0
    """Told to come again: where others take the processor from it, a process sheds positions first."""
    not_accepted: int = 0


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--volunteers", type=int, default=100_000)
    parser.add_argument("--phones", type=int, default=50_000, help="so many of them report")
    parser.add_argument("--connections", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each round of each contender")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", metavar="NAME", help="contenders whose names begin so")
    parser.add_argument("--py-spy", type=Path, metavar="PROGRAM", help="draw a flame graph of ours; not to be kept")
    parser.add_argument(
        "--no-install", dest="install", action="store_false", help="leave out Redis where it is missing"
    )


def run(options: argparse.Namespace) -> Iterator[Run]:
    """One run."""
    machine = this_machine(datetime.now(UTC))
    if options.install:
        servers.install()
    path = Path(tempfile.mkdtemp(prefix="hjerteloeber-ingest-"))
    try:
        folder = Folder(path)
        folder.prepare()
        with running_server(None, fast=False, settings={"autovacuum": "off", "max_wal_size": "8GB"}) as server:
            yield asyncio.run(_measured(options, folder, server, machine))
    finally:
        shutil.rmtree(path, ignore_errors=True)


async def _measured(options: argparse.Namespace, folder: Folder, server: Server, machine: Machine) -> Run:
    at = parts.choose_addresses(server.dsn("bench"), 8600)
    await queries.make_database(server.dsn(), "bench", anew=False)
    environment = {k: v for k, v in parts.settings(folder, at).items() if k.startswith("HJERTELOEBER_")}
    await parts.migrate({**os.environ, **environment})
    await seeding.fill(
        at.database,
        folder,
        shipped.places(),
        volunteers=options.volunteers,
        aeds=0,
        newcomer_count=0,
        seed=options.seed,
        tell=_tell,
    )
    taken: dict[str, list[Taken]] = {}
    wal: list[float] = []
    hot: list[float] = []
    async with _Phones(options, folder) as phones:
        for number in range(options.rounds):
            for name in _wanted(options):
                _tell(f"round {number + 1}: {name}")
                if name == PGBENCH:
                    found = await one_row_updates(server, options.volunteers, options.seconds)
                    taken.setdefault(name, []).append(
                        Taken(found.a_second, found.used_us, found.mean_ms, found.mean_ms)
                    )
                    continue
                spy = options.py_spy if name == OURS else None
                async with _Serving(name, environment) as serving, flames({"ingest: api": serving.pid}, spy):
                    before = await _written(at.database)
                    taken.setdefault(name, []).append(await _press(serving, phones, server, options.seconds))
                    after = await _written(at.database)
                if name == OURS:
                    wal.append((after.wal - before.wal) / max(1, after.updates - before.updates))
                    hot.append(100 * (after.hot - before.hot) / max(1, after.updates - before.updates))
    batches = await ingest_batches.measured(at.database, options)
    return _run(options, machine, taken, wal, hot, batches)


def _wanted(options: argparse.Namespace) -> list[str]:
    only = options.only
    return [n for n in (OURS, *_FACTORIES, PGBENCH) if only is None or any(n.startswith(word) for word in only)]


class _Serving:
    """One contender's server, a process of its own."""

    def __init__(self, name: str, environment: Mapping[str, str]) -> None:
        port = free_port(8600)
        self.url = f"http://{HOST}:{port}"
        granian = (sys.executable, "-m", "granian", "--interface", "asgi", "--loop", "uvloop", "--factory")
        where = ("--host", HOST, "--port", str(port))
        self._command = (
            (str(parts.PROGRAM), "serve", *where, "--only", "positions")
            if name == OURS
            else (*granian, "--workers", "1", "--log-level", "warning", *where, f"{_SERVERS}:{_FACTORIES[name]}")
        )
        only = {"HJERTELOEBER_ONLY": "positions", "PYTHONPATH": os.pathsep.join(sys.path)}
        self._environment = {**os.environ, **environment, **only}
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def __aenter__(self) -> "_Serving":
        self._process = await asyncio.create_subprocess_exec(*self._command, env=self._environment)
        async with aiohttp.ClientSession() as session, asyncio.timeout(READY_S):
            while True:
                try:
                    async with session.get(f"{self.url}/health/ready") as answer:
                        if answer.status == 200:
                            return self
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.1)

    async def __aexit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.terminate()
        await self._process.wait()


class _Phones:
    """The process that reports."""

    def __init__(self, options: argparse.Namespace, folder: Folder) -> None:
        self._command = (
            *(sys.executable, "-m", "tests.performance.press"),
            *("--signing-key", str(folder.signing_key), "--phone-hash-key", str(folder.phone_hash_key)),
            *("--volunteers", str(options.volunteers), "--seed", str(options.seed)),
            *("--phones", str(min(options.phones, options.volunteers)), "--connections", str(options.connections)),
        )
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> "_Phones":
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(*self._command, stdin=pipe, stdout=pipe)
        await self._heard()
        return self

    async def press(self, url: str, seconds: float) -> Pressed:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(f"{url} {seconds}\n".encode())
        await self._process.stdin.drain()
        return msgspec.json.decode(await self._heard(), type=Pressed)

    async def _heard(self) -> bytes:
        assert self._process is not None
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError("the phones ended by themselves")
        return line

    async def __aexit__(self, *_: object) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()


async def _press(serving: _Serving, phones: _Phones, server: Server, seconds: float) -> Taken:
    await phones.press(serving.url, WARM_UP_S)
    before = used_s(serving.pid, server.pid)
    pressed = await phones.press(serving.url, seconds)
    used = used_s(serving.pid, server.pid) - before
    others = {name: count for name, count in pressed.counts.items() if name != "200"}
    if others:
        _tell(f"  otherwise than accepted: {others}")
    found = Taken(
        pressed.accepted / pressed.seconds,
        1e6 * used / max(1, pressed.accepted),
        pressed.p50_ms,
        pressed.p99_ms,
        others.pop("503", 0),
        sum(others.values()),
    )
    _tell(
        f"  {found.a_second:,.0f} reports a second, {found.used_us:.0f} µs of processor each, "
        f"p50 {found.p50_ms:.1f} ms, p99 {found.p99_ms:.1f} ms; the phones took "
        f"{1e6 * pressed.used_s / max(1, pressed.accepted):.0f} µs each"
    )
    return found


class _Written(msgspec.Struct, frozen=True):
    wal: int
    updates: int
    hot: int


async def _written(dsn: str) -> _Written:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("SELECT pg_stat_force_next_flush()")
        await asyncio.sleep(1.2)  # the other connections tell what they wrote at most a second later
        row = await connection.fetchrow(
            """
            SELECT pg_current_wal_lsn() - '0/0'::pg_lsn AS wal, n_tup_upd AS updates, n_tup_hot_upd AS hot
            FROM pg_stat_user_tables WHERE relid = 'locations.position'::regclass
            """
        )
        assert row is not None
        return _Written(int(row["wal"]), int(row["updates"]), int(row["hot"]))
    finally:
        await connection.close()


def _run(
    options: argparse.Namespace,
    machine: Machine,
    taken: Mapping[str, list[Taken]],
    wal: list[float],
    hot: list[float],
    batches: list[Figure],
) -> Run:
    def figure(name: str, of: str, unit: str, beside: str | None) -> Figure:
        fields = {"reports a second": "a_second", "processor a report": "used_us", "p50": "p50_ms", "p99": "p99_ms"}
        value, other = (
            statistics.median(getattr(each, fields[name]) for each in taken[who]) if who else None
            for who in (of, beside)
        )
        assert value is not None
        aim = AIMS.get((name, of, beside or ""))
        return Figure(name, of, options.volunteers, value, unit, beside, other, aim)

    figures = [
        figure(name, OURS, unit, beside)
        for beside in (BARE, ALONE, OURS_ALONE, PGBENCH)
        if OURS in taken and beside in taken
        for name, unit in COST
    ]
    figures += [figure(name, of, unit, None) for of in taken if of != OURS for name, unit in COST]
    figures += [figure(name, of, "ms", None) for of in taken if of != PGBENCH for name in ("p50", "p99")]
    if BARE in taken:
        # What Litestar takes of itself, and what it takes with every control of ours.
        least = statistics.median(each.used_us for each in taken[BARE])
        figures += [
            Figure(
                "more than bare ASGI",
                of,
                options.volunteers,
                statistics.median(each.used_us for each in taken[of]) - least,
                "µs",
            )
            for of in (OURS, LITESTAR)
            if of in taken
        ]
    if wal:
        figures.append(Figure("WAL a report", OURS, options.volunteers, statistics.median(wal), "B", aim=WAL_AIM))
        figures.append(Figure("HOT updates", OURS, options.volunteers, statistics.median(hot), "%", aim=HOT_AIM))
    for together in batches:
        if together.name == "processor a report" and OURS in taken:
            single = statistics.median(each.used_us for each in taken[OURS])
            figures.append(msgspec.structs.replace(together, beside=OURS, beside_value=single, aim=TOGETHER_AIM))
    return Run(
        bench="ingest",
        machine=machine,
        options={name: getattr(options, name) for name in ("volunteers", "phones", "connections", "seconds", "rounds")},
        figures=[*figures, *batches],
        # Ungathered, two reports of one phone can overtake each other: the first is then older, and no fault.
        facts={
            "turned away": sum(each.turned_away for rounds in taken.values() for each in rounds),
            "not accepted": sum(e.not_accepted for of, rounds in taken.items() if of != OURS_ALONE for e in rounds),
        },
    )


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
