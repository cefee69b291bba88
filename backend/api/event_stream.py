"""Server-sent events as this service sends them: a heartbeat, an end with the token, an end with the process."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from time import monotonic
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


_COMMENT = b": still here\n\n"


class Pulse(msgspec.Struct, frozen=True):
    """How a stream shows that it lives, and that who listens still may.

    `beat`: an event, for a browser's script, which is never shown a comment; None: a comment. `may_go_on` is asked
    every `asked_every_s`; a no ends the stream, and so does the token's end.
    """

    every_s: float = HEARTBEAT_S
    beat: str | None = None
    may_go_on: Callable[[], Awaitable[bool]] | None = None
    asked_every_s: float = 60.0

    def encoded(self) -> bytes:
        return _COMMENT if self.beat is None else Sent(self.beat, {}).encoded()


def event_stream(request: Request[Any, Any, Any], source: AsyncIterator[Sent], pulse: Pulse | None = None) -> Stream:
    """Answer with `source` as server-sent events until it ends, the caller's token does or the process leaves.

    The client then connects again by itself; with Last-Event-ID where events carry an id.
    """
    hub: Hub = request.app.state.hub
    clock: Clock = request.app.state.clock
    expires_at: int | None = request.scope.get("auth")
    return Stream(
        _flow(source, hub, clock, expires_at, pulse or Pulse()),
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _flow(
    source: AsyncIterator[Sent], hub: Hub, clock: Clock, expires_at: int | None, pulse: Pulse
) -> AsyncIterator[bytes]:
    yield b"retry: %d\n\n" % RETRY_MS
    leaving = asyncio.ensure_future(hub.leaving.wait())
    coming = asyncio.ensure_future(_next(source))
    asked = monotonic()
    try:
        while not leaving.done():
            if pulse.may_go_on is not None and monotonic() - asked >= pulse.asked_every_s:
                asked = monotonic()
                if not await pulse.may_go_on():
                    return
            left_s = pulse.every_s if expires_at is None else min(pulse.every_s, expires_at - clock.now().timestamp())
            if left_s <= 0:
                return
            await asyncio.wait({leaving, coming}, timeout=left_s, return_when=asyncio.FIRST_COMPLETED)
            if not coming.done():
                yield pulse.encoded()
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
