"""Fixtures of the delivery room."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backend.foundation.database import Lane, open_database
from tests.delivery.cast import Town
from tests.delivery.providers import Providers, Worker, running_providers
from tests.harness.keys import RING


@pytest.fixture
async def town(database_dsn: str) -> AsyncIterator[Town]:
    database = await open_database(
        database_dsn, {Lane.ALERTS: 4, Lane.ANSWERS: 1, Lane.LOCATIONS: 1, Lane.REST: 4}, carries=RING
    )
    yield Town(database)
    await database.close()


@pytest.fixture
async def providers(tmp_path: Path) -> AsyncIterator[Providers]:
    async with running_providers(tmp_path) as running:
        yield running


@pytest.fixture
def worker(town: Town, providers: Providers) -> Worker:
    return Worker(town, providers)
