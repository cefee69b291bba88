"""A whole service, each part a process of its own, with a crowd around one square: where providers are put to the test.

Everybody in the crowd has FCM, SMS and the app; nobody's phone is played, so every push ends in a text message five
seconds later unless a scenario sends receipts. What is measured is read from attempts and results.
"""

import asyncio
import math
import os
import random
import signal
import socket
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import asyncpg
import msgspec

from backend.aeds import made_up
from backend.cli.client import add_for_centre
from backend.cli.migrating import bring_up_to_date
from backend.conform.reference_client import DispatchSystem, Json
from backend.delivery import switches
from backend.delivery.message import Channel
from backend.demo import parts
from backend.demo.folder import Folder
from backend.demo.ports import HOST
from backend.demo.provider_faults import Faults
from backend.demo.supervisor import Part, Supervisor
from backend.foundation.database import Actor, Lane, Role, connect, open_database, prepare_connection
from backend.foundation.ids import DeviceId, VolunteerId
from backend.foundation.kinds import Kind
from backend.identity.clients import Scope
from backend.identity.data_keys import read_ring
from backend.identity.keys import keys_from
from backend.identity.phone_hash import keyed_hash
from backend.identity.tokens import Audience, issue_access_token
from backend.locations.bulk import Seed, seed_positions
from backend.volunteers import bulk
from tests.chaos.checker import check
from tests.chaos.records import Kill, Records, Reported, StoodDown, read_arrivals

SQUARE = (55.6761, 12.5683)
VILLAGE = (-14_000.0, 0.0)
"""Metres east and north of the square."""
METRES_PER_DEGREE = 111_195.0
REST_LIMIT_S = 60.0


@dataclass(frozen=True)
class Someone:
    """One of the crowd, with what their phone would know."""

    id: VolunteerId
    device: DeviceId
    push: str
    phone: str


