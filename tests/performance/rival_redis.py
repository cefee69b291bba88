"""Redis GEOSEARCH: members are places of those available by the slow facts; the fast facts are records in one string.

Asked in two ways: within the whole reach at once, and in rings that widen until enough are found, which is what whoever
knows Redis does where people are many (a search sorts everybody within its radius). The fast facts of a person are 16
bytes at a fixed offset, read by GETRANGE for all found in one write: less work for Redis than a hash each.
"""

import struct
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from backend.foundation.ids import VolunteerId
from backend.selection.find import minute_of_week
from tests.performance.brute_force import OLDEST_S
from tests.performance.contender import NEAREST, REACH_M, SPARE, Alarm, Ask, Prepared
from tests.performance.country import NOW, Country, Tell
from tests.performance.resp import Redis, connect_redis

REDIS, REDIS_AT_ONCE = "Redis, widening", "Redis, at once"
PLACES, FACTS, LOADED = "places", "facts", "loaded"
WIDENING_M = (250, 500, 1_000, 2_000, 3_500, REACH_M)
BATCH = 2_000
_RECORD = struct.Struct("<qiBBBB")  # seen at, snoozed until after NOW, quiet pattern, engaged, healthy address, unused
_MINUTE = minute_of_week(NOW)


class InRedis(msgspec.Struct, frozen=True):
    """`widening`: the radii searched one after another."""

    name: str
    port: int
    widening: Sequence[int]
    people: Country
    exact: bool = False

    async def prepare(self, people: Country, tell: Tell) -> Prepared:
        async with _connected(self.port) as redis:
            if not await redis.call("EXISTS", LOADED):
                began = time.monotonic()
                await redis.call("DEL", PLACES, FACTS)
                for commands in _places(people):
                    await redis.calls(commands)
                await redis.call("SET", FACTS, _facts(people).tobytes())
                await redis.call("SET", LOADED, round(time.monotonic() - began, 1))
                await redis.call("SAVE")
                tell(f"Redis: filled in {time.monotonic() - began:.0f} s")
            seconds = float(await redis.call("GET", LOADED))
            sizes = [await redis.call("MEMORY", "USAGE", key) for key in (PLACES, FACTS)]
            return Prepared(seconds, sum(sizes))

    def asking(self) -> AbstractAsyncContextManager[Ask]:
        return self._asking()

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[Ask]:
        async with _connected(self.port) as redis:

            async def ask(alarm: Alarm) -> list[VolunteerId]:
                found: list[int] = []
                for radius_m in self.widening:
                    found = await _within(redis, alarm, radius_m)
                    if len(found) >= NEAREST:
                        break
                return [self.people.id_of(who) for who in found[:NEAREST]]

            yield ask


def in_redis(port: int, people: Country) -> list[InRedis]:
    """Both ways of asking, over the same data."""
    return [InRedis(REDIS, port, WIDENING_M, people), InRedis(REDIS_AT_ONCE, port, (REACH_M,), people)]


async def _within(redis: Redis, alarm: Alarm, radius_m: int) -> list[int]:
    """Whoever can be asked within a radius, nearest first; some NEAREST of them are certain where there are so many."""
    count = (NEAREST + SPARE) * 4 // 3  # about four in five of those on duty can be asked
    while True:
        members = await redis.call(
            *("GEOSEARCH", PLACES, "FROMLONLAT", alarm.lon, alarm.lat, "BYRADIUS", radius_m, "m", "ASC", "COUNT", count)
        )
        numbers = [int(member.lstrip(b"hw")) for member in members]
        size = _RECORD.size
        facts = await redis.calls([("GETRANGE", FACTS, who * size, (who + 1) * size - 1) for who in numbers])
        found = [
            who
            for member, who, record in zip(members, numbers, facts, strict=True)
            if _can_be_asked(record, is_live=member[:1].isdigit())
        ]
        found = list(dict.fromkeys(found))
        if len(found) >= NEAREST or len(members) < count:
            return found
        count *= 2


def _can_be_asked(record: bytes, *, is_live: bool) -> bool:
    age_s, snoozed_s, quiet, engaged, healthy, _ = _RECORD.unpack(record)
    is_fresh = 0 <= age_s <= OLDEST_S
    if is_live != is_fresh or snoozed_s > 0 or engaged or not healthy:
        return False
    minute = _MINUTE % 1440
    return not (quiet == 2 and _MINUTE < 5 * 1440 and 480 <= minute < 960) and not (
        quiet == 1 and not 420 <= minute < 1320
    )


def _facts(people: Country) -> NDArray[Any]:
    records = np.zeros(len(people), np.dtype([("age", "<i8"), ("snoozed", "<i4"), ("few", "u1", 4)]))
    records["age"] = np.where(people.has_position, people.age_s, -1)
    records["snoozed"] = people.snoozed_s
    records["few"][:, 0] = people.quiet
    records["few"][:, 1] = people.engaged
    records["few"][:, 2] = people.has_address
    return records


def _places(people: Country) -> Iterator[list[list[bytes | str]]]:
    """GEOADDs, some at a time: members are numbers, with h or w before them for home and work."""
    live = np.flatnonzero(people.has_position & people.available)
    yield from _added("", live, people.live.lat[live], people.live.lon[live])
    fixed = people.fixed
    for letter, is_work in (("h", False), ("w", True)):
        of = np.flatnonzero((fixed.is_work == is_work) & fixed.available)
        yield from _added(letter, fixed.whose[of], fixed.at.lat[of], fixed.at.lon[of])


def _added(letter: str, whose: NDArray[np.int64], lat: Any, lon: Any) -> Iterator[list[list[bytes | str]]]:
    for start in range(0, len(whose), BATCH):
        piece = slice(start, start + BATCH)
        words: list[bytes | str] = ["GEOADD", PLACES]
        for who, y, x in zip(whose[piece].tolist(), lat[piece].tolist(), lon[piece].tolist(), strict=True):
            words += (repr(x), repr(y), f"{letter}{who}")
        yield [words]


@asynccontextmanager
async def _connected(port: int) -> AsyncIterator[Redis]:
    redis = await connect_redis(port)
    try:
        yield redis
    finally:
        await redis.close()
