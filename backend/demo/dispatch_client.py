"""A dispatch centre's system: the dispatch API over HTTP, as any control room's software would use it."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import msgspec

from backend.demo.denmark import Arrest
from backend.demo.folder import Centre
from backend.demo.phones.ears import events

RENEW_BEFORE_S = 30.0
TRIES = 5
PATIENCE_S = 15.0
Answer = dict[str, Any]
"""A decoded JSON object: the demo reads the API as a foreign system does, without the server's types."""


class DispatchRefused(Exception):
    """The API said no; the message is its problem document's."""

    def __init__(self, status: int, problem: Answer) -> None:
        super().__init__(f"{status} {problem.get('title', '')}: {problem.get('detail', '')}")
        self.status = status
        self.problem = problem


class DispatchClient:
    """One centre's log-in. Every call renews the token in time, and is tried again when nobody answers."""

    def __init__(self, session: aiohttp.ClientSession, url: str, centre: Centre) -> None:
        self.centre = centre
        self._session = session
        self._url = url.rstrip("/")
        self._token = ""
        self._token_until = 0.0
        self._turn = asyncio.Lock()

    async def report(self, arrest: Arrest, case_number: str) -> Answer:
        """Report a suspected cardiac arrest. Raises DispatchRefused."""
        now = stamp(datetime.now(UTC))
        body = {
            "case_number": case_number,
            "position": {"system": "WGS84", "lat": arrest.lat, "lon": arrest.lon},
            "accuracy_m": 20,
            "address": {
                "text": arrest.address,
                "floor": arrest.floor,
                "door": arrest.door,
                "door_code": arrest.door_code,
            },
            "circumstances": [],
            "call_received_at": now,
            "recognised_at": now,
        }
        return await self.call("POST", "/dispatch/v1/incidents", body, {"Idempotency-Key": str(uuid4())})

    async def stand_down(self, incident_id: str, reason: str) -> Answer:
        return await self.call("POST", f"/dispatch/v1/incidents/{incident_id}/stand-down", {"reason": reason})

    async def incident(self, incident_id: str) -> Answer:
        return await self.call("GET", f"/dispatch/v1/incidents/{incident_id}")

    async def open_incidents(self) -> list[Answer]:
        found = await self.call("GET", "/dispatch/v1/incidents?state=open&limit=100")
        incidents: list[Answer] = found["incidents"]
        return incidents

    async def follow(self, incident_id: str) -> AsyncIterator[tuple[str, Answer]]:
        """The incident's events as they happen, from its first one on; without end."""
        headers = {"Authorization": f"Bearer {await self._fresh_token()}", "Last-Event-ID": "0"}
        async with self._session.get(
            f"{self._url}/dispatch/v1/incidents/{incident_id}/events",
            headers=headers,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=5),
        ) as stream:
            stream.raise_for_status()
            async for event, data in events(stream):
                yield event, msgspec.json.decode(data)

    async def call(self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> Answer:
        """One call; the same key makes trying again safe. Raises DispatchRefused, or OSError when nobody answers."""
        for attempt in range(1, TRIES + 1):
            try:
                return await self._once(method, path, body, headers or {})
            except (aiohttp.ClientError, TimeoutError) as lost:
                if attempt == TRIES:
                    raise OSError(f"nobody answers at {self._url}") from lost
            except DispatchRefused as refused:
                if refused.status < 500 or attempt == TRIES:
                    raise
            await asyncio.sleep(0.2 * attempt)
        raise AssertionError("the last try returned or raised")

    async def _once(self, method: str, path: str, body: object, headers: dict[str, str]) -> Answer:
        token = await self._fresh_token()
        async with self._session.request(
            method,
            self._url + path,
            data=None if body is None else msgspec.json.encode(body),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json", **headers},
            timeout=aiohttp.ClientTimeout(total=PATIENCE_S),
        ) as response:
            return _read(response.status, await response.read())

    async def _fresh_token(self) -> str:
        async with self._turn:
            if time.monotonic() > self._token_until:
                async with self._session.post(
                    f"{self._url}/oauth/token",
                    data={"grant_type": "client_credentials"},
                    auth=aiohttp.BasicAuth(self.centre.client_id, self.centre.client_secret),
                    timeout=aiohttp.ClientTimeout(total=PATIENCE_S),
                ) as response:
                    granted = _read(response.status, await response.read())
                self._token = granted["access_token"]
                self._token_until = time.monotonic() + granted["expires_in"] - RENEW_BEFORE_S
            return self._token


def read_centres(path: Path) -> list[Centre]:
    return msgspec.json.decode(path.read_bytes(), type=list[Centre])


def stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _read(status: int, body: bytes) -> Answer:
    try:
        answer: Answer = msgspec.json.decode(body) if body else {}
    except msgspec.DecodeError:
        answer = {"title": body[:200].decode(errors="replace")}
    if status >= 400:
        raise DispatchRefused(status, answer)
    return answer
