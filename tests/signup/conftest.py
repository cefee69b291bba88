"""The real application on a database of the test's own, and browsers that call it."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from litestar.testing import AsyncTestClient

from backend.foundation.clock import SetClock
from backend.foundation.database import Database, Lane, open_database
from backend.foundation.settings import Settings
from tests.edge.cast import load_shipped
from tests.harness.application import application
from tests.harness.keys import RING
from tests.people.cast import settings_in
from tests.recruitment.cast import a_campaign_with
from tests.signup.cast import JOIN_CODE, NOON, Browser, a_phone

NewBrowser = Callable[..., Browser]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "settings(**values): the process's settings beside the defaults")


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOON)


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    await load_shipped(database_dsn, NOON)
    opened = await open_database(database_dsn, dict.fromkeys(Lane, 4), carries=RING)
    yield opened
    await opened.close()


@pytest.fixture
def more_settings(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the test's mark `settings` asks for beside the defaults."""
    mark = request.node.get_closest_marker("settings")
    return {} if mark is None else mark.kwargs


@pytest.fixture
def settings(tmp_path: Path, database_dsn: str, more_settings: dict[str, Any]) -> Settings:
    return msgspec.structs.replace(settings_in(tmp_path, database_dsn), **more_settings)


@pytest.fixture
async def new_browser(settings: Settings, database: Database, clock: SetClock) -> AsyncIterator[NewBrowser]:
    await a_campaign_with(database, JOIN_CODE, NOON)
    async with application(settings, clock) as app, AsyncTestClient(app) as http:

        def make(phone: str | None = None, query: str = "") -> Browser:
            return Browser(http, database, phone or a_phone(), query)

        yield make
