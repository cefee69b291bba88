"""A store with the campaigns' tables, and the landing pages on it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from litestar.testing import AsyncTestClient

from backend.demo.embedded_postgres import Server
from backend.foundation.clock import SetClock
from backend.public.store import Store, migrate, open_store
from campaigns.app import create_app
from campaigns.campaign.campaign import Campaign
from campaigns.settings import Settings
from tests.campaigns.cast import NOON, PUBLIC_URL, SIGN_UP_URL, Office, Person


@pytest.fixture(scope="session")
def campaigns_template(postgres: Server, migrated_template: str) -> str:
    """The name of a database with the campaigns' migrations as well. Nobody may stay connected to it."""
    name = "campaigns_migrated"

    async def make() -> None:
        admin = await asyncpg.connect(postgres.dsn())
        await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{migrated_template}"')
        await admin.close()
        await migrate(postgres.dsn(name), "campaigns.migrations")

    asyncio.run(make())
    return name


@pytest.fixture
async def campaigns_dsn(postgres: Server, campaigns_template: str) -> AsyncIterator[str]:
    """The address of a database with both parts' tables and nothing in them, that only this test knows."""
    name = f"test_{uuid4().hex}"
    admin = await asyncpg.connect(postgres.dsn())
    await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{campaigns_template}"')
    yield postgres.dsn(name)
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await admin.close()


@pytest.fixture
async def store(campaigns_dsn: str) -> AsyncIterator[Store]:
    opened = await open_store(campaigns_dsn)
    yield opened
    await opened.close()


@pytest.fixture
async def office(store: Store) -> Office:
    """Of Forsvarsministeriet, its tree imported with the made-up units."""
    office = Office(store)
    await office.imports_its_tree()
    return office


@pytest.fixture
async def campaign(office: Office) -> Campaign:
    return await office.begins()


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOON)


@pytest.fixture
async def http(campaigns_dsn: str, clock: SetClock) -> AsyncIterator[AsyncTestClient[Any]]:
    settings = Settings(database_url=campaigns_dsn, public_url=PUBLIC_URL, sign_up_url=SIGN_UP_URL)
    async with AsyncTestClient(create_app(settings, clock=clock), base_url=PUBLIC_URL) as client:
        yield client


@pytest.fixture
def person(http: AsyncTestClient[Any]) -> Person:
    return Person(http)
