"""Phones by the thousand, from a process of the lowest weight: `python -m tests.chaos.flood`, told on and off by lines.

It offers positions at a set rate over real connections with real tokens, whatever becomes of them, and keeps slow
statistics waiting. Written against the socket, since it shares the machine with what it floods: about 50 µs a request.
"""

import argparse
import asyncio
import contextlib
import json
import random
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg

from backend.api.admission import ALARM_S
from backend.api.live import Hub
from backend.demo.denmark import people
from backend.demo.land import coarse_land
from backend.demo.lighter import weigh_less
from backend.foundation.database import Database, Lane, open_database
from backend.foundation.kinds import Kind
from backend.foundation.problems import Problem
from backend.identity.keys import Keys, keys_from
from backend.identity.tokens import Audience, issue_access_token
from backend.regions import shipped

TICK_S = 0.005
PATIENCE_S = 20.0
RENEW_BEFORE_S = 60.0
SLOW = """
    SELECT count(*) FROM volunteers.consent AS a JOIN volunteers.consent AS b ON a.version = b.version
    WHERE a.given_at < b.given_at OR a.volunteer_id <> b.volunteer_id
    """
"""Everybody with everybody: 40,000 consents make 800,000,000 pairs, minutes of one core."""


@dataclass
class Phone:
    """Somebody signed in, at one place."""

    volunteer_id: UUID
    device_id: UUID
    lat: float
    lon: float
    token: str = ""
    token_until: float = 0.0

    def request(self, keys: Keys, now: float, stamp: str) -> bytes:
        """One report of where it is, ready for the wire."""
        if now > self.token_until - RENEW_BEFORE_S:
            claims = {"device": str(self.device_id), "kind": Kind.LIVE.value}
            at = datetime.fromtimestamp(now, UTC)
            self.token, ends = issue_access_token(keys.signing, Audience.MOBILE, self.volunteer_id, claims, at)
            self.token_until = ends.timestamp()
        body = (
            f'{{"sent_at":"{stamp}","positions":[{{"lat":{self.lat:.5f},"lon":{self.lon:.5f},'
            f'"measured_at":"{stamp}","accuracy_m":15}}]}}'
        )
        return (
            f"POST /mobile/v1/positions HTTP/1.1\r\nHost: phones.example\r\nAuthorization: Bearer {self.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()


class Line(asyncio.Protocol):
    """One kept connection, one request at a time; `done` is called with the status, 0 when the connection is lost."""

    def __init__(self, flood: "Flood") -> None:
        self._flood = flood
        self._heard = b""
        self.transport: asyncio.WriteTransport | None = None
        self.waiting_since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self.transport = transport

    def ask(self, request: bytes, now: float) -> None:
        assert self.transport is not None
        self.waiting_since = now
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head, parted, rest = self._heard.partition(b"\r\n\r\n")
        if not parted:
            return
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0] or 0)
        if len(rest) >= length:
            self._heard = b""
            self._flood.answered(self, int(head[9:12]))

    def connection_lost(self, _reason: Exception | None) -> None:
        self.transport = None
        self._flood.answered(self, 0)


