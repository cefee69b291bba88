"""A real PostgreSQL for every test, and for each its own database, copied from one that was migrated once."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import asyncpg
import pytest

from backend.demo.embedded_postgres import Server, running_server
from backend.foundation.migrations import migrate

TEMPLATE = "migrated"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A server of this test process's own (0.4 s to make), so that parallel processes share nothing."""
    # A vacuum worker in the template would hold up every copying of it.
    with running_server(None, fast=True, settings={"autovacuum": "off"}) as server:
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
