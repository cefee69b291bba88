"""Those who call the edge in these tests: an app on a database of its own, phones and dispatch centres with tokens."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from litestar import Litestar

from backend.conform.signing import ProofKey
from backend.foundation.clock import SetClock
from backend.foundation.database import prepare_connection
from backend.foundation.settings import Settings
from backend.identity.keys import Keys, load_keys
from backend.identity.tokens import Audience, issue_access_token
from backend.regions import shipped
from backend.selection import policies
from tests.harness.application import application
from tests.harness.keys import DATA_KEY_FILE

URL = "http://edge.example"
PROOFS = ProofKey()
"""The key the dispatch systems of these tests prove their requests with."""
NOW = datetime(2026, 11, 21, 20, 5, tzinfo=UTC)


def make_settings(dsn: str, folder: Path, **more: Any) -> Settings:
    """Settings with fresh keys in `folder`."""
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "signing.pem").write_bytes(pem)
    (folder / "phone_hash.key").write_bytes(os.urandom(32))
    (folder / "data.key").write_bytes(DATA_KEY_FILE)
    files = {
        "signing_key_file": folder / "signing.pem",
        "phone_hash_key_file": folder / "phone_hash.key",
        "data_key_file": folder / "data.key",
    }
    return Settings(**{"database_url": dsn, "public_url": URL, **files, **more})


async def load_shipped(dsn: str, now: datetime = NOW) -> None:
    """What `hjerteloeber migrate` loads beside the schema."""
    connection = await asyncpg.connect(dsn)
    await prepare_connection(connection)
    async with connection.transaction():
        await shipped.load(connection, now)
        await policies.load(connection, now)
    await connection.close()


@dataclass
class Edge:
    """The running application as its callers see it."""

    http: httpx.AsyncClient
    keys: Keys
    clock: SetClock
    dsn: str
    app: Litestar

    def as_volunteer(self, volunteer_id: UUID | None = None) -> dict[str, str]:
        """Headers of a signed-in phone."""
        claims = {"device": str(uuid4()), "kind": "live"}
        return self._bearer(Audience.MOBILE, volunteer_id or uuid4(), claims)

    def as_centre(
        self,
        centre_id: UUID | None = None,
        scope: str = "incidents:write incidents:read",
        kind: str = "live",
        client: UUID | None = None,
    ) -> dict[str, str]:
        """Headers of a dispatch centre's system; :meth:`prove` adds a new proof to each request that carries them."""
        claims = {"centre": str(centre_id or shipped.centre_id("amk-hovedstaden")), "kind": kind, "scope": scope}
        bound = {"cnf": {"jkt": PROOFS.thumbprint}}
        return self._carrying("DPoP", Audience.DISPATCH, client or uuid4(), {**claims, **bound})

    def _bearer(self, audience: Audience, subject: UUID, claims: dict[str, str]) -> dict[str, str]:
        return self._carrying("Bearer", audience, subject, claims)

    def _carrying(
        self, scheme: str, audience: Audience, subject: UUID, claims: Mapping[str, str | Mapping[str, str]]
    ) -> dict[str, str]:
        token, _ = issue_access_token(self.keys.signing, audience, subject, claims, self.clock.now())
        return {"Authorization": f"{scheme} {token}"}

    async def prove(self, request: httpx.Request) -> None:
        """As a dispatch system does before each request, a retry too."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme == "DPoP" and "DPoP" not in request.headers:
            request.headers["DPoP"] = PROOFS.proof(request.method, str(request.url), self.clock.now(), token)

    async def is_followed(self, streams: int = 1) -> None:
        """So many live streams have begun: what happens from now on is theirs to tell."""
        async with asyncio.timeout(30):
            while len(self.app.state.hub._followings) < streams:  # noqa: ASYNC110 – nobody is told of it
                await asyncio.sleep(0.01)

    async def streams_told(self) -> None:
        """What has been committed has been handed to every live stream, and each has had a moment to write it down."""
        hub = self.app.state.hub
        connection = await asyncpg.connect(self.dsn)
        newest = await connection.fetchval("SELECT coalesce(max(id), 0) FROM foundation.journal_entry")
        await connection.close()
        async with asyncio.timeout(30):
            while hub._highest < newest or any(each._queue.qsize() for each in hub._followings):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)


@asynccontextmanager
async def running(app: Litestar) -> AsyncIterator[None]:
    """Start and stop in one task, as a server does; a fixture's two halves are run by two."""
    started, ending = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.lifespan():
            started.set()
            await ending.wait()

    life = asyncio.create_task(live())
    await asyncio.wait({life, asyncio.ensure_future(started.wait())}, return_when=asyncio.FIRST_COMPLETED)
    if life.done():
        life.result()
    yield
    ending.set()
    await life


@asynccontextmanager
async def running_edge(settings: Settings, now: datetime = NOW) -> AsyncIterator[Edge]:
    """The application started and stopped, called without a socket between."""
    clock = SetClock(now)
    async with application(settings, clock) as app, running(app):
        # Answer what the application answers, also when it fails: a test wants to see the 500.
        asgi: Any = app
        transport = httpx.ASGITransport(app=asgi, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=URL) as http:
            edge = Edge(http, load_keys(settings), clock, settings.database_url, app)
            http.event_hooks = {"request": [edge.prove]}
            yield edge
