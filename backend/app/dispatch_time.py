"""Every answer to a dispatch system carries our time, so that one whose clock is off can reckon with it."""

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from backend.foundation.clock import Clock
from backend.identity.proofs import stamp

HEADER = "Server-Time"
_FOR = ("/dispatch/", "/oauth/")


class ServerTime:
    """An ASGI application in front of another: `Server-Time`, RFC 3339 in UTC to the millisecond, whatever is answered.

    `Date`, which the server writes, has full seconds only.
    """

    def __init__(self, inner: ASGIApp, clock: Clock) -> None:
        self._inner = inner
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or not scope["path"].startswith(_FOR):
            await self._inner(scope, receive, send)
            return

        async def with_time(message: Message) -> None:
            if message["type"] == "http.response.start":
                told = (HEADER.lower().encode(), stamp(self._clock.now()).encode())
                message["headers"] = [*message["headers"], told]
            await send(message)

        await self._inner(scope, receive, with_time)
