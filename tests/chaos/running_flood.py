"""A flood's process, from outside: it is ready, told on and off by lines, and the end of its input is its end."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class RunningFlood:
    """Silent until it is told."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def on(self, *words: str) -> None:
        await self._say(" ".join(("on", *words)))

    async def off(self) -> bytes:
        """What it counted since, as JSON."""
        await self._say("off")
        return await self.hear()

    async def hear(self) -> bytes:
        """Its next line. Raises RuntimeError where it ended."""
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError("the flood ended by itself")
        return line

    async def _say(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n".encode())
        await self._process.stdin.drain()


@asynccontextmanager
async def running_flood(module: str, *words: str) -> AsyncIterator[RunningFlood]:
    """Ready, and ended afterwards whatever became of it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *words),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    flood = RunningFlood(process)
    try:
        await flood.hear()
        yield flood
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            process.kill()
            await process.wait()
