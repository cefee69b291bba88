"""Bodies are taken in whole, within limits of size and time, and measured before whoever wants them sees a byte."""

import asyncio
from collections.abc import Callable

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPReceiveMessage, HTTPScope, Receive, Scope, Send

from backend.edge.sizes import Size, too_much_in
from backend.foundation.problems import Problem

WHOLE_WITHIN_S = 20.0
"""From the first look at a body to its last byte: a phone on a poor network needs a second or two."""

HUNG_UP: HTTPReceiveMessage = {"type": "http.disconnect"}


class Bodies:
    """An ASGI application in front of another. A refusal is raised where the body is read, so that it is told as
    every other refusal of that route; a route that reads no body refuses none.

    `refusal` makes an exception of status and sentence; left out, a Problem.
    """

    def __init__(
        self,
        inner: ASGIApp,
        size_of: Callable[[HTTPScope], Size],
        refusal: Callable[[int, str], Exception] | None = None,
        whole_within_s: float = WHOLE_WITHIN_S,
    ) -> None:
        self._inner = inner
        self._size_of = size_of
        self._refusal = refusal or _problem
        self._whole_within_s = whole_within_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._inner(scope, receive, send)
            return
        await self._inner(scope, self._measured(scope, receive), send)

    def _measured(self, scope: HTTPScope, receive: Receive) -> Receive:
        taken = False

        async def measured() -> HTTPReceiveMessage:
            nonlocal taken
            if taken:
                return await _next(receive)
            taken = True
            return await self._whole(scope, receive)

        return measured

    async def _whole(self, scope: HTTPScope, receive: Receive) -> HTTPReceiveMessage:
        size = self._size_of(scope)
        if _announced(scope) > size.bytes:
            raise self._too_large(size)
        try:
            async with asyncio.timeout(self._whole_within_s):
                body = await self._taken_in(receive, size)
        except TimeoutError:
            late = f"The body did not come within {self._whole_within_s:.0f} s. Send it again."
            raise self._refusal(408, late) from None
        if body is None:
            return HUNG_UP
        if body and _is_json(scope) and (words := too_much_in(body, size)):
            raise self._refusal(413, words)
        return {"type": "http.request", "body": body, "more_body": False}

    async def _taken_in(self, receive: Receive, size: Size) -> bytes | None:
        """Every part of a body; None when the caller hung up."""
        parts: list[bytes] = []
        length = 0
        while length <= size.bytes:
            message = await _next(receive)
            if message["type"] != "http.request":
                return None
            parts.append(message["body"])
            length += len(message["body"])
            if length <= size.bytes and not message.get("more_body"):
                return b"".join(parts)
        raise self._too_large(size)

    def _too_large(self, size: Size) -> Exception:
        return self._refusal(413, f"The body may have {size.bytes // 1024} KiB at most here.")


def _problem(status: int, words: str) -> Problem:
    if status == 408:
        return Problem(408, "too-slow", "Too slow", words)
    return Problem(413, "too-large", "Too large", words)


async def _next(receive: Receive) -> HTTPReceiveMessage:
    message: HTTPReceiveMessage = await receive()  # type: ignore[assignment]
    return message


def _announced(scope: HTTPScope) -> int:
    """What Content-Length says; a body that has none, or none that can be read, is counted as it comes."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() and len(value) < 20 else 0
    return 0


def _is_json(scope: HTTPScope) -> bool:
    for name, value in scope["headers"]:
        if name == b"content-type":
            media = value.partition(b";")[0].strip().lower()
            return media == b"application/json" or media.endswith(b"+json")
    return False
