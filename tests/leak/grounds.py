"""A world on a database of its own, and an application in it; what the application logs is looked through, too."""

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import structlog
import uvloop

from backend.foundation.clock import SetClock
from backend.foundation.migrations import migrate
from backend.identity.keys import load_keys
from tests.edge.cast import NOW, load_shipped, make_settings, running
from tests.harness.application import application
from tests.leak.canaries import Ledger
from tests.leak.run import Run, Tally
from tests.leak.world import World, plant

TEMPLATE = "leak"
CALLS_OF_A_WORLD = 4_000
"""Then a new one: what has grown old is slow, and its volunteers have left."""


async def make_template(dsn: Callable[[str], str]) -> None:
    """A database with everything that ships in it, to be copied for each world."""
    admin = await asyncpg.connect(dsn("postgres"))
    await admin.execute(f'CREATE DATABASE "{TEMPLATE}"')
    await admin.close()
    await migrate(dsn(TEMPLATE))
    await load_shipped(dsn(TEMPLATE))


@asynccontextmanager
async def a_database(server: str) -> AsyncIterator[str]:
    """A copy of the template; `server` is the address of its database `postgres`."""
    name = f"leak_{uuid4().hex}"
    admin = await asyncpg.connect(server)
    await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
    yield urlsplit(server)._replace(path=f"/{name}").geturl()
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await admin.close()


@asynccontextmanager
async def a_world(dsn: str, seed: int) -> AsyncIterator[World]:
    """Planted on the database at `dsn`."""
    with tempfile.TemporaryDirectory() as folder:
        settings = make_settings(dsn, Path(folder), demo=True)  # the rate limits are others' subject
        clock = SetClock(NOW)
        superuser = await asyncpg.connect(dsn)
        async with application(settings, clock) as app, running(app):
            world = World(app, load_keys(settings), clock, Random(seed), superuser)
            await plant(world)
            yield world
        await superuser.close()


@contextmanager
def listening() -> Iterator[list[str]]:
    """Every line that is logged meanwhile, ours as it is before anything is withheld, and libraries'."""
    said: list[str] = []
    before = structlog.get_config()
    libraries = _Kept(said)

    def keep(_logger: Any, _name: str, line: Any) -> str:
        said.append(repr(line))
        raise structlog.DropEvent

    structlog.configure(processors=[keep], cache_logger_on_first_use=False)
    logging.getLogger().addHandler(libraries)
    try:
        yield said
    finally:
        logging.getLogger().removeHandler(libraries)
        structlog.configure(**before)


class _Kept(logging.Handler):
    """What the standard library's loggers say from WARNING on, as the service writes it."""

    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        self._said.append(record.getMessage())


async def a_run(dsn: str, seed: int, calls: int) -> Tally:
    """A world and its calls; what was logged is judged in the end."""
    with listening() as said:
        async with a_world(dsn, seed) as world:
            run = Run(world, seed)
            tally = await run.calls(calls)
        judge_logged(said, world.ledger, tally, seed)
    return tally


def judge_logged(said: list[str], ledger: Ledger, tally: Tally, seed: int) -> None:
    """In a log everybody's canary is out of place."""
    for line in said:
        for canary in ledger.find(line.encode()):
            tally.bytes_leaked += len(canary.text)
            tally.violations.append(f"seed {seed}: a log line holds a {canary.what.value}")


def run_world(server: str, seed: int, calls: int) -> Tally:
    """In a process of its own."""

    async def run() -> Tally:
        async with a_database(server) as dsn:
            return await a_run(dsn, seed, calls)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # as the server does: half the time
        return runner.run(run())
