"""Phones that report as fast as they are answered: `python -m tests.performance.press`, told by lines of its input.

Written against the socket, as `tests.chaos.flood` is, since it shares the machine with what it presses. Each line of
input is an address and seconds; each line of output what came of it.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from backend.identity.keys import keys_from
from tests.chaos.flood import Phone, phones


class Line(asyncio.Protocol):
    """One kept connection: the next request when the last is answered."""

    def __init__(self, press: "Press") -> None:
        self._press = press
        self._heard = b""
        self._asked_at = 0.0
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        assert self._transport is not None
        self._asked_at = time.perf_counter()
        self._transport.write(self._press.next_request())

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head, parted, rest = self._heard.partition(b"\r\n\r\n")
        if not parted:
            return
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0] or 0)
        if len(rest) < length:
            return
        self._heard = b""
        accepted = b'"accepted"' in rest
        self._press.answered(int(head[9:12]), accepted, time.perf_counter() - self._asked_at)
        if self._press.over:
            self.hang_up()
        else:
            self._ask()

    def hang_up(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_lost(self, _reason: Exception | None) -> None:
        self._transport = None
        self._press.ended()


class Press:
    """One time of pressing."""

    def __init__(self, requests: Iterator[bytes], connections: int) -> None:
        self._requests = requests
        self._left = connections
        self._all_ended = asyncio.Event()
        self.connections = connections
        self.over = False
        self.counts: Counter[str] = Counter()
        self.took_s: list[float] = []

    def next_request(self) -> bytes:
        return next(self._requests)

    def answered(self, status: int, accepted: bool, took_s: float) -> None:
        self.counts[str(status) if status != 200 or accepted else "200 without a position"] += 1
        self.took_s.append(took_s)

    def ended(self) -> None:
        self._left -= 1
        if self._left == 0:
            self._all_ended.set()

    async def run(self, url: str, seconds: float) -> float:
        """The seconds it took, the last answers included."""
        parts = urlsplit(url)
        loop, began = asyncio.get_running_loop(), time.monotonic()
        for _ in range(self.connections):
            await loop.create_connection(lambda: Line(self), parts.hostname or "127.0.0.1", parts.port or 80)
        await asyncio.sleep(max(0.0, seconds - (time.monotonic() - began)))
        self.over = True
        await self._all_ended.wait()
        return time.monotonic() - began


def _requests(everybody: list[Phone], options: argparse.Namespace) -> Iterator[bytes]:
    keys = keys_from(options.signing_key.read_bytes(), options.phone_hash_key.read_bytes())
    draw = random.Random(f"press {options.seed}")
    stamp, stamped_at = "", 0.0
    while True:
        draw.shuffle(everybody)
        for phone in everybody:
            now = time.time()
            if now - stamped_at > 0.001:
                stamp, stamped_at = datetime.fromtimestamp(now, UTC).isoformat(timespec="microseconds"), now
            yield phone.request(keys, now, stamp)


async def _obey(options: argparse.Namespace) -> None:
    everybody = phones(options.volunteers, options.seed, options.phones)
    requests = _requests(everybody, options)
    for _ in everybody:
        next(requests)  # signs everybody's token now, not while it is measured
    _say({"ready": len(everybody)})
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        url, seconds = line.split()
        press = Press(requests, options.connections)
        used = time.process_time()
        took = await press.run(url.decode(), float(seconds))
        ms = sorted(1000 * each for each in press.took_s)
        _say(
            {
                "seconds": took,
                "counts": dict(press.counts),
                "p50_ms": ms[len(ms) // 2],
                "p99_ms": ms[len(ms) * 99 // 100],
                "used_s": time.process_time() - used,
            }
        )


def _say(what: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.performance.press", description=__doc__)
    parser.add_argument("--signing-key", type=Path, required=True)
    parser.add_argument("--phone-hash-key", type=Path, required=True)
    for name in ("volunteers", "seed", "phones", "connections"):
        parser.add_argument(f"--{name}", type=int, required=True)
    asyncio.run(_obey(parser.parse_args()))


if __name__ == "__main__":
    main()
