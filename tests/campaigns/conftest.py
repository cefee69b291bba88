"""A store with the campaigns' tables, and the landing pages on it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from backend.foundation.clock import SetClock
from backend.public.store import Store, migrate, open_store
from campaigns.campaign.campaign import Campaign
from campaigns.landing.app import create_app
from campaigns.settings import Settings
from tests.campaigns.cast import NOON, PUBLIC_URL, SIGN_UP_URL, Office, Person


@pytest.fixture
async def campaigns_dsn(database_dsn: str) -> str:
    await migrate(database_dsn, "campaigns.migrations")
    return database_dsn


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
    async with AsyncTestClient(create_app(settings, clock=clock)) as client:
        yield client


@pytest.fixture
def person(http: AsyncTestClient[Any]) -> Person:
    return Person(http)
