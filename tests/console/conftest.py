"""The real application on a database of the test's own, and the browsers of those who work."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from joserfc.jwk import RSAKey
from litestar.testing import AsyncTestClient

from backend.foundation.clock import SetClock
from backend.foundation.database import Database, Lane, open_database
from backend.foundation.settings import Settings
from backend.identity.staff import StaffRole
from tests.alarm.cast import Town
from tests.campaigns.provider import CLIENT_ID, CLIENT_SECRET, Liar, new_key, running_liar
from tests.console.cast import HOVEDSTADEN, NOON, PUBLIC_URL, Browser, Office
from tests.edge.cast import Edge, load_shipped, make_settings, running_edge
from tests.harness.application import application
from tests.harness.keys import RING
from tests.people.cast import settings_in

NewBrowser = Callable[[], Browser]


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOON)


@pytest.fixture(scope="session")
def signing_key() -> RSAKey:
    return new_key("first")


@pytest.fixture
def provider(signing_key: RSAKey, clock: SetClock) -> Iterator[Liar]:
    """By the book, until a test changes something of it."""
    with running_liar(signing_key) as running:
        running.now = clock.now().timestamp()
        yield running


@pytest.fixture
def settings(tmp_path: Path, database_dsn: str, provider: Liar) -> Settings:
    secret = tmp_path / "oidc-secret"
    secret.write_text(CLIENT_SECRET + "\n", "utf-8")
    return msgspec.structs.replace(
        settings_in(tmp_path, database_dsn),
        public_url=PUBLIC_URL,
        staff_oidc_issuer=provider.issuer,
        staff_oidc_client_id=CLIENT_ID,
        staff_oidc_client_secret_file=secret,
    )


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    await load_shipped(database_dsn, NOON)
    opened = await open_database(database_dsn, dict.fromkeys(Lane, 4), carries=RING)
    yield opened
    await opened.close()


@pytest.fixture
async def edge(database: Database, tmp_path: Path) -> AsyncIterator[Edge]:
    """Where consoles and dispatch systems call the same application."""
    async with running_edge(make_settings(database.dsn, tmp_path, public_url=PUBLIC_URL), NOON) as edge:
        edge.http.base_url = httpx.URL(PUBLIC_URL)
        yield edge


@pytest.fixture
def office(database: Database, clock: SetClock) -> Office:
    return Office(database, clock)


@pytest.fixture
async def http(settings: Settings, clock: SetClock) -> AsyncIterator[AsyncTestClient[Any]]:
    async with application(settings, clock) as app, AsyncTestClient(app, base_url=PUBLIC_URL) as running:
        yield running


@pytest.fixture
def new_browser(http: AsyncTestClient[Any], office: Office) -> NewBrowser:
    return lambda: Browser(http, office)


@pytest.fixture
def browser(new_browser: NewBrowser) -> Browser:
    return new_browser()


@pytest.fixture
def town(database: Database, clock: SetClock) -> Town:
    town = Town(database)
    town.clock, town.centre_id = clock, HOVEDSTADEN
    return town


@pytest.fixture
async def doctor(office: Office, new_browser: NewBrowser) -> Browser:
    browser = new_browser()
    await browser.sits_down(await office.grants("Dorte", StaffRole.AMK_LAEGE), fresh=True)
    return browser


@pytest.fixture
async def manager(office: Office, new_browser: NewBrowser) -> Browser:
    browser = new_browser()
    await browser.sits_down(await office.grants("Mads", StaffRole.DRIFTSANSVARLIG), fresh=True)
    return browser
