"""Live alarms, each from just before its POST to the last of its pushes, quiet and beside a drill."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
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
LOOK_EVERY_S = 0.005


class _Told(Accepted):
    """When it came, too."""

    arrived_at: datetime


class FileEar(Ear):
    """Hears live pushes alone, from the stand-in's file: its stream would tell every push of the drill too."""

    slowest_s = 0.0
    """The longest time from a live push's arrival to its acceptance: the stand-in's own, whatever it is to take."""

    async def follow(self, path: Path) -> None:
        """Runs until cancelled; begins at the file's end."""
        decode = msgspec.json.Decoder(_Told).decode
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
                for told in map(decode, live):
                    self._heard.append(told)
                    self.slowest_s = max(self.slowest_s, (told.at - told.arrived_at).total_seconds())
                if live:
                    self._news.set()


class Alarms:
    """Arrests all over the country, one after another; each is stood down once its pushes are out."""

    def __init__(self, clients: dict[str, DispatchClient], ear: FileEar, seed: int) -> None:
        self._clients = clients
        self._ear = ear
        self._happening: Iterator[Arrest] = arrests(shipped.places(), f"fanout {seed}", coarse_land())
        self._number = 0
        self._late_s = 0.0

    async def one(self) -> Measured:
        arrest = next(self._happening)
        self._number += 1
        return await measure_one(self._clients[arrest.region], arrest, f"FANOUT-{self._number}", self._ear)

    async def watch_itself(self) -> None:
        """Runs until cancelled: how late this process comes to what is due in it, and so to a POST."""
        while True:
            due = time.monotonic() + LOOK_EVERY_S
            await asyncio.sleep(LOOK_EVERY_S)
            self._late_s = max(self._late_s, time.monotonic() - due)

    def bench_itself(self) -> dict[str, int]:
        """What the measuring and the stand-in may have added to an alarm, at most; from now on anew."""
        told = {
            "the bench late at most, ms": round(1000 * self._late_s),
            "the stand-in took at most, ms": round(1000 * self._ear.slowest_s),
        }
        self._late_s = self._ear.slowest_s = 0.0
        return told

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
        live = Alarms(clients, ear, seed)
        running = [asyncio.create_task(ear.follow(log)), asyncio.create_task(live.watch_itself())]
        try:
            yield live
        finally:
            for each in running:
                each.cancel()
            await asyncio.gather(*running, return_exceptions=True)


def whole(measured: list[Measured]) -> list[float]:
    """Milliseconds to the last push, of those that asked as many as there were to ask."""
    return [each.last_ms for each in measured if each.pushed >= PUSHES]
