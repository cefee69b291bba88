"""A town whose volunteers and dispatch centre call the real application."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from backend.foundation.database import Lane, open_database
from backend.foundation.ids import CentreId
from backend.regions import shipped
from tests.alarm.cast import NOON, Town
from tests.disclosure.cast import Seen
from tests.edge.cast import load_shipped, make_settings, running_edge
from tests.harness.keys import RING


@pytest.fixture
async def seen(database_dsn: str, tmp_path: Path) -> AsyncIterator[Seen]:
    await load_shipped(database_dsn, NOON - timedelta(days=1))
    database = await open_database(database_dsn, dict.fromkeys(Lane, 2), carries=RING)
    town = Town(database)
    town.centre_id = CentreId(shipped.centre_id("amk-syddanmark"))
    async with running_edge(make_settings(database_dsn, tmp_path), NOON) as edge:
        town.clock = edge.clock
        yield Seen(town, edge)
    await database.close()
