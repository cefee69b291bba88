"""Those who watched a minute of television: they look at the campaign's pages and sign up.

    python -m backend.demo.crowd --site URL --sign-up URL --texts URL --codes FILE --sign-ups 1000 --views 200 --seed 1

A process of the lowest weight, told by its input: `on` and `off` in turns; after each `off` it prints one JSON object
of counts. It offers at a steady pace and waits for nobody (an open loop); what could not even be begun is counted.
"""

import argparse
import asyncio
import os
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from backend.demo.denmark import NEW_NUMBERS
from backend.demo.phones.ears import Text, hear_texts
from backend.demo.walk import Lost, NotTaken, Walker

BROWSER = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/146.0 Mobile Safari/537.36"
MOST_AT_ONCE = 500
LIGHTEST = 19
PATIENCE_S = 20.0
"""Whoever waits longer for one page, or for the text message, has put the phone away."""


class Told(msgspec.Struct):
    """What came of one time between `on` and `off`."""

    seconds: float
    counts: dict[str, int]
    registered_ms: list[float]
    viewed_ms: list[float]


class Crowd:
    """Everybody at once; made for one run."""

    def __init__(self, session: aiohttp.ClientSession, chosen: argparse.Namespace) -> None:
        self._session = session
        self._site, self._sign_up = chosen.site, chosen.sign_up
        self._codes = Path(chosen.codes).read_text().split()
        self._draw = random.Random(f"crowd {chosen.seed}")
        self._people = 0
        self._texts: dict[str, asyncio.Future[str]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.counts: Counter[str] = Counter()
        self.registered_ms: list[float] = []
        self.viewed_ms: list[float] = []

    def hear(self, text: Text) -> None:
        """A text message has come to somebody's phone."""
        waiting, code = self._texts.get(text.to), re.search(r"\b\d{6}\b", text.text)
        if waiting is not None and code is not None and not waiting.done():
            waiting.set_result(code.group())

    async def offer(self, what: str, a_second: float, one: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Begin so many a second until cancelled, whatever becomes of those before."""
        start, number = time.monotonic(), 0
        while a_second:
            number += 1
            await asyncio.sleep(start + number / a_second - time.monotonic())
            self.counts[f"{what} offered"] += 1
            if len(self._tasks) >= MOST_AT_ONCE:
                self.counts[f"{what} not begun"] += 1
                continue
            task = asyncio.create_task(self._counted(what, one()))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _counted(self, what: str, way: Awaitable[None]) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                await way
        except NotTaken as refused:
            self.counts[f"{what} {refused}"] += 1
        except (Lost, TimeoutError, aiohttp.ClientError, OSError):
            self.counts[f"{what} lost"] += 1
        else:
            self.counts[f"{what} done"] += 1

    async def come_to_rest(self) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=PATIENCE_S)

    async def view(self) -> None:
        """A page, and the word that somebody acted on it."""
        page = f"{self._site}/k/{self._draw.choice(self._codes)}"
        began = time.monotonic()
        walker = Walker(self._session, self._site, BROWSER, self._network())
        await walker.call("GET", page, 200)
        await walker.call("POST", f"{page}/acted", 204)
        self.viewed_ms.append(1000 * (time.monotonic() - began))

    async def sign_up(self) -> None:
        """All the way, with the code from the text message; as fast as the pages come."""
        self._people += 1
        phone = f"{NEW_NUMBERS}{self._people:06d}"
        self._texts[phone] = asyncio.get_running_loop().create_future()
        began = time.monotonic()
        walker = Walker(self._session, self._sign_up, BROWSER, self._network())
        await walker.signs_up(phone, self._draw.choice(self._codes), self._texts[phone])
        del self._texts[phone]
        self.registered_ms.append(1000 * (time.monotonic() - began))

    def _network(self) -> str:
        """Everybody is somewhere else; a barracks is one address, a nation is not."""
        return ".".join(str(part) for part in (10, *(self._draw.randint(1, 254) for _ in range(3))))


async def run(chosen: argparse.Namespace) -> None:
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=30)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:
        crowd = Crowd(session, chosen)
        hearing = asyncio.create_task(hear_texts(session, f"{chosen.texts}/stream", crowd.hear))
        _say({"ready": True})
        offering: list[asyncio.Task[None]] = []
        since = time.monotonic()
        async for word in _words():
            if word == "on":
                since = time.monotonic()
                offering = [
                    asyncio.create_task(crowd.offer("sign-ups", chosen.sign_ups / 60, crowd.sign_up)),
                    asyncio.create_task(crowd.offer("views", chosen.views, crowd.view)),
                ]
            else:
                seconds = time.monotonic() - since
                for task in offering:
                    task.cancel()
                await crowd.come_to_rest()
                _say(msgspec.to_builtins(Told(seconds, dict(crowd.counts), crowd.registered_ms, crowd.viewed_ms)))
                crowd.counts, crowd.registered_ms, crowd.viewed_ms = Counter(), [], []
        hearing.cancel()


async def _words() -> Any:
    """Line by line, until the input's end."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        yield line.decode().strip()


def _say(told: Any) -> None:
    sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--site", required=True, help="the campaign's site")
    parser.add_argument("--sign-up", required=True, help="the process with the sign-up pages")
    parser.add_argument("--texts", required=True, help="the SMS stand-in")
    parser.add_argument("--codes", required=True, help="a file of join codes")
    parser.add_argument("--sign-ups", type=float, required=True, help="begun a minute")
    parser.add_argument("--views", type=float, required=True, help="pages looked at a second")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    os.nice(LIGHTEST)
    asyncio.run(run(chosen))


if __name__ == "__main__":
    main()
