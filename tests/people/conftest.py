"""A database, a clock that stands still, and phones that call the real application."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from litestar.testing import AsyncTestClient

from backend.app.factory import create_app
from backend.foundation.clock import SetClock
from backend.foundation.database import Database, Lane, open_database
from tests.harness.keys import RING
from tests.people.cast import NOON, Phone, a_phone, settings_in

NewPhone = Callable[..., Phone]


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOON)


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    opened = await open_database(database_dsn, dict.fromkeys(Lane, 4), carries=RING)
    yield opened
    await opened.close()


@pytest.fixture
async def new_phone(tmp_path: Path, database_dsn: str, database: Database, clock: SetClock) -> AsyncIterator[NewPhone]:
    app = create_app(settings_in(tmp_path, database_dsn), clock=clock)
    async with AsyncTestClient(app) as http:

        def make(number: str | None = None) -> Phone:
            return Phone(http, database, clock, number or a_phone())

        yield make
