"""A town of the capital's dispatch centre, on the map as it is shipped."""

from collections.abc import AsyncIterator

import pytest

from backend.foundation.database import Lane, open_database
from tests.alarm.cast import NOON, Town
from tests.console.cast import HOVEDSTADEN
from tests.edge.cast import load_shipped
from tests.harness.keys import RING


@pytest.fixture
async def town(database_dsn: str) -> AsyncIterator[Town]:
    await load_shipped(database_dsn, NOON)
    database = await open_database(database_dsn, dict.fromkeys(Lane, 2), carries=RING)
    town = Town(database)
    town.centre_id = HOVEDSTADEN
    yield town
    await database.close()
