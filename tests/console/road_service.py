"""A routing service on loopback that speaks OSRM's table, and can be slow, away or wrong."""

import asyncio
import gzip
import math
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

from aiohttp import web

from backend.locations.cells import metres_between


@dataclass
class RoadService:
    """`detour`: how much longer its roads are than the straight line. `asked`: every address it was called at."""

    address: str = ""
    detour: float = 2.0
    waits_s: float = 0.0
    status: int = 200
    answers: bytes | None = None  # in place of a table
    packed: bool = False  # whether it says that what it answers is compressed
    no_route: bool = False
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    async def table(self, request: web.Request) -> web.Response:
        self.asked.append(str(request.rel_url))
        self.headers.append(dict(request.headers))
        await asyncio.sleep(self.waits_s)
        if self.answers is not None:
            packed = {"Content-Encoding": "gzip"} if self.packed else {}
            answers = gzip.compress(self.answers) if self.packed else self.answers
            return web.Response(body=answers, status=self.status, content_type="application/json", headers=packed)
        places = [tuple(map(float, each.split(","))) for each in request.match_info["places"].split(";")]
        from_, to = ([int(n) for n in request.query[name].split(";")] for name in ("sources", "destinations"))
        assert request.query["annotations"] == "distance"
        rows = [[self._metres(places[one], places[other]) for other in to] for one in from_]
        return web.json_response(
            {"code": "Ok", "distances": rows, **self._waypoints(places, from_, to)}, status=self.status
        )

    def _metres(self, one: Any, other: Any) -> float | None:
        if self.no_route:
            return None
        return math.floor(self.detour * metres_between(one[1], one[0], other[1], other[0]) * 10) / 10

    def _waypoints(self, places: Any, from_: list[int], to: list[int]) -> dict[str, Any]:
        """What a real one sends along, and nobody here reads."""

        def snapped(number: int) -> dict[str, Any]:
            return {"hint": "gPb3gP___38", "distance": 3.2, "name": "Torvet", "location": list(places[number])}

        return {"sources": [snapped(n) for n in from_], "destinations": [snapped(n) for n in to]}


@contextmanager
def running_road_service() -> Iterator[RoadService]:
    """In a thread of its own: the application may be asked by whoever waits for it."""
    service, loop = RoadService(), asyncio.new_event_loop()
    app = web.Application()
    app.router.add_get("/table/v1/foot/{places}", service.table)
    runner = web.AppRunner(app, access_log=None)
    thread = Thread(target=loop.run_forever, name="roads")
    thread.start()

    def does(work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, loop).result(10)

    async def start() -> None:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()

    try:
        does(start())
        host, port = runner.addresses[0][:2]
        service.address = f"http://{host}:{port}/table/v1/foot"
        yield service
        does(runner.cleanup())
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
