"""Redis over a socket of ours: commands out, replies in, as many at a time as one likes (RESP2)."""

import asyncio
from collections.abc import Sequence
from typing import Any

Word = bytes | str | int | float


class RedisError(RuntimeError):
    """What Redis said was wrong."""


class Redis:
    """One connection. Made by :func:`connect_redis`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def call(self, *words: Word) -> Any:
        """One command, one reply: bytes, int, list or None. Raises RedisError."""
        self._writer.write(packed(words))
        return await self._reply()

    async def calls(self, commands: Sequence[Sequence[Word]]) -> list[Any]:
        """All of them in one write, then their replies in turn."""
        self._writer.write(b"".join(packed(words) for words in commands))
        await self._writer.drain()
        return [await self._reply() for _ in commands]

    async def close(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()

    async def _reply(self) -> Any:
        line = await self._reader.readuntil(b"\r\n")
        kind, rest = line[:1], line[1:-2]
        match kind:
            case b":":
                return int(rest)
            case b"+":
                return rest
            case b"$":
                length = int(rest)
                return None if length < 0 else (await self._reader.readexactly(length + 2))[:-2]
            case b"*":
                return [await self._reply() for _ in range(int(rest))]
            case _:
                raise RedisError(rest.decode())


async def connect_redis(port: int) -> Redis:
    """On loopback."""
    return Redis(*await asyncio.open_connection("127.0.0.1", port, limit=2**24))


def packed(words: Sequence[Word]) -> bytes:
    """A command on the wire."""
    made = [b"*%d\r\n" % len(words)]
    for word in words:
        raw = word if isinstance(word, bytes) else str(word).encode()
        made.append(b"$%d\r\n%s\r\n" % (len(raw), raw))
    return b"".join(made)