@dataclass
class Scene:
    """A running service. `records` grows with what the dispatch centre was told."""

    dsn: str
    folder: Folder
    at: parts.Addresses
    environment: Mapping[str, str]
    session: aiohttp.ClientSession
    centre: DispatchSystem
    crowd: Sequence[Someone]
    logs: Path
    records: Records = field(default_factory=Records)
    _workers: list[Supervisor] = field(default_factory=list)

    # ---- the parts

    async def start_worker(self, **settings: str) -> None:
        """`settings` in place of those there are: FCM_URL="…" sends it to a proxy."""
        changed = {f"HJERTELOEBER_{name}": value for name, value in settings.items()}
        supervisor = Supervisor(self.logs, _silent)
        self._workers.append(supervisor)
        part = parts.worker({**self.environment, **changed})
        await supervisor.start(Part(f"worker-{len(self._workers)}", part.command, part.environment, says=part.says))

    async def stop_workers(self) -> None:
        for supervisor in self._workers:
            await supervisor.stop()
        self._workers.clear()

    def kill_workers(self) -> None:
        """`kill -9`, and nobody starts another."""
        for supervisor in self._workers:
            for running in supervisor.parts.values():
                assert running.pid is not None
                os.killpg(running.pid, signal.SIGKILL)
                self.records.kills = [*self.records.kills, Kill("worker", datetime.now(UTC))]
        self._workers.clear()

    async def pushes_meet(self, faults: Faults) -> None:
        await self._order(self.at.fcm, faults)

    async def texts_meet(self, faults: Faults) -> None:
        await self._order(self.at.sms, faults)

    async def _order(self, url: str, faults: Faults) -> None:
        async with self.session.put(f"{url}/faults", data=msgspec.json.encode(faults)) as answer:
            assert answer.status == 200, await answer.text()

    async def switch(self, channel: Channel, *, on: bool) -> None:
        """As `hjerteloeber channel` does."""
        async with self.owner() as c, c.transaction():
            await switches.switch(c, Actor(Role.OWNER), channel, "chaos", datetime.now(UTC), on=on)

    # ---- the dispatch centre

    async def report(self, case: str, lat: float = SQUARE[0], lon: float = SQUARE[1]) -> Json:
        now = datetime.now(UTC).isoformat()
        said = {
            "case_number": case,
            "position": {"system": "WGS84", "lat": lat, "lon": lon},
            "accuracy_m": 20,
            "address": {"text": f"Prøvegade {case}"},
            "circumstances": [],
            "call_received_at": now,
            "recognised_at": now,
        }
        incident = await self.centre.report(said, f"key-{case}")
        told = Reported(f"key-{case}", case, UUID(incident["id"]), datetime.now(UTC), 201)
        self.records.reports = [*self.records.reports, told]
        return incident

    async def stand_down(self, incident_id: str) -> StoodDown:
        asked_at = datetime.now(UTC)
        told = await self.centre.stand_down(incident_id, "sent_in_error")
        kept = StoodDown(
            UUID(incident_id), asked_at, datetime.now(UTC), **{n: int(told[n]) for n in ("sent", "stopped", "late")}
        )
        self.records.stand_downs = [*self.records.stand_downs, kept]
        return kept

    async def close_all(self) -> None:
        """Every open incident comes to its end: nothing goes on by itself any more."""
        at_once = asyncio.Semaphore(8)

        async def close(incident_id: UUID) -> None:
            async with at_once:
                await self.centre.close(str(incident_id))

        ids = [row["id"] for row in await self.rows("SELECT id FROM incidents.incident WHERE state = 'open'")]
        await asyncio.gather(*(close(incident_id) for incident_id in ids))

    # ---- a volunteer's phone

    async def says(self, who: Someone, verb: str, alert_id: UUID, body: Json) -> tuple[int, Json]:
        """POST as this volunteer's app; status and answer."""
        url = f"{self.at.api}/mobile/v1/alerts/{alert_id}/{verb}"
        async with self.session.post(url, json=body, headers=self.signed_in(who)) as answer:
            return answer.status, await answer.json(content_type=None)

    def signed_in(self, who: Someone) -> dict[str, str]:
        keys = keys_from(self.folder.signing_key.read_bytes(), self.folder.phone_hash_key.read_bytes())
        claims = {"device": str(who.device), "kind": Kind.LIVE.value}
        token, _ = issue_access_token(keys.signing, Audience.MOBILE, who.id, claims, datetime.now(UTC))
        return {"Authorization": f"Bearer {token}"}

    # ---- looking

    @asynccontextmanager
    async def owner(self) -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(self.dsn)
        try:
            await prepare_connection(connection)
            yield connection
        finally:
            await connection.close()

    async def rows(self, sql: str, *arguments: object) -> list[asyncpg.Record]:
        async with self.owner() as connection:
            return list(await connection.fetch(sql, *arguments))

    async def value(self, sql: str, *arguments: object) -> Any:
        return (await self.rows(sql, *arguments))[0][0]

    async def until(self, sql: str, *arguments: object, limit_s: float = REST_LIMIT_S) -> bool:
        """Until the statement's one value is true; False when it did not become so in time."""
        give_up = time.monotonic() + limit_s
        while time.monotonic() < give_up:
            if await self.value(sql, *arguments):
                return True
            await asyncio.sleep(0.2)
        return False

    async def at_rest(self, limit_s: float = REST_LIMIT_S) -> bool:
        """Until nothing is due or under way, and the sealer has come to the end."""
        rested = await self.until(
            """
            SELECT NOT EXISTS (
              SELECT 1 FROM delivery.delivery WHERE state = 'leased' OR state = 'queued' AND channel <> 'in_app'
              AND expires_at > now())
            """,
            limit_s=limit_s,
        )
        sealed = await self.until(
            """
            SELECT (SELECT count(*) FROM foundation.journal_seal) =
                   (SELECT count(*) FROM foundation.journal_entry) + (SELECT count(*) FROM delivery.attempt)
                   + (SELECT count(*) FROM delivery.attempt_result) + (SELECT count(*) FROM incidents.viewed)
            """,
            limit_s=limit_s,
        )
        return rested and sealed

    async def violations(self) -> list[str]:
        """What the checker says, with the stand-ins' own records."""
        self.records.arrivals = read_arrivals(parts.fcm_log(self.folder), parts.sms_log(self.folder))
        return await check(self.dsn, self.records)

    async def alerts(self, incident_id: str) -> list[asyncpg.Record]:
        """id and volunteer, nearest first."""
        return await self.rows(
            "SELECT id, volunteer_id, state, metres FROM alerts.alert WHERE incident_id = $1 ORDER BY metres, id",
            UUID(incident_id),
        )

    def by_id(self) -> dict[VolunteerId, Someone]:
        return {who.id: who for who in self.crowd}


