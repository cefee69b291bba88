"""What a local provider accepted: kept, written to a file, and handed on to phones as it happens."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import msgspec
from aiohttp import web

KEPT = 200_000  # entries in memory; the file has all of them
HEARTBEAT_S = 5.0


_OURS = ("n", "arrived_at", "at")


class Accepted(msgspec.Struct, frozen=True, gc=False):
    """One accepted message: the how-manieth, and everything else as one JSON object.

    As bytes, which Python's collector need not look through: of 200,000 messages kept as dictionaries it stopped the
    provider for a third of a second now and then, and whoever was being rung just then (docs/decisions/0043).
    """

    n: int
    flat: bytes
    """The message's members beside the number and the times: when it came, `arrived_at`, and when it was answered."""

    @property
    def message(self) -> dict[str, Any]:
        """What it was."""
        members: dict[str, Any] = msgspec.json.decode(self.flat)
        return {name: member for name, member in members.items() if name not in _OURS}


class ProviderLog:
    """Numbers what was accepted from 1 on. `file`, if given, gets one JSON object a line."""

    def __init__(self, file: Path | None) -> None:
        self._file: IO[bytes] | None = None if file is None else file.open("ab", buffering=0)
        self._entries: deque[Accepted] = deque(maxlen=KEPT)
        self._count = 0
        self._news = asyncio.Condition()

    async def accept(self, arrived_at: datetime, message: dict[str, Any]) -> Accepted:
        self._count += 1
        ours = dict(zip(_OURS, (self._count, arrived_at, datetime.now(UTC)), strict=True))
        entry = Accepted(self._count, msgspec.json.encode(ours | message))
        self._entries.append(entry)
        if self._file is not None:
            self._file.write(entry.flat + b"\n")
        async with self._news:
            self._news.notify_all()
        return entry

    def since(self, n: int) -> list[Accepted]:
        """Entries with a number above `n`, oldest first."""
        found: list[Accepted] = []
        for entry in reversed(self._entries):
            if entry.n <= n:
                break
            found.append(entry)
        return found[::-1]

    async def follow(self, n: int) -> AsyncIterator[list[Accepted]]:
        """What comes after `n`, without end; an empty list now and then while nothing comes."""
        while True:
            news = self.since(n)
            if news:
                n = news[-1].n
                yield news
                continue
            try:
                async with asyncio.timeout(HEARTBEAT_S), self._news:
                    await self._news.wait_for(lambda seen=n: self._count > seen)  # type: ignore[misc]
            except TimeoutError:
                yield []

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    async def answer_log(self, request: web.Request) -> web.Response:
        """GET: JSON lines of everything after `since` (0)."""
        lines = [entry.flat for entry in self.since(int(request.query.get("since", "0")))]
        return web.Response(body=b"\n".join([*lines, b""]), content_type="application/x-ndjson")

    async def answer_stream(self, request: web.Request) -> web.StreamResponse:
        """GET: server-sent events, one JSON object each, from `since` on; without it from now on."""
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await stream.prepare(request)
        start = request.headers.get("Last-Event-ID") or request.query.get("since") or self._count
        with contextlib.suppress(ConnectionResetError):
            await stream.write(b": listening\n\n")
            async for news in self.follow(int(start)):
                body = b"".join(b"id: %d\ndata: %s\n\n" % (entry.n, entry.flat) for entry in news)
                await stream.write(body or b": still here\n\n")
        return stream
