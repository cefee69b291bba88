"""A TCP proxy before a provider's stand-in that breaks what passes through it, as networks do.

    async with running_proxy("127.0.0.1", port, seed=1) as proxy:
        proxy.weather = Weather(Mode.DRIP, share=0.3)      # changed at any time, for connections there are, too

Our client speaks HTTP/1.1, one request at a time on a connection. So what HTTP/2 calls GOAWAY is here a connection
closed after so many requests (`close_after`), and its limit of 100 streams is so many connections at once (`at_once`):
one more is taken by the kernel, and heard only when another has closed.
"""

import asyncio
import contextlib
import random
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum

import msgspec

HOST = "127.0.0.1"


class Mode(StrEnum):
    """What happens to a request or to its answer."""

    CLEAR = "clear"
    DELAY = "delay"  # the request goes on `delay_s` later
    RESET = "reset"  # the connection is reset before anything of the request goes on
    LOST = "lost"  # the request goes on, and the connection is reset instead of the answer
    HALF_OPEN = "half_open"  # the request is swallowed, and nothing is ever answered
    DRIP = "drip"  # the answer comes byte by byte, `delay_s` apart
    TRUNCATE = "truncate"  # the answer ends after `bytes` bytes


class Weather(msgspec.Struct, frozen=True):
    """What a `share` of the requests meets. `close_after`: requests on a connection; `at_once`: connections."""

    mode: Mode = Mode.CLEAR
    share: float = 1.0
    delay_s: float = 0.05
    bytes: int = 20
    close_after: int | None = None
    at_once: int | None = None


class Proxy:
    """Listens at `port`; counts what it met."""

    def __init__(self, host: str, port: int, seed: int) -> None:
        self.weather = Weather()
        self.port = 0
        self.requests = 0
        self.met: dict[Mode, int] = dict.fromkeys(Mode, 0)
        self.most_at_once = 0
        self._to = (host, port)
        self._chance = random.Random(seed)
        self._open = 0
        self._room = asyncio.Condition()
        self._links: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def draw(self) -> Mode:
        """What the next request meets."""
        weather = self.weather
        self.requests += 1
        mode = weather.mode if self._chance.random() < weather.share else Mode.CLEAR
        self.met[mode] += 1
        return mode

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._links.add(task)
        try:
            async with self._a_place():
                await _Link(self, reader, writer).run(*self._to)
        except (OSError, asyncio.CancelledError):
            pass  # either side has gone, or we have
        finally:
            await _closed(writer)
            self._links.discard(task)

    async def close(self) -> None:
        for link in list(self._links):
            link.cancel()
        await asyncio.gather(*self._links, return_exceptions=True)

    @asynccontextmanager
    async def _a_place(self) -> AsyncIterator[None]:
        async with self._room:
            await self._room.wait_for(lambda: self.weather.at_once is None or self._open < self.weather.at_once)
            self._open += 1
            self.most_at_once = max(self.most_at_once, self._open)
        try:
            yield
        finally:
            async with self._room:
                self._open -= 1
                self._room.notify_all()


class _Link:
    """One connection through the proxy."""

    def __init__(self, proxy: Proxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._proxy = proxy
        self._from_client, self._to_client = reader, writer
        self._mode = Mode.CLEAR
        self._answered = True  # the client's next bytes begin a request
        self._requests = 0

    async def run(self, host: str, port: int) -> None:
        from_server, to_server = await asyncio.open_connection(host, port)
        ways = [
            asyncio.create_task(self._requests_go(to_server)),
            asyncio.create_task(self._answers_come(from_server)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            to_server.close()  # before anything that could be cancelled
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            await _closed(to_server)

    async def _requests_go(self, to_server: asyncio.StreamWriter) -> None:
        while data := await self._from_client.read(65536):
            if self._answered:
                self._answered = False
                self._requests += 1
                self._mode = self._proxy.draw()
            match self._mode:
                case Mode.RESET:
                    return _reset(self._to_client)
                case Mode.HALF_OPEN:
                    continue
                case Mode.DELAY:
                    await asyncio.sleep(self._proxy.weather.delay_s)
                case _:
                    pass
            to_server.write(data)
            await to_server.drain()
        return None

    async def _answers_come(self, from_server: asyncio.StreamReader) -> None:
        while data := await from_server.read(65536):
            self._answered = True
            match self._mode:
                case Mode.LOST:
                    return _reset(self._to_client)
                case Mode.TRUNCATE:
                    self._to_client.write(data[: self._proxy.weather.bytes])
                    await self._to_client.drain()
                    return None
                case Mode.DRIP:
                    await self._drip(data)
                case _:
                    self._to_client.write(data)
                    await self._to_client.drain()
            last = self._proxy.weather.close_after
            if last is not None and self._requests >= last:
                return None
        return None

    async def _drip(self, data: bytes) -> None:
        for one in data:
            self._to_client.write(bytes((one,)))
            await self._to_client.drain()
            await asyncio.sleep(self._proxy.weather.delay_s)


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Ends the connection with RST instead of FIN."""
    connection: socket.socket = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@asynccontextmanager
async def running_proxy(host: str, port: int, *, seed: int = 0) -> AsyncIterator[Proxy]:
    """Before `host`:`port`, in this process, for the length of the block."""
    proxy = Proxy(host, port, seed)
    server = await asyncio.start_server(proxy.serve, HOST, 0, backlog=1024)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        await proxy.close()
        await server.wait_closed()
