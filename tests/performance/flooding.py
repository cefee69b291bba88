"""A country's phones that report at a rate through HTTP: `python -m tests.performance.flooding`, told by lines.

As `tests.chaos.flood`, of the lowest weight, but for people who were filled in by arrays. One in four walks about: its
cell changes now and then, and so the index of cells has work too.
"""

import argparse
import asyncio
import contextlib
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import msgspec
import numpy as np

from backend.demo.lighter import weigh_less
from backend.identity.keys import Keys, keys_from
from tests.chaos.flood import Flood, Phone
from tests.chaos.running_flood import RunningFlood, running_flood
from tests.performance.country import Country
from tests.performance.figures import percentile
from tests.performance.site import Ground

PHONES = 20_000
"""At 2,000 a second each reports six times a minute, well within what it may."""
MOST_CONNECTIONS = 500
WALKS, STRIDE = 0.25, 0.0007  # degrees: some 60 m


@dataclass
class Walker(Phone):
    """Somebody under way."""

    def request(self, keys: Keys, now: float, stamp: str) -> bytes:
        self.lat += random.uniform(-STRIDE, STRIDE)
        self.lon += random.uniform(-STRIDE, STRIDE)
        return super().request(keys, now, stamp)


class Counted(msgspec.Struct, frozen=True):
    """What became of the reports of one turn."""

    seconds: float
    counts: dict[str, int]
    p50_ms: float = 0.0
    p99_ms: float = 0.0

    @property
    def accepted_a_second(self) -> float:
        return self.counts.get("200", 0) / self.seconds

    @property
    def offered_a_second(self) -> float:
        return self.counts.get("offered", 0) / self.seconds


def write_phones(people: Country, seed: int, file: Path) -> None:
    """Some of those whose positions are kept."""
    of = np.flatnonzero(people.has_position)
    drawn = np.random.default_rng([seed, 6]).permutation(of)[:PHONES]
    np.savez(file, ids=people.ids[drawn], lat=people.live.lat[drawn], lon=people.live.lon[drawn])


class Phones:
    """The process that offers, from outside."""

    def __init__(self, flood: RunningFlood) -> None:
        self._flood = flood

    async def on(self, rate: float | None = None) -> None:
        """At the rate it was started for, unless another is given."""
        await self._flood.on(*(() if rate is None else (str(rate),)))

    async def off(self) -> Counted:
        return msgspec.json.decode(await self._flood.off(), type=Counted)


@contextlib.asynccontextmanager
async def flooding(ground: Ground, url: str, rate: float, seed: int, weighs_less: int = 19) -> AsyncIterator[Phones]:
    """Ready, and silent until it is told."""
    file = ground.folder.path / "phones.npz"
    write_phones(ground.people, seed, file)
    async with running_flood(
        "tests.performance.flooding",
        *("--url", url, "--rate", str(rate), "--phones", str(file), "--seed", str(seed)),
        *("--signing-key", str(ground.folder.signing_key), "--phone-hash-key", str(ground.folder.phone_hash_key)),
        *("--weighs-less", str(weighs_less)),
    ) as flood:
        yield Phones(flood)


async def _obey(options: argparse.Namespace) -> None:
    keys = keys_from(options.signing_key.read_bytes(), options.phone_hash_key.read_bytes())
    draw = random.Random(f"flooding {options.seed}")
    with np.load(options.phones) as found:
        everybody = [
            (Walker if draw.random() < WALKS else Phone)(UUID(bytes=own.tobytes()), UUID(int=number), lat, lon)
            for number, (own, lat, lon) in enumerate(
                zip(found["ids"], found["lat"].tolist(), found["lon"].tolist(), strict=True)
            )
        ]
    stamp = datetime.now(UTC).isoformat()
    for each in everybody:
        each.request(keys, time.time(), stamp)  # signs its token now, not while it is measured
    flood = Flood(options.url, everybody, keys, options.rate, MOST_CONNECTIONS, options.seed)
    _tell({"ready": len(everybody)})
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while words := (await lines.readline()).split():
        flood.rate = float(words[1]) if len(words) > 1 else options.rate
        flood.counts, flood.took_s = Counter(), []
        until, began = asyncio.Event(), time.monotonic()
        pouring = asyncio.create_task(flood.pour(until))
        await lines.readline()
        until.set()
        seconds = time.monotonic() - began
        await pouring
        ms = [1000 * each for each in flood.took_s] or [0.0]
        _tell(Counted(seconds, dict(flood.counts), percentile(ms, 50), percentile(ms, 99)))
    flood.hang_up()


def _tell(what: object) -> None:
    sys.stdout.write(msgspec.json.encode(what).decode() + "\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.performance.flooding", description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--seed", type=int, required=True)
    for name in ("phones", "signing-key", "phone-hash-key"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--weighs-less", type=int, required=True)
    options = parser.parse_args()
    weigh_less(options.weighs_less)
    asyncio.run(_obey(options))


if __name__ == "__main__":
    main()