class Flood:
    """Offers positions at `rate` a second over as many connections as that takes, at most `most`."""

    def __init__(self, url: str, phones: Sequence[Phone], keys: Keys, rate: float, most: int, seed: int) -> None:
        self._host, self._port = urlsplit(url).hostname or "127.0.0.1", urlsplit(url).port or 80
        self._phones = phones
        self._keys = keys
        self.rate = rate
        self._most = most
        self._draw = random.Random(f"flood {seed}")
        self._free: deque[Line] = deque()
        self._busy: set[Line] = set()
        self._quiet = asyncio.Event()  # nobody waits for an answer
        self._quiet.set()
        self.counts: Counter[str] = Counter()
        self.took_s: list[float] = []  # from when it was offered; a tick exactly, since many are offered at once

    def answered(self, line: Line, status: int) -> None:
        """By status; what is free again asks the next."""
        if line in self._busy:
            self._busy.discard(line)
            self.took_s.append(time.time() - line.waiting_since)
            self.counts[str(status) if status else "lost"] += 1
        if not self._busy:
            self._quiet.set()
        if line.transport is not None:
            self._free.append(line)

    async def pour(self, until: asyncio.Event) -> None:
        """Offer at the set rate until told to end; what could not even be offered is counted as `not offered`."""
        began, offered = time.monotonic(), 0
        whose = self._in_turn()
        while not until.is_set():
            await asyncio.sleep(TICK_S)
            due = int((time.monotonic() - began) * self.rate) - offered
            now = time.time()
            stamp = datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds")
            for _ in range(due):
                offered += 1
                line = await self._line()
                if line is None:
                    self.counts["not offered"] += 1
                    continue
                self._busy.add(line)
                self._quiet.clear()
                self.counts["offered"] += 1
                line.ask(next(whose).request(self._keys, now, stamp), now)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                await self._quiet.wait()

    async def _line(self) -> Line | None:
        while self._free:
            line = self._free.popleft()
            if line.transport is not None:
                return line
        if len(self._busy) >= self._most:
            return None
        try:
            _, made = await asyncio.get_running_loop().create_connection(lambda: Line(self), self._host, self._port)
        except OSError:
            return None
        return made

    def _in_turn(self) -> Iterator[Phone]:
        order = list(self._phones)
        while True:
            self._draw.shuffle(order)
            yield from order

    def hang_up(self) -> None:
        for line in (*self._free, *self._busy):
            if line.transport is not None:
                line.transport.close()


async def ask_slowly(database: Database, until: asyncio.Event, counts: Counter[str]) -> None:
    """Somebody who wants a statistic that takes minutes, and asks again when turned away."""
    while not until.is_set():
        try:
            async with database.statistics() as connection:
                counts["statistics begun"] += 1
                await connection.fetchval(SLOW)
            counts["statistics answered"] += 1
        except Problem:
            counts["statistics turned away"] += 1
        except (asyncpg.PostgresError, OSError):
            counts["statistics lost"] += 1
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(until.wait(), 1.0)


def phones(volunteers: int, seed: int, count: int) -> list[Phone]:
    """`count` of the people that seeding with this seed made."""
    this_year = datetime.now(UTC).year
    everybody = people(shipped.places(), volunteers, seed, this_year, coarse_land())
    return [Phone(p.volunteer_id, p.device_id, p.lat, p.lon) for p, _ in zip(everybody, range(count), strict=False)]


async def _obey(options: argparse.Namespace) -> None:
    """`on` begins, `off` ends and tells what was counted; the end of the input ends it all."""
    keys = keys_from(options.signing_key.read_bytes(), options.phone_hash_key.read_bytes())
    who = phones(options.volunteers, options.seed, options.phones)
    stamp = datetime.now(UTC).isoformat()
    for each in who:
        each.request(keys, time.time(), stamp)  # signs its token now, not while it is measured
    database = await open_database(options.database, {Lane.STATS: 1})
    flood = Flood(options.url, who, keys, options.rate, options.connections, options.seed)
    hub = Hub(database, heard=lambda _live: database.put_statistics_off(ALARM_S))  # as every `serve` process does
    await hub.start()
    _say({"ready": len(who)})
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while await lines.readline():
        flood.counts.clear()
        flood.took_s.clear()
        until, began = asyncio.Event(), time.monotonic()
        work = [asyncio.create_task(flood.pour(until))] if options.rate else []
        work += [asyncio.create_task(ask_slowly(database, until, flood.counts)) for _ in range(options.statistics)]
        await lines.readline()
        until.set()
        seconds = time.monotonic() - began
        await asyncio.gather(*work)
        _say({**flood.counts, "seconds": seconds})
    flood.hang_up()
    await hub.stop()
    await database.close()


def _say(what: dict[str, float]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.flood", description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--signing-key", type=Path, required=True)
    parser.add_argument("--phone-hash-key", type=Path, required=True)
    for name in ("volunteers", "seed", "phones", "connections", "statistics"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--rate", type=float, required=True)
    weigh_less(19)
    asyncio.run(_obey(parser.parse_args()))


if __name__ == "__main__":
    main()
