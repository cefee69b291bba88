"""A national drill: who is drilled, what they are sent, and what of it reached their phones, by the stand-in's own log.

Every device belongs to somebody of kind exercise who has the app alone (an operator who drills a country switches text
messages off first), and each gets a ring of their own, as those of an exercise do: `delivery.enqueue`, as the role API.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import msgspec

from backend.delivery.enqueue import enqueue
from backend.delivery.message import NewMessage, What
from backend.foundation.database import Actor, Database, Role, connect
from backend.foundation.ids import DeviceId, VolunteerId, in_order, without_time
from backend.foundation.kinds import Kind
from backend.identity.data_keys import KeyRing
from backend.identity.phone_hash import keyed_hash
from backend.volunteers import bulk
from backend.volunteers.volunteer import Platform

TOGETHER = 1_000  # messages of one transaction, as large alarms' waves are not
LASTS = timedelta(minutes=30)
SECOND_CHANNEL_S = 5.0
LOOK_EVERY_S = 0.25
STANDS_STILL_S = 20.0
_FIRST_PHONE = 4_569_000_000  # made up; nobody has a way by text message


_WAITING = "SELECT count(*) FROM delivery.delivery WHERE state IN ('queued', 'leased') AND kind = 'exercise'"


class Told(msgspec.Struct):
    """What the stand-in wrote of one push."""

    arrived_at: datetime
    at: datetime
    to: str
    data: dict[str, str]


class Fanned(msgspec.Struct, frozen=True):
    """One time of pushing, by the stand-in's record alone."""

    pushes: int
    devices: int
    doubled: int
    lost: int
    seconds: float  # from the first push's arrival to the last one's acceptance

    @property
    def a_second(self) -> float:
        return self.pushes / max(1e-9, self.seconds)


class Log:
    """The stand-in's file. :meth:`mark` before a time of pushing, :meth:`since_mark` after it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._from = self._counted_to = 0
        self._lines = 0

    def mark(self) -> None:
        self._from = self._counted_to = self.path.stat().st_size if self.path.exists() else 0
        self._lines = 0

    def lines(self) -> int:
        """So many pushes have been accepted since the mark. Reads what is new alone: the machine is the drill's."""
        with self.path.open("rb") as file:
            file.seek(self._counted_to)
            for block in iter(lambda: file.read(1 << 20), b""):
                self._lines += block.count(b"\n")
                self._counted_to += len(block)
        return self._lines

    def since_mark(self, devices: Sequence[str]) -> Fanned:
        """What came to these devices since then."""
        decode = msgspec.json.Decoder(Told).decode
        counts: Counter[str] = Counter()
        first, last = datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)
        wanted = set(devices)
        with self.path.open("rb") as file:
            file.seek(self._from)
            for line in file:
                told = decode(line)
                if told.to in wanted:
                    counts[told.to] += 1
                    first, last = min(first, told.arrived_at), max(last, told.at)
        return Fanned(
            pushes=counts.total(),
            devices=len(counts),
            doubled=sum(1 for count in counts.values() if count > 1),
            lost=len(wanted) - len(counts),
            seconds=max(0.0, (last - first).total_seconds()),
        )


class Drilled(msgspec.Struct, frozen=True):
    """Who is drilled, and the token of each one's device."""

    people: list[VolunteerId]
    devices: list[str]


async def prepare(dsn: str, ring: KeyRing, hash_key: bytes, count: int, now: datetime) -> Drilled:
    """So many people of kind exercise with a device each: Android and iPhone in turns."""
    rows = [
        bulk.BulkVolunteer(
            id=VolunteerId(without_time()),
            device_id=DeviceId(without_time()),
            phone=(phone := f"+{_FIRST_PHONE + number}"),
            phone_hash=keyed_hash(hash_key, phone),
            name="Øvelse",
            birth_year=1980,
            fcm_token=f"drilled-{number:07}",
            kind=Kind.EXERCISE,
            platform=(Platform.ANDROID, Platform.IOS)[number % 2],
        )
        for number in range(count)
    ]
    connection = await connect(dsn, ring)
    try:
        async with connection.transaction():
            for start in range(0, count, 5_000):
                await bulk.insert(connection, rows[start : start + 5_000], now)
            await connection.execute(
                "DELETE FROM volunteers.address WHERE kind = 'exercise' AND channel IN ('sms', 'in_app')"
            )
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
    return Drilled([row.id for row in rows], [row.fcm_token for row in rows])


async def queue(database: Database, people: Sequence[VolunteerId], due: datetime) -> None:
    """A ring for each of them, to set out at `due`: queued before, since how fast it is queued is another figure."""
    centre = Actor(Role.API, centre_id=without_time())
    for start in range(0, len(people), TOGETHER):
        messages = [
            NewMessage(
                What.RING,
                in_order(),
                Kind.EXERCISE,
                person,
                None,
                {"coarse_distance_m": 200 + 100 * (number % 20), "ring_no": 1},
                due + LASTS,
            )
            for number, person in enumerate(people[start : start + TOGETHER], start)
        ]
        async with database.acting_as(centre) as connection:
            await enqueue(connection, messages, SECOND_CHANNEL_S, due)


async def until_told(dsn: str, log: Log, count: int) -> None:
    """Until so many pushes were accepted and nothing of kind exercise waits any more; or nothing moves."""
    seen, since = -1, asyncio.get_running_loop().time()
    while (lines := await asyncio.to_thread(log.lines)) < count:
        await asyncio.sleep(LOOK_EVERY_S)
        seen, since = _moved(lines, seen, since)
    await _until(dsn, _WAITING)


async def until_sealed(dsn: str) -> None:
    """Until every attempt and every result is in the global chain: before that a drill is not over."""
    await _until(
        dsn,
        """
        SELECT (SELECT count(*) FROM delivery.attempt) + (SELECT count(*) FROM delivery.attempt_result)
          - (SELECT count(*) FROM foundation.journal_seal WHERE source IN ('attempt', 'attempt_result'))
        """,
    )


async def _until(dsn: str, waiting: str) -> None:
    connection = await asyncpg.connect(dsn)
    seen, since = -1, asyncio.get_running_loop().time()
    try:
        while left := int(await connection.fetchval(waiting)):
            await asyncio.sleep(LOOK_EVERY_S)
            seen, since = _moved(left, seen, since)
    finally:
        await connection.close()


def _moved(now: int, seen: int, since: float) -> tuple[int, float]:
    """Raises TimeoutError where nothing has moved for long."""
    clock = asyncio.get_running_loop().time()
    if now != seen:
        return now, clock
    if clock - since > STANDS_STILL_S:
        raise TimeoutError(f"nothing has moved for {STANDS_STILL_S:.0f} s, at {now}")
    return seen, since
