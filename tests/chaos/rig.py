"""The whole service as processes that can be killed, frozen and made to crash: PostgreSQL with fsync, APIs, workers.

Whoever falls is started again at once, as a supervisor would; every fault is written down with its time.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from backend.cli.migrating import bring_up_to_date
from backend.demo import parts
from backend.demo.embedded_postgres import Server, start_server
from backend.demo.folder import Folder
from backend.demo.ports import HOST, free_port
from backend.demo.supervisor import TETHER
from tests.chaos.records import Freeze, Kill

ROOT = Path(__file__).resolve().parents[2]
_PAUSE_S = 0.2  # before a process that could not start, for want of a database, is tried again
_READY_WITHIN_S = 60.0


class Process:
    """One process of ours in a group of its own, started again whenever it ends."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        is_ready: Callable[[], Awaitable[bool]] | None,
        says: str | None = None,
    ) -> None:
        self.name, self.up = name, asyncio.Event()
        self.kills: list[Kill] = []
        self.freezes: list[Freeze] = []
        self.crash_at: str | None = None  # for its next life
        self.falls = 0  # ended by itself
        self._command, self._environment, self._log = list(command), dict(environment), log
        self._is_ready, self._says = is_ready, says
        self._process: asyncio.subprocess.Process | None = None
        self._killed = self._ending = False
        self._frozen = False
        self._life: asyncio.Task[None] | None = None

    @property
    def crashes(self) -> Path:
        return self._log.with_suffix(".crashes")

    async def start(self) -> None:
        self._life = asyncio.create_task(self._live())
        async with asyncio.timeout(_READY_WITHIN_S):
            await self.up.wait()

    async def end(self) -> None:
        self._ending = True
        process = self._process
        if process is not None and process.returncode is None:
            self._signal(signal.SIGCONT)
            self._signal(signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), 5)
            self._signal(signal.SIGKILL)
        if self._life is not None:
            self._life.cancel()
            await asyncio.gather(self._life, return_exceptions=True)

    def kill(self) -> bool:
        """SIGKILL to all of it; False when it is down already."""
        if self._process is None or self._process.returncode is not None or self._killed:
            return False
        self._killed = True
        self.up.clear()
        self.kills.append(Kill(self.name, datetime.now(UTC)))
        self._signal(signal.SIGKILL)
        return True

    async def freeze(self, seconds: float) -> None:
        """SIGSTOP, and SIGCONT so much later, unless it is killed meanwhile."""
        if self._process is None or self._process.returncode is not None or self._frozen:
            return
        self._frozen, since, pid = True, datetime.now(UTC), self._process.pid
        self._signal(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        if self._process.pid == pid:
            self._signal(signal.SIGCONT)
        self.freezes.append(Freeze(self.name, since, datetime.now(UTC)))
        self._frozen = False

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    async def _live(self) -> None:
        while not self._is_over():
            crash, self.crash_at = self.crash_at, None
            environment = dict(self._environment)
            if crash is not None:
                environment |= {"CRASH_AT": crash, "CRASH_LOG": str(self.crashes)}
            self._killed = False
            begins = self._log.stat().st_size if self._log.exists() else 0
            with self._log.open("ab") as log:
                self._process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), *self._command),
                    env=environment,
                    cwd=ROOT,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            ready = asyncio.create_task(self._becomes_ready(begins))
            code = await self._process.wait()
            ready.cancel()
            self.up.clear()
            if self._is_over():
                return
            self._signal(signal.SIGKILL)  # whatever of its group is left holds its port
            if not self._killed:
                self._fell(code)
                await asyncio.sleep(0 if code == -signal.SIGKILL else _PAUSE_S)

    def _is_over(self) -> bool:
        return self._ending

    def _fell(self, code: int) -> None:
        if code != -signal.SIGKILL:
            self.falls += 1
            return
        last = self.crashes.read_bytes().splitlines()[-1] if self.crashes.exists() else b"{}"
        told = msgspec.json.decode(last)
        at = datetime.fromisoformat(told["at"]) if "at" in told else datetime.now(UTC)
        self.kills.append(Kill(self.name, at, told.get("step")))

    async def _becomes_ready(self, begins: int) -> None:
        while True:
            if self._is_ready is not None and await self._is_ready():
                break
            if self._says is not None:
                with self._log.open("rb") as log:
                    log.seek(begins)
                    if self._says.encode() in log.read():
                        break
            await asyncio.sleep(0.05)
        self.up.set()


