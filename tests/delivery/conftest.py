"""Fixtures of the delivery room."""

from collections.abc import AsyncIterator

import pytest

from backend.foundation.database import Lane, open_database
from tests.delivery.cast import Town


@pytest.fixture
async def town(database_dsn: str) -> AsyncIterator[Town]:
    database = await open_database(database_dsn, {Lane.ALERTS: 4, Lane.ANSWERS: 1, Lane.LOCATIONS: 1, Lane.REST: 4})
    yield Town(database)
    await database.close()
