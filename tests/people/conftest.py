"""A database, a clock that stands still, and phones that call the real application."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec
import pytest
from litestar.testing import AsyncTestClient

from backend.foundation.clock import SetClock
from backend.foundation.database import Database, Lane, open_database
from tests.harness.application import application
from tests.harness.keys import RING
from tests.people.cast import NOON, Phone, a_phone, settings_in

NewPhone = Callable[..., Phone]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "settings(**values): the process's settings beside the defaults")


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOON)


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    opened = await open_database(database_dsn, dict.fromkeys(Lane, 4), carries=RING)
    yield opened
    await opened.close()


@pytest.fixture
async def new_phone(
    request: pytest.FixtureRequest, tmp_path: Path, database_dsn: str, database: Database, clock: SetClock
) -> AsyncIterator[NewPhone]:
    mark = request.node.get_closest_marker("settings")
    more = {} if mark is None else mark.kwargs
    settings = msgspec.structs.replace(settings_in(tmp_path, database_dsn), **more)
    async with application(settings, clock) as app, AsyncTestClient(app) as http:

        def make(number: str | None = None) -> Phone:
            return Phone(http, database, clock, number or a_phone())

        yield make
