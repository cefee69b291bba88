"""Live alarms, each from just before its POST to the last of its pushes, quiet and beside a drill."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import msgspec

from backend.demo.bench_alert import PUSHES, Accepted, Ear, Measured, measure_one
from backend.demo.denmark import Arrest, arrests
from backend.demo.dispatch_client import DispatchClient
from backend.demo.folder import Made
from backend.demo.land import coarse_land
from backend.regions import shipped

READ_EVERY_S = 0.01


class FileEar(Ear):
    """Hears live pushes alone, from the stand-in's file: its stream would tell every push of the drill too."""

    async def follow(self, path: Path) -> None:
        """Runs until cancelled; begins at the file's end."""
        decode = msgspec.json.Decoder(Accepted).decode
        with path.open("rb") as file:
            file.seek(0, 2)
            rest = b""
            while True:
                news = file.read()
                if not news:
                    await asyncio.sleep(READ_EVERY_S)
                    continue
                *lines, rest = (rest + news).split(b"\n")
                live = [line for line in lines if b'"kind":"live"' in line]
                self._heard += [decode(line) for line in live]
                if live:
                    self._news.set()


class Alarms:
    """Arrests all over the country, one after another; each is stood down once its pushes are out."""

    def __init__(self, clients: dict[str, DispatchClient], ear: Ear, seed: int) -> None:
        self._clients = clients
        self._ear = ear
        self._happening: Iterator[Arrest] = arrests(shipped.places(), f"fanout {seed}", coarse_land())
        self._number = 0

    async def one(self) -> Measured:
        arrest = next(self._happening)
        self._number += 1
        return await measure_one(self._clients[arrest.region], arrest, f"FANOUT-{self._number}", self._ear)

    async def happen(self, count: int, pause_s: float, over: asyncio.Event) -> list[Measured]:
        """So many, or until `over`; `pause_s` between the end of one and the next."""
        measured: list[Measured] = []
        while len(measured) < count and not over.is_set():
            measured.append(await self.one())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await over.wait()
        return measured


@contextlib.asynccontextmanager
async def alarms(made: Made, api: str, log: Path, seed: int) -> AsyncIterator[Alarms]:
    async with aiohttp.ClientSession() as session:
        clients = {centre.region: DispatchClient(session, api, centre) for centre in made.centres}
        for client in clients.values():
            await client.open_incidents()  # logging in is no part of the figure
        ear = FileEar()
        listening = asyncio.create_task(ear.follow(log))
        try:
            yield Alarms(clients, ear, seed)
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


def whole(measured: list[Measured]) -> list[float]:
    """Milliseconds to the last push, of those that asked as many as there were to ask."""
    return [each.last_ms for each in measured if each.pushed >= PUSHES]
