"""How far it is by road, from the operator's own service: to be shown, never to choose whom to ask.

It may be away, slow or wrong at any time: whoever asks waits 0.3 s at most, is told what is known by then, and shows
the straight line for the rest. It is told cells' centres alone: no id, no patient's point, nothing of an incident.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from time import monotonic

import aiohttp
import msgspec
import structlog
from yarl import URL

from backend.console.osrm import NoTable, Pair, distances_in, query_for
from backend.foundation.settings import Settings

DEADLINE_S = 0.3
"""Of whoever waits for a page. What comes later is there for the next one."""
ENDS_AFTER_S = 2.0
MOST_IN_FLIGHT = 2
MOST_PAIRS = 60
KEPT_S = 600.0
MOST_KEPT = 20_000
RESTS_S = 5.0
"""After a failure: a service that is down is not asked by every page."""
MOST_BYTES = 200_000

log = structlog.get_logger()


class _Known(msgspec.Struct, frozen=True):
    metres: int | None
    until: float


class Roads:
    """One service. `address`: of its table, up to the profile: `http://127.0.0.1:5000/table/v1/foot`."""

    def __init__(self, address: str, session: aiohttp.ClientSession) -> None:
        self._address, self._session = address.rstrip("/"), session
        self._known: OrderedDict[Pair, _Known] = OrderedDict()
        self._asked: dict[Pair, asyncio.Task[None]] = {}
        self._rests_until = 0.0

    async def metres(self, pairs: Collection[Pair]) -> dict[Pair, int]:
        """By road, of those pairs of which it is known in time. Never raises, and never waits longer."""
        wanted = list(dict.fromkeys(pairs))[:MOST_PAIRS]
        missing = [each for each in wanted if self._kept(each) is None]
        self._ask([each for each in missing if each not in self._asked])
        under_way = {self._asked[each] for each in missing if each in self._asked}
        if under_way:
            await asyncio.wait(under_way, timeout=DEADLINE_S)
        found = {each: self._kept(each) for each in wanted}
        return {each: kept.metres for each, kept in found.items() if kept is not None and kept.metres is not None}

    async def close(self) -> None:
        for task in set(self._asked.values()):
            task.cancel()
        await self._session.close()

    def _kept(self, pair: Pair) -> _Known | None:
        kept = self._known.get(pair)
        return kept if kept is not None and kept.until > monotonic() else None

    def _ask(self, pairs: list[Pair]) -> None:
        if not pairs or monotonic() < self._rests_until or len(set(self._asked.values())) >= MOST_IN_FLIGHT:
            return
        task = asyncio.create_task(self._fetch(pairs), name="roads")
        self._asked |= dict.fromkeys(pairs, task)

    async def _fetch(self, pairs: list[Pair]) -> None:
        query = query_for(pairs)
        try:
            self._keep(distances_in(await self._answer(query.path), query))
        except (TimeoutError, aiohttp.ClientError, NoTable, OSError, ValueError) as fault:
            self._rests_until = monotonic() + RESTS_S
            log.warning("no roads", error=type(fault).__name__, why=str(fault) if isinstance(fault, NoTable) else "")
        finally:
            for each in pairs:
                self._asked.pop(each, None)

    async def _answer(self, path: str) -> bytes:
        """Raises NoTable for an answer that is no good before it is read."""
        address = URL(self._address + path, encoded=True)
        timeout = aiohttp.ClientTimeout(total=ENDS_AFTER_S)
        as_it_is = {"Accept-Encoding": "identity"}  # unpacked, a few bytes may be more than there is room for
        async with self._session.get(
            address, headers=as_it_is, timeout=timeout, allow_redirects=False, auto_decompress=False
        ) as answer:
            body = bytearray()
            async for part in answer.content.iter_any():
                body += part
                if len(body) > MOST_BYTES:
                    raise NoTable("too long an answer")
            if answer.status not in (200, 400):  # 400 says in its code what it had against the question
                raise NoTable(f"status {answer.status}")
            return bytes(body)

    def _keep(self, found: dict[Pair, int | None]) -> None:
        until = monotonic() + KEPT_S
        for pair, metres in found.items():
            self._known[pair] = _Known(metres, until)
            self._known.move_to_end(pair)
        while len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)


@asynccontextmanager
async def roads_of(settings: Settings) -> AsyncIterator[Roads | None]:
    """None where the operator has no such service: every arrival is by the straight line then."""
    if settings.routing_url is None:
        yield None
        return
    # No cookies, no redirects, no proxy from the environment: a place goes where the settings say, and nowhere else.
    session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)
    roads = Roads(settings.routing_url, session)
    try:
        yield roads
    finally:
        await roads.close()
