"""A dispatch system's side of the contract, to be read or copied with `signing.py`: aiohttp, joserfc, Python's library.

What it does that a client has to do: one token, renewed in time and on a 401; a new proof with every request, also with
a retry; one key a report, the same bytes and the same key again for two minutes while nobody answers; no second try of
what was refused; a heartbeat every 30 s; events followed from where they broke off; values and members it does not know
let pass.
"""

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import Any
from uuid import uuid4

import aiohttp

from backend.conform.signing import ClientKey, ProofKey, ServersClock

RETRY_FOR_S = 120.0
"""The contract says 60 s or more. After this long a person has to be told: the arrest is not with us."""

PAUSES_S = (0.5, 1.0, 2.0, 4.0, 5.0)
"""Between one try and the next; the last one goes on. A Retry-After that is longer comes first."""

PATIENCE_S = 15.0
"""For one answer. A stand-down may take 2.5 s, a report under the worst load some more."""

BEAT_EVERY_S = 30.0
RENEW_BEFORE_S = 30.0
COME_AGAIN_S = 1.0

Json = dict[str, Any]


class Refused(Exception):
    """The service said no, and would again: the problem document says why."""

    def __init__(self, status: int, problem: Json) -> None:
        super().__init__(f"{status} {problem.get('title', '')}: {problem.get('detail', '')}")
        self.status = status
        self.problem = problem

    @property
    def slug(self) -> str:
        """The end of the problem's `type`: what to compare."""
        return str(self.problem.get("type", "")).rsplit("/", 1)[-1]


class NobodyAnswers(OSError):
    """Tried for as long as is worth while. Call the volunteers another way, and the operator."""


@dataclass(frozen=True)
class Answer:
    """One try's outcome. `status` 0: no answer, which says nothing about whether it was carried out."""

    status: int
    body: bytes = b""
    retry_after_s: float = 0.0

    @property
    def is_worth_another_try(self) -> bool:
        return self.status in (0, 408, 429) or self.status >= 500

    def read(self) -> Json:
        """The JSON object; raises Refused for a refusal."""
        try:
            value: Json = json.loads(self.body) if self.body else {}
        except ValueError:
            value = {"title": self.body[:200].decode(errors="replace")}
        if self.status >= 400:
            raise Refused(self.status, value)
        return value


@dataclass(frozen=True)
class Happened:
    """One event of a stream; `name` may be one that this client does not know."""

    id: int
    name: str
    data: Json


