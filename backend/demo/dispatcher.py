"""Dispatch centres at work: an arrest every few seconds, placed like people; later the ambulance, or another end.

python -m backend.demo.dispatcher --api URL --centres FILE --every 6 --pace 10 --seed 1
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import random
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from backend.conform.reference_client import Refused
from backend.demo.denmark import Arrest, OnLand, arrests_that_meet_water
from backend.demo.dispatch_client import DispatchClient, read_centres
from backend.demo.land import coarse_land
from backend.regions import shipped

AMBULANCE_MEAN_S, AMBULANCE_SPREAD_S, AMBULANCE_SOONEST_S = 540.0, 150.0, 240.0  # ††
# How arrests end ††: 53–60 % of alarms turn out to be true.
ENDS = {
    "ambulance_arrived": 0.80,
    "not_cardiac_arrest": 0.12,
    "enough_helpers": 0.03,
    "wrong_address": 0.02,
    "unsafe_place": 0.02,
    "sent_in_error": 0.01,
}


class Dispatchers:
    """Every centre, and what they have open."""

    def __init__(self, clients: list[DispatchClient], seed: int, pace: float) -> None:
        self._clients = {client.region: client for client in clients}
        self._draw = random.Random(f"dispatchers {seed}")
        self._pace = pace
        self._endings: set[asyncio.Task[None]] = set()
        # Case numbers of an earlier start are not used again while theirs may still be open.
        self._numbers = (f"D{datetime.now(UTC):%y%m%d%H%M%S}-{n}" for n in itertools.count(1))

    async def close_what_is_left(self) -> None:
        """What an earlier start left open: by now an ambulance has long been there."""
        for client in self._clients.values():
            while left := await client.open_incidents():
                for incident in left:
                    with contextlib.suppress(Refused):
                        await client.stand_down(incident["id"], "ambulance_arrived")

    async def work(self, every_s: float, seed: int, on_land: OnLand) -> None:
        """Without end."""
        run = datetime.now(UTC).isoformat()  # arrests strike elsewhere at each start
        for arrest in arrests_that_meet_water(shipped.places(), f"{seed} {run}", on_land):
            with contextlib.suppress(OSError, Refused):
                await self._report(arrest)
            await asyncio.sleep(self._draw.uniform(0.5, 1.5) * every_s)

    async def _report(self, arrest: Arrest) -> None:
        client = self._clients.get(arrest.region) or next(iter(self._clients.values()))
        incident = await client.report_arrest(arrest, next(self._numbers))
        _tell("reported", incident=incident["id"], asking=incident.get("asking"))
        ending = asyncio.create_task(self._end_later(client, incident["id"]))
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)

    async def _end_later(self, client: DispatchClient, incident_id: str) -> None:
        wait_s = max(AMBULANCE_SOONEST_S, self._draw.gauss(AMBULANCE_MEAN_S, AMBULANCE_SPREAD_S))
        reason = self._draw.choices(list(ENDS), weights=list(ENDS.values()))[0]
        await asyncio.sleep(wait_s / self._pace)
        with contextlib.suppress(OSError, Refused):
            told = await client.stand_down(incident_id, reason)
            _tell("stood_down", incident=incident_id, **told)  # with the reason that holds


def _tell(what: str, **facts: object) -> None:
    sys.stdout.write(json.dumps({"at": datetime.now(UTC).isoformat(), "what": what, **facts}) + "\n")
    sys.stdout.flush()


async def run(options: argparse.Namespace) -> None:
    async with aiohttp.ClientSession() as session:
        clients = [DispatchClient(session, options.api, centre) for centre in read_centres(options.centres)]
        dispatchers = Dispatchers(clients, options.seed, options.pace)
        await dispatchers.close_what_is_left()
        work = asyncio.gather(
            dispatchers.work(options.every, options.seed, coarse_land()), *(client.keep_beating() for client in clients)
        )
        for stop in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(stop, work.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await work


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m backend.demo.dispatcher", description=__doc__)
    parser.add_argument("--api", required=True)
    parser.add_argument("--centres", type=Path, required=True, help="the centres' log-ins, JSON")
    parser.add_argument("--every", type=float, default=6.0, help="seconds between two arrests, on average")
    parser.add_argument("--pace", type=float, default=10.0, help="how much faster than in life ambulances come")
    parser.add_argument("--seed", type=int, default=1)
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
