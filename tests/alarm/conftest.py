"""The town in which arrests happen."""

from collections.abc import AsyncIterator

import pytest

from backend.foundation.database import Lane, open_database
from tests.alarm.cast import Town
from tests.harness.keys import RING


@pytest.fixture
async def town(database_dsn: str) -> AsyncIterator[Town]:
    database = await open_database(
        database_dsn, {Lane.ALERTS: 6, Lane.ANSWERS: 2, Lane.LOCATIONS: 1, Lane.REST: 2}, carries=RING
    )
    town = Town(database)
    await town.begin()
    yield town
    await database.close()
