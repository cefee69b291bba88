"""The product as it runs in earnest over a filled country: API, positions beside it at a tenth of its weight, worker.

Each is a process of its own, and so are the stand-ins for the providers. Started for a turn and ended after it: what is
not measured runs nowhere.
"""

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import aiohttp

from backend.demo import parts
from backend.demo.bench_alert import Ear, Measured, measure_one
from backend.demo.denmark import Arrest
from backend.demo.dispatch_client import DispatchClient
from backend.demo.embedded_postgres import Server
from backend.demo.folder import Folder, Made
from backend.demo.lighter import lighter
from backend.demo.ports import HOST, any_ports
from backend.demo.supervisor import Part, PartFailed, Supervisor
from backend.foundation.settings import Serves
from tests.performance.country import Country, Tell

API, POSITIONS, WORKER = "api", "positions", "worker"
_DEMO = "HJERTELOEBER_DEMO"


@dataclass(frozen=True)
class Ground:
    """A country that was filled, its database and the folder with the keys it is sealed with."""

    people: Country
    server: Server
    dsn: str
    folder: Folder

    @property
    def made(self) -> Made:
        made = self.folder.made()
        assert made is not None
        return made


@dataclass(frozen=True)
class Site:
    """Running processes, the centres' log-ins, and the ear at the stand-in."""

    positions: str
    clients: Mapping[str, DispatchClient]
    ear: Ear
    supervisor: Supervisor
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _stamp: str = field(default_factory=lambda: f"{time.time():.0f}")

    async def alarm(self, arrest: Arrest) -> Measured:
        """From just before the report to the last push, then the stand-down. Raises PartFailed where a part ended."""
        if self.supervisor.lost.is_set():
            raise PartFailed("a part ended while it was measured")
        # Numbers of a database that is kept are never used again.
        name = f"{self._stamp}-{next(self._numbers)}"
        return await measure_one(self.clients[arrest.region], arrest, name, self.ear)

    def pid(self, name: str) -> int:
        """Of a part, for whoever weighs or profiles it."""
        pid = self.supervisor.parts[name].pid
        assert pid is not None
        return pid


@contextlib.asynccontextmanager
async def running(ground: Ground, latency_ms: float, tell: Tell) -> AsyncIterator[Site]:
    """Ready to take an alarm; logged in."""
    ground.folder.prepare()
    api, fcm_url, sms, positions = _addresses()
    at = parts.Addresses(api, fcm_url, sms, ground.dsn)
    environment = _environment(ground.folder, at)
    async with Supervisor(ground.folder.logs, tell) as them, aiohttp.ClientSession() as session:
        fcm = parts.fcm_server(ground.folder, at)
        slow = replace(fcm, command=(*fcm.command, "--latency-ms", str(latency_ms)))
        await asyncio.gather(them.start(slow), them.start(parts.sms_server(ground.folder, at)))
        await asyncio.gather(
            them.start(_serve(API, Serves.DISPATCH, at.api, environment)),
            them.start(_serve(POSITIONS, Serves.POSITIONS, positions, environment)),
            them.start(replace(parts.worker(environment), restarts=False)),
        )
        clients = {c.region: DispatchClient(session, at.api, c, retry_for_s=0) for c in ground.made.centres}
        for client in clients.values():
            await client.open_incidents()  # logging in is no part of the figure
        ear = Ear()
        listening = asyncio.create_task(ear.listen(session, f"{at.fcm}/device/stream"))
        try:
            yield Site(positions, clients, ear, them)
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


def _environment(folder: Folder, at: parts.Addresses) -> dict[str, str]:
    """As in earnest: no demo, whose limits are ten thousand times as wide."""
    given = parts.settings(folder, at)
    return {name: value for name, value in given.items() if name.startswith("HJERTELOEBER_") and name != _DEMO}


def _serve(name: str, serves: Serves, url: str, environment: Mapping[str, str]) -> Part:
    port = url.rpartition(":")[2]
    command: Sequence[str] = (str(parts.PROGRAM), "serve", "--host", HOST, "--port", port, "--only", serves.value)
    if serves is Serves.POSITIONS:
        command = lighter(*command)
    return Part(name, command, environment, is_ready=parts.answers(url, "/health/ready"))


def _addresses() -> list[str]:
    """API, FCM, SMS, positions."""
    return [f"http://{HOST}:{port}" for port in any_ports(4)]