class Postgres:
    """A server with fsync on a folder of its own, always at the same port."""

    def __init__(self, home: Path) -> None:
        self._home, self.kills = home, list[Kill]()
        self._server: Server | None = None
        self._port: int | None = None
        self.up = asyncio.Event()

    def dsn(self, database: str = "postgres") -> str:
        assert self._server is not None
        return self._server.dsn(database)

    async def start(self) -> None:
        self._server = await asyncio.to_thread(start_server, self._home, fast=False, port=self._port)
        if self._port not in (None, self._server.port):
            raise RuntimeError(f"somebody took PostgreSQL's port {self._port}")
        self._port = self._server.port
        self.up.set()

    async def killed_and_started(self) -> None:
        """SIGKILL to its postmaster, and a new one on the same data."""
        assert self._server is not None
        self.up.clear()
        self.kills.append(Kill("postgres", datetime.now(UTC)))
        os.kill(self._server.pid, signal.SIGKILL)
        await asyncio.to_thread(self._server.stop)
        await self.start()

    async def end(self) -> None:
        if self._server is not None:
            await asyncio.to_thread(self._server.stop)


class Rig:
    """Everything that runs, and what was done to it."""

    def __init__(self, folder: Folder, postgres: Postgres, dsn: str) -> None:
        self.folder, self.postgres, self.dsn = folder, postgres, dsn
        self.workers: list[Process] = []
        self.apis: list[Process] = []
        self.api_urls: list[str] = []

    @property
    def kills(self) -> list[Kill]:
        found = [kill for process in (*self.workers, *self.apis) for kill in process.kills]
        return sorted(found + self.postgres.kills, key=lambda kill: kill.at)

    @property
    def freezes(self) -> list[Freeze]:
        return [freeze for process in (*self.workers, *self.apis) for freeze in process.freezes]

    async def everything_is_up(self) -> None:
        for up in (self.postgres.up, *(process.up for process in (*self.workers, *self.apis))):
            await up.wait()


@asynccontextmanager
async def running_rig(
    *, workers: int = 2, apis: int = 2, push_latency_ms: int = 100, through: tuple[str, str] | None = None
) -> AsyncIterator[Rig]:
    """Started, and ended with everything it made. `through`: addresses of proxies before the FCM and SMS stand-ins."""
    home = _home()
    postgres = Postgres(home / "postgres")
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        await postgres.start()
        stack.push_async_callback(postgres.end)
        dsn = postgres.dsn("chaos")
        await _make_database(postgres.dsn(), dsn)
        folder = Folder(home / "service")
        folder.prepare()
        rig = Rig(folder, postgres, dsn)
        ports = _free_ports(apis + 2)
        fcm, sms, *served = (f"http://{HOST}:{port}" for port in ports)
        at = parts.Addresses(served[0], fcm, sms, dsn)
        reached = at if through is None else parts.Addresses(served[0], *through, dsn)
        settings = _inherited() | parts.settings(folder, reached)
        stand_ins = [
            Process(part.name, (*part.command, *more), _inherited(), folder.logs / f"{part.name}.log", part.is_ready)
            for part, more in (
                (parts.fcm_server(folder, at), ("--latency-ms", str(push_latency_ms))),
                (parts.sms_server(folder, at), ()),
            )
        ]
        crashing = (sys.executable, "-m", "tests.chaos.crashing")
        for number, url in enumerate(served, start=1):
            command = (*crashing, "serve", url.rsplit(":", 1)[1])
            log, ready = folder.logs / f"api{number}.log", parts.answers(url, "/health/live")
            rig.apis.append(Process(f"api{number}", command, settings, log, ready))
        rig.api_urls = served
        for number in range(1, workers + 1):
            log = folder.logs / f"worker{number}.log"
            rig.workers.append(
                Process(f"worker{number}", (*crashing, "work"), settings, log, None, says="worker_started")
            )
        for process in (*stand_ins, *rig.apis, *rig.workers):
            stack.push_async_callback(process.end)
        await asyncio.gather(*(process.start() for process in (*stand_ins, *rig.apis, *rig.workers)))
        yield rig


def _home() -> Path:
    """Where PostgreSQL's own user gets to, whoever we are."""
    home = Path(tempfile.mkdtemp(prefix="hjerteloeber-chaos-", dir="/var/tmp"))
    home.chmod(0o711)
    return home


async def _make_database(server: str, dsn: str) -> None:
    import asyncpg

    admin = await asyncpg.connect(server)
    await admin.execute('CREATE DATABASE "chaos"')
    await admin.close()
    await bring_up_to_date(dsn)


def _free_ports(count: int) -> list[int]:
    found: list[int] = []
    for _ in range(count):
        found.append(free_port(20_000 + os.getpid() % 5_000 * 8, frozenset(found)))
    return found


def _inherited() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith(("HJERTELOEBER_", "PG"))}
