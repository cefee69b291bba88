"""What the product's processes hold in memory among a million volunteers, after a thousand alarms while phones report.

The API for dispatch, the one for positions and the worker, each with whatever it started (the server's own parent
process too), as the kernel counts resident memory. Read before the first alarm and four times on the way: what has
grown in the second half would go on growing.

    python -m tests.performance memory --volunteers 20000 --alarms 40        a short trial
    python -m tests.performance memory --keep FOLDER --write                 finds what `alert` filled there
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence

from backend.demo.denmark import arrests
from backend.demo.land import coarse_land
from backend.regions import shipped
from tests.performance.figures import Aim, Figure, Run
from tests.performance.flooding import flooding
from tests.performance.ground import add_ground_options, on_one_ground, tell
from tests.performance.machine import Machine
from tests.performance.processor import resident_mb
from tests.performance.site import API, POSITIONS, WORKER, Ground, Site, running

PARTS = (API, POSITIONS, WORKER)
READINGS = 4
AIM = Aim(at_most=350.0)

Reading = Mapping[str, float]


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--volunteers", type=int, default=1_000_000)
    parser.add_argument("--alarms", type=int, default=1_000)
    parser.add_argument("--rate", type=float, default=200.0, help="reports a second meanwhile: a country's on any day")
    add_ground_options(parser)


def run(options: argparse.Namespace) -> Iterator[Run]:
    """One run."""
    yield from on_one_ground(options, _measured)


async def _measured(options: argparse.Namespace, ground: Ground, machine: Machine) -> Run:
    happening = arrests(shipped.places(), f"memory {options.seed}", coarse_land())
    async with (
        running(ground, options.latency_ms, tell) as site,
        flooding(ground, site.positions, options.rate, options.seed) as flood,
    ):
        readings = [_read(site)]
        await flood.on()
        for number in range(1, options.alarms + 1):
            await site.alarm(next(happening))
            if number % -(-options.alarms // READINGS) == 0 or number == options.alarms:
                readings.append(_read(site))
                tell(f"{number:,} alarms: " + ", ".join(f"{of} {mb:.0f} MB" for of, mb in readings[-1].items()))
        counted = await flood.off()
    typed = {name: getattr(options, name) for name in ("volunteers", "seed", "alarms", "rate", "memory_mb")}
    return Run(
        "memory",
        machine,
        {**typed, "server": str(options.server)},
        figures_of(options.volunteers, readings),
        {"reports accepted": counted.counts.get("200", 0)},
    )


def _read(site: Site) -> Reading:
    return {name: resident_mb(site.pid(name)) for name in PARTS}


def figures_of(volunteers: int, readings: Sequence[Reading]) -> list[Figure]:
    """Of each process: at its start, in the end with the aim, and what the second half of the alarms added."""
    first, half, last = readings[0], readings[len(readings) // 2], readings[-1]
    figures = []
    for of in last:
        figures += [
            Figure("resident at its start", of, volunteers, first[of], "MB"),
            Figure("resident", of, volunteers, last[of], "MB", aim=AIM),
            Figure("added by the second half", of, volunteers, last[of] - half[of], "MB"),
        ]
    return figures
