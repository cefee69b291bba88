"""Calling the mobile API over HTTP: one call, its status and its body; a lost connection is tried again."""

import asyncio
from dataclasses import dataclass
from typing import TypeVar

import aiohttp
import msgspec

T = TypeVar("T", bound=msgspec.Struct)

TRIES = 4
PATIENCE_S = 10.0


@dataclass(frozen=True)
class Reply:
    """`status` 0: nobody answered."""

    status: int
    body: bytes
    retry_after_s: float | None = None

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def read(self, shape: type[T]) -> T:
        return msgspec.json.decode(self.body, type=shape)


class MobileApi:
    """The public door, by its address."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session = session
        self.url = url.rstrip("/")

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        token: str | None = None,
        tries: int = TRIES,
        proof: str | None = None,
    ) -> Reply:
        """One call; 429, 5xx and a lost connection are tried again as a phone would: every call is safe to repeat."""
        reply = Reply(0, b"")
        for attempt in range(tries):
            reply = await self._once(method, path, body, token, proof)
            if reply.status not in (0, 429, 500, 502, 503, 504):
                return reply
            if attempt + 1 == tries:
                break
            await asyncio.sleep(min(5.0, reply.retry_after_s or 0.2 * 2**attempt))
        return reply

    async def _once(self, method: str, path: str, body: object, token: str | None, proof: str | None) -> Reply:
        headers = {"Accept": "application/json", "Accept-Language": "da"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if proof is not None:
            headers["DPoP"] = proof
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = msgspec.json.encode(body)
        try:
            async with self.session.request(
                method, self.url + path, data=data, headers=headers, timeout=aiohttp.ClientTimeout(total=PATIENCE_S)
            ) as response:
                wait = response.headers.get("Retry-After", "")
                return Reply(response.status, await response.read(), float(wait) if wait.isdigit() else None)
        except (aiohttp.ClientError, TimeoutError):
            return Reply(0, b"")
