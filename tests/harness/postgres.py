"""A real PostgreSQL for every test, and for each its own database, copied from one that was migrated once."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from backend.demo.embedded_postgres import Server, running_server
from backend.foundation.migrations import migrate

TEMPLATE = "migrated"
ROOM = 4 * 2**30
"""Bytes, several times what the databases of one process at work ever took."""


def memory() -> Path | None:
    """Where files are in memory, if this machine has some to spare; else None.

    A test's database is a thousand files, gone a moment later: on a disk a sixth of all processor time went into
    finding numbers for them.
    """
    place = Path("/dev/shm")  # noqa: S108
    try:
        found = os.statvfs(place)
        spare = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return None
    has_room = min(found.f_bavail * found.f_frsize, spare) > ROOM
    return place if has_room and os.access(place, os.W_OK | os.X_OK) else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A server of this test process's own (0.4 s to make), so that parallel processes share nothing."""
    # A vacuum worker in the template would hold up every copying of it.
    settings = {"autovacuum": "off", "max_wal_size": "256MB"}
    with running_server(None, fast=True, settings=settings, beneath=memory()) as server:
        yield server


@pytest.fixture(scope="session")
def migrated_template(postgres: Server) -> str:
    """The name of a database with every migration applied and nothing in it. Nobody may stay connected to it."""

    async def make() -> None:
        admin = await asyncpg.connect(postgres.dsn())
        await admin.execute(f'CREATE DATABASE "{TEMPLATE}"')
        await admin.close()
        await migrate(postgres.dsn(TEMPLATE))

    asyncio.run(make())
    return TEMPLATE


@pytest.fixture
async def database_dsn(postgres: Server, migrated_template: str) -> AsyncIterator[str]:
    """The address of a migrated, empty database that only this test knows."""
    name = f"test_{uuid4().hex}"
    admin = await asyncpg.connect(postgres.dsn())
    # Copied as files: through the WAL, which is the default, each test would write the template twice.
    await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{migrated_template}" STRATEGY file_copy')
    yield postgres.dsn(name)
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await admin.close()


@pytest.fixture
async def empty_database_dsn(postgres: Server) -> AsyncIterator[str]:
    """The address of a database without any migration, for tests of the migrations themselves."""
    name = f"empty_{uuid4().hex}"
    admin = await asyncpg.connect(postgres.dsn())
    await admin.execute(f'CREATE DATABASE "{name}"')
    yield postgres.dsn(name)
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await admin.close()
