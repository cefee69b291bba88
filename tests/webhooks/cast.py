"""Who takes part: a dispatch system's server behind TLS of its own, a name server that says what a test wants."""

import asyncio
import ipaddress
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import asyncpg
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from backend.foundation import journal, sealer
from backend.foundation.clock import SetClock
from backend.foundation.database import Actor, Database, Lane, Role, open_database, prepare_connection
from backend.foundation.ids import CentreId
from backend.foundation.journal import Event, Fact, Happening
from backend.foundation.kinds import Kind
from backend.foundation.sealer import JournalEntries
from backend.identity.keys import Keys, load_keys
from backend.regions import shipped
from backend.webhooks.addresses import Address
from backend.webhooks.outside import open_session
from backend.webhooks.subscribe import subscribe
from backend.worker.telling import Teller
from tests.edge.cast import load_shipped, make_settings

NAME = "dispatch.example"
NOW = datetime(2026, 11, 21, 20, 5, tzinfo=UTC)
CENTRE = CentreId(shipped.centre_id("amk-hovedstaden"))
ELSEWHERE = CentreId(shipped.centre_id("amk-syddanmark"))


class Names(AbstractResolver):
    """A name server of a test's own: what it answers first, second …; the last answer for good."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        del family
        answer = self._answers[min(len(self.asked), len(self._answers) - 1)]
        self.asked.append(host)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in answer
        ]

    async def close(self) -> None:
        pass


@dataclass
class Hook:
    """A dispatch system's server: what it was sent, and what it answers."""

    port: int
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)  # the last one for good
    connections: int = 0

    @property
    def url(self) -> str:
        return f"https://{NAME}:{self.port}/hooks"


@dataclass
class Certificates:
    """For NAME, from an authority only the test believes."""

    server: ssl.SSLContext
    client: ssl.SSLContext


def make_certificates(folder: Path) -> Certificates:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate.public_bytes(Encoding.PEM)
    path.write_bytes(pem)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    client = ssl.create_default_context(cadata=certificate.public_bytes(Encoding.PEM).decode())
    return Certificates(server, client)


@asynccontextmanager
async def hook_at(host: str, certificates: Certificates, port: int = 0, location: str = "") -> AsyncIterator[Hook]:
    """A server that listens on a loopback address; with `location` it answers every call by a redirect there."""

    async def answer(request: web.Request) -> web.StreamResponse:
        hook.requests.append((dict(request.headers), await request.read()))
        if location:
            return web.Response(status=307, headers={"Location": location})
        status = hook.answers.pop(0) if len(hook.answers) > 1 else (hook.answers or [204])[0]
        return await long_answer(request) if status == 500 else web.Response(status=status)

    hook = Hook(port)
    application = web.Application()
    application.router.add_route("*", "/{anything:.*}", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, host, port, ssl_context=certificates.server).start()
    hook.port = runner.addresses[0][1]
    try:
        yield hook
    finally:
        await runner.cleanup()


async def long_answer(request: web.Request) -> web.StreamResponse:
    """A fault that promises a gigabyte and stops in the middle: whoever waits for all of it waits for ever."""
    answer = web.StreamResponse(status=500, headers={"Content-Length": str(10**9)})
    await answer.prepare(request)
    await answer.write(b"x" * 100_000)
    return answer


@asynccontextmanager
async def silence() -> AsyncIterator[int]:
    """The port of a server that takes connections and says nothing."""
    writers: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _, writer: writers.append(writer), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in writers:
            writer.close()


@dataclass
class Receiver:
    """A server without TLS on loopback, in a thread of its own, for commands that run to their end."""

    url: str
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def open_receiver(host: str) -> Iterator[Receiver]:
    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.requests.append((dict(self.headers.items()), body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *words: object) -> None:  # noqa: A002 – the library's name
            """Nothing is said."""

    with ThreadingHTTPServer((host, 0), Answer) as server:
        receiver = Receiver(f"http://{host}:{server.server_port}/hooks")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()


def only(*addresses: str) -> Any:
    """Lets these addresses be called, as if they were public."""
    allowed = {ipaddress.ip_address(each) for each in addresses}

    def may(address: Address) -> bool:
        return address in allowed

    return may


@dataclass
class Office:
    """A worker's telling part over a real database, and a centre whose incidents something happens to."""

    dsn: str
    database: Database
    keys: Keys
    clock: SetClock
    teller: Teller
    _seq: dict[UUID, int] = field(default_factory=dict)

    async def subscribe(
        self, url: str, *events: Event, centre: CentreId = CENTRE, kind: Kind = Kind.LIVE
    ) -> tuple[UUID, str]:
        connection = await asyncpg.connect(self.dsn)
        await prepare_connection(connection)
        async with connection.transaction():
            made = await subscribe(connection, self.keys, centre, kind, url, events, self.clock.now())
        await connection.close()
        return made

    async def happens(
        self, incident: UUID, event: Event = Event.ACCEPTED, *, centre: CentreId = CENTRE, kind: Kind = Kind.LIVE
    ) -> None:
        """One entry in the journal, sealed."""
        self._seq[incident] = seq = self._seq.get(incident, 0) + 1
        facts: dict[str, Fact] = {"alert": str(uuid4()), "metres": 420}
        async with self.database.acting_as(Actor(Role.WORKER, centre)) as connection:
            happening = Happening(event, facts)
            await journal.write(
                connection, Actor(Role.WORKER, centre), incident, kind, centre, seq, [happening], self.clock.now()
            )
        async with self.database.acting_as(Actor(Role.WORKER)) as connection:
            await sealer.seal(connection, [JournalEntries()], self.clock.now())

    async def tells(self) -> None:
        """Read on, send what is due, wait until all of it is settled; until nothing more is due."""
        await self.teller.read_round()
        while await self.teller.send_round() < 0.5:
            while self.teller._under_way:
                await next(iter(self.teller._under_way))

    async def states(self) -> list[str]:
        connection = await asyncpg.connect(self.dsn)
        found = await connection.fetch("SELECT state FROM webhooks.delivery ORDER BY entry_id, subscription_id")
        await connection.close()
        return [row["state"] for row in found]


@asynccontextmanager
async def open_office(dsn: str, folder: Path, session: aiohttp.ClientSession) -> AsyncIterator[Office]:
    await load_shipped(dsn)
    keys = load_keys(make_settings(dsn, folder))
    clock = SetClock(datetime.now(UTC))  # receivers compare the signature's time with their own clock
    database = await open_database(dsn, dict.fromkeys(Lane, 1))
    try:
        yield Office(dsn, database, keys, clock, Teller(database, session, keys, clock))
    finally:
        await database.close()


@asynccontextmanager
async def another_worker(office: Office) -> AsyncIterator[Office]:
    """As another process would be: connections, slots and loops of its own."""
    database = await open_database(office.dsn, dict.fromkeys(Lane, 1))
    try:
        teller = Teller(database, office.teller._session, office.keys, office.clock)
        yield Office(office.dsn, database, office.keys, office.clock, teller)
    finally:
        await database.close()


def session_to(certificates: Certificates, resolver: AbstractResolver, may: Any = None) -> aiohttp.ClientSession:
    return open_session(may or only("127.0.0.1"), resolver=resolver, tls=certificates.client)
