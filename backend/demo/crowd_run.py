"""The crowd's process, from outside."""

import asyncio
import contextlib
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from backend.demo.crowd import Told
from backend.demo.supervisor import PartFailed


class RunningCrowd:
    """Counts add up over every time it was on, but the first."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.counts: Counter[str] = Counter()
        self.seconds = 0.0
        self.registered_ms: list[float] = []
        self.viewed_ms: list[float] = []

    async def on(self) -> None:
        await self._send("on")

    async def off(self) -> Told:
        await self._send("off")
        return msgspec.json.decode(await self.hear(), type=Told)

    def add(self, told: Told) -> None:
        self.seconds += told.seconds
        self.counts.update(told.counts)
        self.registered_ms += told.registered_ms
        self.viewed_ms += told.viewed_ms

    async def hear(self) -> bytes:
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise PartFailed("the crowd ended by itself")
        return line

    async def _send(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n".encode())
        await self._process.stdin.drain()


@asynccontextmanager
async def running_crowd(*options: str) -> AsyncIterator[RunningCrowd]:
    """`options` are those of `python -m backend.demo.crowd`. It ends with the block."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "backend.demo.crowd", *options),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**24,
        start_new_session=True,
    )
    crowd = RunningCrowd(process)
    try:
        await crowd.hear()
        yield crowd
    finally:
        assert process.stdin is not None
        process.stdin.close()  # the end of its input is its end
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), 10)
        if process.returncode is None:
            process.kill()
            await process.wait()
