"""What reaches the phones from outside: the push provider's and the text provider's streams, read without end.

Both local servers offer what they delivered as server-sent events, one JSON object each.
"""

import asyncio
from collections.abc import AsyncIterator, Callable

import aiohttp
import msgspec

LOOKS_AGAIN_S = 0.5


class Push(msgspec.Struct):
    """One push as the provider hands it to a phone; `to` is the address (token or installation id)."""

    to: str
    data: dict[str, str]


class Text(msgspec.Struct):
    to: str
    text: str


async def hear_pushes(session: aiohttp.ClientSession, url: str, heard: Callable[[Push], None]) -> None:
    """Without end; after a lost connection it goes on where the next one starts."""
    async for data in _events_without_end(session, url):
        heard(msgspec.json.decode(data, type=Push))


async def hear_texts(session: aiohttp.ClientSession, url: str, heard: Callable[[Text], None]) -> None:
    async for data in _events_without_end(session, url):
        heard(msgspec.json.decode(data, type=Text))


async def _events_without_end(session: aiohttp.ClientSession, url: str) -> AsyncIterator[bytes]:
    while True:
        try:
            async with session.get(url, timeout=aiohttp.ClientTimeout(total=None, sock_connect=5)) as stream:
                async for _, data in events(stream):
                    yield data
        except (aiohttp.ClientError, TimeoutError):
            pass
        await asyncio.sleep(LOOKS_AGAIN_S)


async def events(stream: aiohttp.ClientResponse) -> AsyncIterator[tuple[str, bytes]]:
    """(event, data) of a text/event-stream; comments are let pass."""
    event, data = "message", b""
    async for line in _lines(stream):
        if not line:
            if data:
                yield event, data
            event, data = "message", b""
        elif line.startswith(b"data:"):
            data += (b"\n" if data else b"") + line[5:].strip()
        elif line.startswith(b"event:"):
            event = line[6:].strip().decode()


async def _lines(stream: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    """Lines of any length: a phone's list of alerts may be longer than a reader's limit."""
    rest = b""
    async for chunk in stream.content.iter_any():
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line.rstrip(b"\r")
