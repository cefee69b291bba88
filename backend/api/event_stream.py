"""Server-sent events as this service sends them: a heartbeat, an end with the token, an end with the process."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from litestar import Request
from litestar.response import Stream

from backend.api.live import Hub
from backend.foundation.clock import Clock

HEARTBEAT_S = 8.0
"""A comment at least this often: the promise is 10 s, and proxies and phones drop what is silent."""

RETRY_MS = 1000

MEDIA_TYPE = "text/event-stream"


class Sent(msgspec.Struct, frozen=True):
    """One event: its name, its data (encoded as JSON), and where the client goes on from when it comes again."""

    event: str
    data: Any
    id: int | None = None

    def encoded(self) -> bytes:
        place = b"" if self.id is None else b"id: %d\n" % self.id
        return b"%sevent: %s\ndata: %s\n\n" % (place, self.event.encode(), msgspec.json.encode(self.data))


def event_stream(request: Request[Any, Any, Any], source: AsyncIterator[Sent]) -> Stream:
    """Answer with `source` as server-sent events until it ends, the caller's token does or the process leaves.

    The client then connects again by itself; with Last-Event-ID where events carry an id.
    """
    hub: Hub = request.app.state.hub
    clock: Clock = request.app.state.clock
    expires_at: int | None = request.scope.get("auth")
    return Stream(
        _flow(source, hub, clock, expires_at),
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _flow(source: AsyncIterator[Sent], hub: Hub, clock: Clock, expires_at: int | None) -> AsyncIterator[bytes]:
    yield b"retry: %d\n\n" % RETRY_MS
    leaving = asyncio.ensure_future(hub.leaving.wait())
    coming = asyncio.ensure_future(_next(source))
    try:
        while not leaving.done():
            left_s = HEARTBEAT_S if expires_at is None else min(HEARTBEAT_S, expires_at - clock.now().timestamp())
            if left_s <= 0:
                return
            await asyncio.wait({leaving, coming}, timeout=left_s, return_when=asyncio.FIRST_COMPLETED)
            if not coming.done():
                yield b": still here\n\n"
                continue
            sent = coming.result()
            if sent is None:
                return
            yield sent.encoded()
            coming = asyncio.ensure_future(_next(source))
    finally:
        leaving.cancel()
        coming.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await coming
        close = getattr(source, "aclose", None)
        if close is not None:
            await close()


async def _next(source: AsyncIterator[Sent]) -> Sent | None:
    try:
        return await anext(source)
    except StopAsyncIteration:
        return None
