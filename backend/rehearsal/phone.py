"""The synthetic phone: an app without a screen. It logs in, follows its alerts, and answers as an app would."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import msgspec

from backend.conform.reference_client import Answer, Json, NobodyAnswers, stamp
from backend.rehearsal import key_file
from backend.rehearsal.key_file import KeyFile

RENEW_BEFORE = timedelta(minutes=2)
PATIENCE_S = 10.0


class SignedOut(Exception):
    """No refresh token is left."""


class SyntheticPhone:
    """One log-in. Nothing is tried twice: what is measured is what a caller sees the first time."""

    def __init__(self, session: aiohttp.ClientSession, url: str, path: Path, keys: KeyFile) -> None:
        self.keys = keys
        self._session = session
        self._url = url.rstrip("/")
        self._path = path
        self._access = ""
        self._access_ends = datetime.min.replace(tzinfo=UTC)

    async def log_in(self) -> None:
        """See that the access token lasts for a round. Raises SignedOut, Refused or NobodyAnswers."""
        while self._access_ends - datetime.now(UTC) < RENEW_BEFORE:
            if not self.keys.refresh_tokens:
                raise SignedOut("every refresh token is spent: run `hjerteloeber synthetic prepare` again")
            token, *others = self.keys.refresh_tokens
            try:
                answer = await self._send("POST", "/mobile/v1/sign-in/refresh", {"refresh_token": token})
            except NobodyAnswers:
                self._keep([*others, token])  # perhaps spent, perhaps not: the others first
                raise
            if answer.status == 401:
                self._keep(others)
                continue
            granted = answer.read()
            self._keep([*others, granted["refresh_token"]])
            self._access = granted["access_token"]
            self._access_ends = datetime.fromisoformat(granted["access_expires_at"])

    async def says(self, alert_id: str, verb: str, body: Json) -> Json:
        """Something about an alert; gives the alert as it is then."""
        return (await self._send("POST", f"/mobile/v1/alerts/{alert_id}/{verb}", body)).read()

    async def shows(self, alert_id: str) -> Json:
        now = stamp(datetime.now(UTC))
        return await self.says(alert_id, "receipt", {"shown_at": now, "sent_at": now, "channel": "in_app"})

    async def accepts(self, alert_id: str) -> Json:
        return await self.says(alert_id, "accept", {"sent_at": stamp(datetime.now(UTC))})

    async def tells(self, alert_id: str, status: str) -> Json:
        now = stamp(datetime.now(UTC))
        return await self.says(alert_id, "status", {"status": status, "happened_at": now, "sent_at": now})

    @asynccontextmanager
    async def following(self) -> AsyncIterator[AsyncIterator[list[Json]]]:
        """The stream of one's alerts, open until the block ends."""
        headers = {"Authorization": f"Bearer {self._access}", "Accept": "text/event-stream"}
        limit = aiohttp.ClientTimeout(total=None, sock_connect=PATIENCE_S, sock_read=30)
        try:
            async with self._session.get(
                f"{self._url}/mobile/v1/alerts/stream", headers=headers, timeout=limit
            ) as stream:
                if stream.status != 200:
                    Answer(stream.status, await stream.read()).read()
                yield _alerts(stream)
        except aiohttp.ClientError as lost:
            raise NobodyAnswers(f"the stream broke off ({type(lost).__name__})") from None

    def _keep(self, tokens: list[str]) -> None:
        self.keys = msgspec.structs.replace(self.keys, refresh_tokens=tokens)
        key_file.write(self._path, self.keys)

    async def _send(self, method: str, path: str, body: Json) -> Answer:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._access:
            headers["Authorization"] = f"Bearer {self._access}"
        try:
            async with self._session.request(
                method,
                self._url + path,
                data=msgspec.json.encode(body),
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=PATIENCE_S),
            ) as response:
                return Answer(response.status, await response.read())
        except (aiohttp.ClientError, TimeoutError) as lost:
            raise NobodyAnswers(type(lost).__name__) from None


async def _alerts(stream: aiohttp.ClientResponse) -> AsyncIterator[list[Json]]:
    """Each `alerts` event's list; everything else is let pass."""
    name, data, rest = "", b"", b""
    async for chunk in stream.content.iter_any():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            field, _, value = line.rstrip(b"\r").partition(b":")
            if field == b"event":
                name = value.strip().decode()
            elif field == b"data":
                data += value.strip()
            elif not field and not value:
                if name == "alerts":
                    yield msgspec.json.decode(data)["alerts"]
                name, data = "", b""
