"""The service as it runs in earnest: API, worker and stand-ins for the providers, each a process of its own."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from backend.cli.client import add_for_centre
from backend.cli.migrating import bring_up_to_date
from backend.demo import parts
from backend.demo.folder import Folder
from backend.demo.ports import HOST
from backend.demo.supervisor import Part, Running, Supervisor
from backend.foundation.clock import MachineClock
from backend.foundation.database import Lane, open_database
from backend.foundation.kinds import Kind
from backend.identity.clients import scopes_of
from backend.identity.data_keys import KeyRing, read_ring


@dataclass
class Service:
    """Where it is, and what it said."""

    url: str
    fcm: str
    sms: str
    dsn: str
    folder: Folder
    supervisor: Supervisor
    said: list[str] = field(default_factory=list)

    @property
    def api(self) -> Running:
        return self.supervisor.parts["api"]

    @property
    def ring(self) -> KeyRing:
        return read_ring(self.folder.data_key.read_bytes())

    async def client(
        self, centre: str = "amk-hovedstaden", kind: Kind = Kind.LIVE, *, read_only: bool = False
    ) -> tuple[str, str]:
        """The id and private key of a new client of a dispatch centre, made as `hjerteloeber client add` does."""
        database = await open_database(self.dsn, dict.fromkeys(Lane, 1))
        try:
            now = MachineClock().now()
            made = await add_for_centre(
                database, centre, kind, f"{centre}-test", scopes_of(kind, read_only=read_only), now
            )
        finally:
            await database.close()
        assert made is not None
        return made


@asynccontextmanager
async def running_service(dsn: str, path: Path, *, worker: bool = False, **more: str) -> AsyncIterator[Service]:
    """Everything started on the database at `dsn`, migrated here; all of it is ended in the end.

    `worker`: the worker and the providers' stand-ins too, so that something is sent. `more`: settings, by their
    variables' names.
    """
    await bring_up_to_date(dsn)
    folder = Folder(path)
    folder.prepare()
    api, fcm, sms = (f"http://{HOST}:{port}" for port in _three_free_ports())
    at = parts.Addresses(api, fcm, sms, dsn)
    environment = parts.settings(folder, at)
    platform = {name: value for name, value in environment.items() if name.startswith("HJERTELOEBER_")}
    platform |= more
    said: list[str] = []
    async with Supervisor(folder.logs, said.append) as supervisor:
        if worker:
            await asyncio.gather(*(supervisor.start(part(folder, at)) for part in (parts.fcm_server, parts.sms_server)))
        port = at.api.rsplit(":", 1)[1]
        command = (str(parts.PROGRAM), "serve", "--host", HOST, "--port", port)
        await supervisor.start(Part("api", command, platform, is_ready=parts.answers(at.api, "/health/ready")))
        if worker:
            await supervisor.start(parts.worker(platform))
        yield Service(at.api, at.fcm, at.sms, dsn, folder, supervisor, said)


def _three_free_ports() -> list[int]:
    """Ports the system picks, so that test processes side by side do not pick the same."""
    with socket.socket() as one, socket.socket() as two, socket.socket() as three:
        for probe in (one, two, three):
            probe.bind((HOST, 0))
        return [probe.getsockname()[1] for probe in (one, two, three)]


@pytest.fixture
async def service(database_dsn: str, tmp_path: Path) -> AsyncIterator[Service]:
    """The API alone, as a process."""
    async with running_service(database_dsn, tmp_path / "service") as running:
        yield running


@pytest.fixture
async def whole_service(database_dsn: str, tmp_path: Path) -> AsyncIterator[Service]:
    """API, worker and the providers' stand-ins."""
    async with running_service(database_dsn, tmp_path / "service", worker=True) as running:
        yield running