@asynccontextmanager
async def scene(
    dsn: str,
    path: Path,
    *,
    seed: int,
    crowd: int,
    within_m: float = 1_500,
    villagers: int = 0,
    aeds: int = 12,
    latency_ms: float = 20.0,
) -> AsyncIterator[Scene]:
    """API and stand-ins run; the worker is the scenario's to start. `dsn` names an empty or a migrated database.

    `villagers` live around VILLAGE, out of reach of the square.
    """
    await bring_up_to_date(dsn)
    folder = Folder(path)
    folder.prepare()
    api, fcm, sms = _three_addresses()
    at = parts.Addresses(api, fcm, sms, dsn)
    environment = {n: v for n, v in parts.settings(folder, at).items() if n.startswith("HJERTELOEBER_")}
    people = await _gather(dsn, folder, seed, (crowd, villagers), within_m, aeds)
    client_id, secret = await _let_in(dsn)
    async with Supervisor(folder.logs, _silent) as them, aiohttp.ClientSession(connector=_many()) as session:
        for part in (parts.fcm_server(folder, at), parts.sms_server(folder, at)):
            slow = (*part.command, "--latency-ms", str(latency_ms), "--seed", str(seed))
            await them.start(Part(part.name, slow, part.environment, is_ready=part.is_ready))
        serve = (str(parts.PROGRAM), "serve", "--host", HOST, "--port", api.rsplit(":", 1)[1])
        await them.start(Part("api", serve, environment, is_ready=parts.answers(api, "/health/ready")))
        centre = DispatchSystem(session, api, client_id, secret, retry_for_s=30)
        await centre.open_incidents()  # logging in is no part of any figure
        played = Scene(dsn, folder, at, environment, session, centre, people, folder.logs)
        try:
            yield played
        finally:
            await played.stop_workers()


async def _gather(
    dsn: str, folder: Folder, seed: int, counts: tuple[int, int], within_m: float, aeds: int
) -> list[Someone]:
    chance = random.Random(f"scene {seed}")
    now = datetime.now(UTC)
    key = folder.phone_hash_key.read_bytes()
    people, rows, places = [], [], []
    for number in range(sum(counts)):
        who = VolunteerId(UUID(int=chance.getrandbits(128), version=4))
        device = DeviceId(UUID(int=chance.getrandbits(128), version=4))
        phone = f"+4567{number:06d}"
        someone = Someone(who, device, f"push-{seed}-{number}", phone)
        people.append(someone)
        rows.append(
            bulk.BulkVolunteer(
                id=who, device_id=device, phone=phone, phone_hash=keyed_hash(key, phone), name="Anna Prøvesen",
                birth_year=1980, fcm_token=someone.push,
            )
        )  # fmt: skip
        middle = (0.0, 0.0) if number < counts[0] else VILLAGE
        places.append(Seed(who, *somewhere(chance, within_m, middle), now))
    connection = await connect(dsn, read_ring(folder.data_key.read_bytes()))
    try:
        async with connection.transaction():
            await bulk.insert(connection, rows, now)
            await seed_positions(connection, places)
            await made_up.insert(connection, [somewhere(chance, 600) for _ in range(aeds)], seed, now)
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
    return people


def somewhere(chance: random.Random, within_m: float, middle: tuple[float, float] = (0.0, 0.0)) -> tuple[float, float]:
    """Evenly over a disc around a point so many metres off the square."""
    angle, far = chance.uniform(0, 2 * math.pi), within_m * math.sqrt(chance.random())
    return metres_off(middle[0] + far * math.cos(angle), middle[1] + far * math.sin(angle))


def metres_off(east: float, north: float) -> tuple[float, float]:
    """A point so far from the square."""
    lat = SQUARE[0] + north / METRES_PER_DEGREE
    return lat, SQUARE[1] + east / (METRES_PER_DEGREE * math.cos(math.radians(SQUARE[0])))


async def _let_in(dsn: str) -> tuple[str, str]:
    database = await open_database(dsn, dict.fromkeys(Lane, 1))
    try:
        scopes = [Scope.INCIDENTS_WRITE, Scope.INCIDENTS_READ]
        made = await add_for_centre(database, "amk-hovedstaden", Kind.LIVE, "chaos", scopes, datetime.now(UTC))
    finally:
        await database.close()
    assert made is not None
    return made


def _three_addresses() -> list[str]:
    """Ports the system picks, so that runs side by side do not pick the same."""
    with socket.socket() as one, socket.socket() as two, socket.socket() as three:
        for probe in (one, two, three):
            probe.bind((HOST, 0))
        return [f"http://{HOST}:{probe.getsockname()[1]}" for probe in (one, two, three)]


def _many() -> aiohttp.TCPConnector:
    return aiohttp.TCPConnector(limit=300)


def _silent(_line: str) -> None:
    """A worker that a scenario stops is no news."""


def cores() -> int:
    return os.cpu_count() or 1