class DispatchSystem:
    """One centre's log-in. `private_key`: PEM, of the key that was registered.

    `known_as`: what the service calls itself where it is reached by another address, on the same machine say: proofs
    and the log-in name it. `pace` makes every wait shorter, for rehearsals: in earnest it is 1.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        client_id: str,
        private_key: str | bytes,
        *,
        known_as: str | None = None,
        pace: float = 1.0,
        retry_for_s: float = RETRY_FOR_S,
    ) -> None:
        self._session = session
        self._url = url.rstrip("/")
        self._known_as = (known_as or url).rstrip("/")
        self._client_id = client_id
        self._key = ClientKey(private_key)
        self._proofs = ProofKey()
        self._clock = ServersClock()
        self._pace = pace
        self._retry_for_s = retry_for_s
        self._token = ""
        self._token_until = 0.0
        self._turn = asyncio.Lock()

    # What a dispatch system says. Each raises Refused or NobodyAnswers. ---------------------------------------------

    async def report(self, report: Json, key: str | None = None) -> Json:
        """Report a suspected cardiac arrest. Keep `key` with the case: after a restart of yours it is the same."""
        return await self.call("POST", "/dispatch/v1/incidents", report, {"Idempotency-Key": key or str(uuid4())})

    async def revise(self, incident_id: str, better: Json) -> Json:
        return await self.call("POST", f"/dispatch/v1/incidents/{incident_id}/revise", better)

    async def stand_down(self, incident_id: str, reason: str) -> Json:
        return await self.call("POST", f"/dispatch/v1/incidents/{incident_id}/stand-down", {"reason": reason})

    async def close(self, incident_id: str) -> Json:
        return await self.call("POST", f"/dispatch/v1/incidents/{incident_id}/close")

    async def override(self, incident_id: str, reason: str) -> Json:
        return await self.call("POST", f"/dispatch/v1/incidents/{incident_id}/override", {"reason": reason})

    async def join(self, incident_id: str, into: str) -> Json:
        return await self.call("POST", f"/dispatch/v1/incidents/{incident_id}/join", {"into": into})

    async def incident(self, incident_id: str) -> Json:
        return await self.call("GET", f"/dispatch/v1/incidents/{incident_id}")

    async def open_incidents(self) -> list[Json]:
        found = await self.call("GET", "/dispatch/v1/incidents?state=open&limit=100")
        incidents: list[Json] = found["incidents"]
        return incidents

    async def centre(self) -> Json:
        return await self.call("GET", "/dispatch/v1/centre")

    async def keep_beating(self) -> None:
        """A heartbeat every 30 s, without end. One that is lost is not tried again: the next one follows."""
        while True:
            with contextlib.suppress(Refused):
                await self.beat()
            await self._wait(BEAT_EVERY_S)

    async def beat(self) -> Json | None:
        """One heartbeat; None when nobody answered."""
        body = json.dumps({"sent_at": stamp(datetime.now(UTC))}).encode()
        answer = await self._try("POST", "/dispatch/v1/heartbeat", body, {})
        if answer.status == 401:
            self._token = ""
        return None if answer.status == 0 else answer.read()

    async def follow(self, incident_id: str | None = None, after: int = 0) -> AsyncIterator[Happened]:
        """Events as they happen, of one incident from its first one on or of the centre, each once; without end."""
        path = "/dispatch/v1/events" if incident_id is None else f"/dispatch/v1/incidents/{incident_id}/events"
        told: deque[int] = deque(maxlen=1000)  # the centre's stream may repeat some after it broke off
        while True:
            async for event in self._stream(path, after):
                if event.id not in told:
                    told.append(event.id)
                    after = max(after, event.id)
                    yield event
            await self._wait(COME_AGAIN_S)

    # How it says it. ------------------------------------------------------------------------------------------------

    async def call(self, method: str, path: str, body: Json | None = None, headers: Json | None = None) -> Json:
        """One call, tried until it is answered. The bytes are made once: a repetition is the same to the last one."""
        content = None if body is None else json.dumps(body).encode()
        began, tries, renewed = monotonic(), 0, False
        while True:
            answer = await self._try(method, path, content, headers or {})
            if answer.status == 401 and not renewed:
                self._token, renewed = "", True
                continue
            if not answer.is_worth_another_try:
                return answer.read()
            pause_s = PAUSES_S[min(tries, len(PAUSES_S) - 1)]
            tries += 1
            if (monotonic() - began) * self._pace + pause_s > self._retry_for_s:
                raise NobodyAnswers(f"nobody answers at {self._url}")
            await asyncio.sleep(max(pause_s / self._pace, answer.retry_after_s))

    async def _try(self, method: str, path: str, content: bytes | None, headers: Json) -> Answer:
        try:
            token = await self._fresh_token()
        except Refused as refused:
            if refused.status < 500 and refused.status != 429:
                raise
            return Answer(refused.status)
        except (aiohttp.ClientError, TimeoutError):
            return Answer(0)
        said = {**self._proven(method, path, token), "Accept": "application/json", **headers}
        if content is not None:
            said["Content-Type"] = "application/json"
        try:
            async with self._session.request(
                method, self._url + path, data=content, headers=said, timeout=self._timeout()
            ) as response:
                self._clock.told(response.headers.get("Server-Time"))
                wait = response.headers.get("Retry-After", "")
                return Answer(response.status, await response.read(), float(wait) if wait.isdigit() else 0.0)
        except (aiohttp.ClientError, TimeoutError):
            return Answer(0)

    async def _fresh_token(self) -> str:
        async with self._turn:
            if not self._token or monotonic() > self._token_until:
                granted = (await self._log_in()).read()
                self._token = granted["access_token"]
                self._token_until = monotonic() + granted["expires_in"] - RENEW_BEFORE_S / self._pace
            return self._token

    async def log_in(self, scope: str) -> None:
        """See that a token of this scope can be had; none is kept. Raises Refused or NobodyAnswers."""
        try:
            (await self._log_in(scope=scope)).read()
        except (aiohttp.ClientError, TimeoutError):
            raise NobodyAnswers(f"nobody answers at {self._url}") from None

    async def _log_in(self, **more: str) -> Answer:
        answer = await self._ask_for_token(more)
        if answer.status == 401:  # whose clock is off has been told the time, and reckons with it now
            answer = await self._ask_for_token(more)
        return answer

    async def _ask_for_token(self, more: dict[str, str]) -> Answer:
        where = f"{self._known_as}/oauth/token"
        now = self._clock.now()
        async with self._session.post(
            f"{self._url}/oauth/token",
            data=self._key.form(self._client_id, where, now, **more),
            headers={"DPoP": self._proofs.proof("POST", where, now)},
            timeout=self._timeout(),
        ) as response:
            self._clock.told(response.headers.get("Server-Time"))
            return Answer(response.status, await response.read())

    def _proven(self, method: str, path: str, token: str) -> dict[str, str]:
        return self._proofs.headers(method, self._known_as + path, self._clock.now(), token)

    async def _stream(self, path: str, after: int) -> AsyncIterator[Happened]:
        """One connection's events. Ends when it breaks off or is not to be had for now; raises Refused."""
        try:
            said = {**self._proven("GET", path, await self._fresh_token()), "Accept": "text/event-stream"}
            if after:
                said["Last-Event-ID"] = str(after)
            limits = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=30)  # a comment comes every 10 s
            async with self._session.get(self._url + path, headers=said, timeout=limits) as stream:
                if stream.status == 401:
                    self._token = ""
                elif stream.status != 200:
                    refusal = Answer(stream.status, await stream.read())
                    if not refusal.is_worth_another_try:
                        refusal.read()
                else:
                    async for event in events_of(stream):
                        yield event
        except (aiohttp.ClientError, TimeoutError):
            return

    def _timeout(self) -> aiohttp.ClientTimeout:
        return aiohttp.ClientTimeout(total=PATIENCE_S / self._pace)

    async def _wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._pace)


def stamp(moment: datetime) -> str:
    """A time as the API reads it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def events_of(stream: aiohttp.ClientResponse) -> AsyncIterator[Happened]:
    """The events of a text/event-stream; comments and what is no JSON object are let pass."""
    event_id, name, data = 0, "message", ""
    async for line in _lines(stream):
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            with contextlib.suppress(ValueError):
                if data:
                    yield Happened(event_id, name, json.loads(data))
            name, data = "message", ""
        elif field == "id" and value.isdigit():
            event_id = int(value)
        elif field == "event":
            name = value
        elif field == "data":
            data = f"{data}\n{value}" if data else value


async def _lines(stream: aiohttp.ClientResponse) -> AsyncIterator[str]:
    """Lines of any length, without their ends."""
    rest = b""
    async for chunk in stream.content.iter_any():
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line.rstrip(b"\r").decode(errors="replace")
