"""The work behind an answer: every statement that goes to PostgreSQL, and every hash, as it is made."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any

import msgspec
from asyncpg.connection import LoggedQuery
from litestar import Litestar

from backend.foundation.database import Lane
from tests.people.cast import DeviceKey
from tests.people.pumping import World

_KEY = DeviceKey()
_ASKING: ContextVar[bool] = ContextVar("asking", default=False)
_HASHES = ("hmac_digest", "openssl_sha256", "derive", "compare_digest")


class Answered(msgspec.Struct, frozen=True):
    """What came, and what it took. Two that are equal cannot be told apart, but by the clock."""

    statuses: tuple[int, ...]
    bodies: tuple[bytes, ...]
    headers: tuple[tuple[tuple[str, str], ...], ...]
    statements: tuple[str, ...]
    hashes: tuple[str, ...]


class Work:
    """What was done since `begin`."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.hashes: list[str] = []

    def begin(self) -> None:
        self.statements, self.hashes = [], []

    def said(self, query: LoggedQuery) -> None:
        """By whoever is asking: loops of the application's own use these connections, too."""
        if _ASKING.get():
            self.statements.append(" ".join(query.query.split()))

    @contextmanager
    def counting_hashes(self, wanted: bool) -> Iterator[None]:
        """Listens to the interpreter calling functions of C; slow, so not for all."""
        sys.setprofile(self._called if wanted else None)
        try:
            yield
        finally:
            sys.setprofile(None)

    def _called(self, _frame: Any, event: str, function: Any) -> None:
        if event == "c_call" and getattr(function, "__name__", "") in _HASHES:
            self.hashes.append(function.__name__)


@asynccontextmanager
async def watched(app: Litestar) -> AsyncIterator[Work]:
    """Each connection of the lane that answers tells what is said on it."""
    work = Work()
    pool = app.state.database._pools[Lane.REST]
    async with AsyncExitStack() as held:
        for _ in range(pool.get_max_size()):
            connection = await held.enter_async_context(pool.acquire())
            connection.add_query_logger(work.said)
    yield work


async def asks_and_guesses(world: World, number: str, work: Work, *, count_hashes: bool) -> tuple[Answered, float]:
    """Has a code sent and types a wrong one, as somebody does who tries numbers; and how long it took in seconds."""
    body = {"phone": number, "code": "000000", "device": {"platform": "ios", "app_version": "1.0", "language": "da"}}
    proof = {"DPoP": _KEY.proof("/mobile/v1/sign-in", "000000")}
    work.begin()
    _ASKING.set(True)
    begun = time.perf_counter()
    with work.counting_hashes(count_hashes):
        answers = [
            await world.post("192.0.2.1", "/mobile/v1/sign-in/codes", json={"phone": number}),
            await world.post("192.0.2.1", "/mobile/v1/sign-in", json=body, **proof),
        ]
    took_s = time.perf_counter() - begun
    await asyncio.sleep(0)  # what was said last is told in a moment
    _ASKING.set(False)
    answered = Answered(
        tuple(answer.status_code for answer in answers),
        tuple(answer.content for answer in answers),
        tuple(tuple(sorted(answer.headers.items())) for answer in answers),
        tuple(work.statements),
        tuple(work.hashes),
    )
    return answered, took_s
