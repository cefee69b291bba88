"""A dispatch server under examination: raw calls, what came of them, and what has to be closed in the end."""

import asyncio
import contextlib
import json
import random
import string
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import aiohttp

from backend.conform.signing import ClientKey, ProofKey, ServersClock

Json = dict[str, Any]
INCIDENTS = "/dispatch/v1/incidents"
PATIENCE_S = 30.0
RETRY_AFTER_S = 61.0


class Failed(Exception):
    """A check did not hold; the message is what was seen instead."""


@dataclass(frozen=True)
class Said:
    """One answer, headers by name in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes
    took_s: float

    def json(self) -> Json:
        try:
            value = json.loads(self.body)
        except ValueError:
            raise Failed(f"the answer {self.status} is not JSON") from None
        if not isinstance(value, dict):
            raise Failed(f"the answer {self.status} is not a JSON object")
        return value

    @property
    def slug(self) -> str:
        return str(self.json().get("type", "")).rsplit("/", 1)[-1]


def expect(seen: object, wanted: object, what: str) -> None:
    """Raises Failed unless the two are equal."""
    if seen != wanted:
        raise Failed(f"{what} is {seen!r}, not {wanted!r}")


@dataclass
class Server:
    """Made with one log-in. `speed` shortens the wait for the retry after 61 s; `at` is where the arrests are."""

    session: aiohttp.ClientSession
    url: str
    client_id: str
    key: ClientKey
    speed: float = 1.0
    at: tuple[float, float] = (55.4038, 10.4024)
    token: str = ""
    centre: Json = field(default_factory=dict)
    refusals: list[Said] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    run: str = field(default_factory=lambda: "".join(random.choices(string.ascii_lowercase, k=6)))  # noqa: S311
    cases: int = 0
    proofs: ProofKey = field(default_factory=ProofKey)
    clock: ServersClock = field(default_factory=ServersClock)

    # Calls ----------------------------------------------------------------------------------------------------------

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: dict[str, str] | None = None,
        token: str | None = None,
    ) -> Said:
        """One call, never repeated. Bytes go as they are, anything else as JSON; `token` another than our own.

        A new proof goes with it unless `headers` has one.
        """
        shown = self.token if token is None else token
        said = self.proven(method, path, shown) if shown else {}
        if body is not None:
            said["Content-Type"] = "application/json"
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        return await self._answered(method, path, said | (headers or {}), data=content)

    def proven(self, method: str, path: str, token: str, off: timedelta = timedelta(0)) -> dict[str, str]:
        """Token and proof; `off`: by how much the clock it is made by is ahead."""
        return self.proofs.headers(method, self.url + path, self.clock.now() + off, token)

    def log_in_form(self, key: ClientKey | None = None, **more: str) -> dict[str, str]:
        return (key or self.key).form(self.client_id, f"{self.url}/oauth/token", self.clock.now(), **more)

    async def ask_for_token(self, form: dict[str, str] | None = None, proof: str | None = None) -> Said:
        """A log-in; `form` and `proof` in place of new ones, an empty proof for none."""
        where = f"{self.url}/oauth/token"
        shown = self.proofs.proof("POST", where, self.clock.now()) if proof is None else proof
        headers = {"DPoP": shown} if shown else {}
        return await self._answered("POST", "/oauth/token", headers, data=form or self.log_in_form())

    async def _answered(self, method: str, path: str, headers: dict[str, str], data: Any) -> Said:
        began = monotonic()
        limit = aiohttp.ClientTimeout(total=PATIENCE_S)
        try:
            async with self.session.request(
                method, self.url + path, data=data, headers=headers, timeout=limit
            ) as response:
                body = await response.read()
        except (aiohttp.ClientError, TimeoutError) as nobody:
            raise Failed(f"no answer to {method} {path}: {type(nobody).__name__}") from None
        names = {name.lower(): value for name, value in response.headers.items()}
        answer = Said(response.status, names, body, monotonic() - began)
        self.clock.told(names.get("server-time"))
        if answer.status >= 400:
            self.refusals.append(answer)
        return answer

    # Reports --------------------------------------------------------------------------------------------------------

    def new_report(self, **more: object) -> Json:
        """A report of a case nobody has told of, some kilometres from the others: no possible duplicate of them."""
        self.cases += 1
        lat, lon = self.at
        position = {"system": "WGS84", "lat": round(lat + 0.004 * (self.cases % 40), 5), "lon": lon}
        return {"case_number": f"conform-{self.run}-{self.cases}", "position": position, "accuracy_m": 20} | more

    async def report(self, report: Json | bytes, key: str | None = None, proven: Json | None = None) -> Said:
        """`proven`: token and proof in place of new ones."""
        headers = {"Idempotency-Key": key or new_key(), **(proven or {})}
        answer = await self.call("POST", INCIDENTS, report, headers)
        if answer.status == 201:
            self.open.append(str(answer.json().get("id")))
        return answer

    async def opened(self, **more: object) -> Json:
        """A new incident; raises Failed when it is refused."""
        answer = await self.report(self.new_report(**more))
        expect(answer.status, 201, "a report's status")
        return answer.json()

    async def about(self, incident: Json, verb: str, body: object = None) -> Said:
        return await self.call("POST", f"{INCIDENTS}/{incident['id']}/{verb}", body)

    async def incidents_of(self, case_number: str) -> list[Json]:
        listed = await self.call("GET", f"{INCIDENTS}?limit=100")
        expect(listed.status, 200, "the list's status")
        return [each for each in listed.json()["incidents"] if each["case_number"] == case_number]

    async def send_and_hang_up(self, report: Json, key: str) -> None:
        """The answer is lost: the connection is closed when the whole request is sent."""
        address = urlsplit(self.url)
        body = json.dumps(report).encode()
        lines = (
            f"POST {address.path}{INCIDENTS} HTTP/1.1",
            f"Host: {address.netloc}",
            *(f"{name}: {value}" for name, value in self.proven("POST", INCIDENTS, self.token).items()),
            "Content-Type: application/json",
            f"Idempotency-Key: {key}",
            f"Content-Length: {len(body)}",
        )
        tls = address.scheme == "https"
        _, writer = await asyncio.open_connection(
            address.hostname, address.port or (443 if tls else 80), ssl=tls or None
        )
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await writer.drain()
        await asyncio.sleep(0.3)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    async def close_everything(self) -> None:
        """Whatever this run opened, in any order; what has ended already stays ended."""
        for incident_id in dict.fromkeys(self.open):
            with contextlib.suppress(Failed):
                await self.call("POST", f"{INCIDENTS}/{incident_id}/close")

    # Streams --------------------------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def stream(self, path: str, after: int | None = None) -> AsyncIterator["Events"]:
        headers = self.proven("GET", path, self.token)
        if after is not None:
            headers["Last-Event-ID"] = str(after)
        limit = aiohttp.ClientTimeout(total=PATIENCE_S)
        async with self.session.get(self.url + path, headers=headers, timeout=limit) as response:
            expect(response.status, 200, "the stream's status")
            expect(response.content_type, "text/event-stream", "the stream's media type")
            yield Events(response)


class Events:
    """What a stream has said; :meth:`next` waits for one more."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def next(self, within_s: float = 10.0) -> tuple[int, str]:
        """Id and name of the next event. Raises Failed when none comes in time."""
        event_id, name = 0, ""
        try:
            async with asyncio.timeout(within_s):
                while line := (await self._response.content.readline()).decode():
                    if line.startswith("id:"):
                        event_id = int(line[3:])
                    elif line.startswith("event:"):
                        name = line[6:].strip()
                    elif not line.strip() and name:
                        return event_id, name
        except TimeoutError:
            raise Failed(f"no event within {within_s:g} s") from None
        raise Failed("the stream ended")


def new_key() -> str:
    return str(uuid4())


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
