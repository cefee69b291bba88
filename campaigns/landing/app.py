"""Putting the landing pages together: a process of its own, which knows no person."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import structlog
from litestar import Litestar, get
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException, ServiceUnavailableException

from backend.public.store import Clock, MachineClock, Store, open_store
from campaigns.landing import files, pages
from campaigns.settings import Settings, read_settings

MOST_BYTES = 4_096
"""Of a form with one hidden field; whoever sends more has taken this for another page."""


class Health(msgspec.Struct, frozen=True):
    ok: bool


@get("/health/live")
async def live() -> Health:
    """This process answers"""
    return Health(ok=True)


@get("/health/ready")
async def ready(store: NamedDependency[Store]) -> Health:
    """The database answers, too"""
    try:
        async with store.transaction() as connection:
            await connection.execute("SELECT 1")
    except pages.AWAY:
        raise ServiceUnavailableException from None
    return Health(ok=True)


def create_app(settings: Settings, *, clock: Clock | None = None) -> Litestar:
    """The ASGI application; it opens the database when it starts."""
    return Litestar(
        [*pages.routes, files.page_file, files.colour_sheet, live, ready],
        lifespan=[_running],
        dependencies={"store": Provide(_store), "clock": Provide(_clock), "settings": Provide(_settings)},
        exception_handlers={HTTPException: pages.trouble, Exception: pages.trouble},
        request_max_body_size=MOST_BYTES,
        openapi_config=None,
        logging_config=None,
        state=State({"settings": settings, "clock": clock or MachineClock()}),
        debug=False,
    )


def app() -> Litestar:
    """For a server: `granian --interface asgi --factory campaigns.landing.app:app`. Raises WrongSettings."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ]
    )
    return create_app(read_settings(os.environ))


@asynccontextmanager
async def _running(app: Litestar) -> AsyncIterator[None]:
    store = await open_store(app.state.settings.database_url)
    app.state.store = store
    try:
        yield
    finally:
        await store.close()


async def _store(state: State) -> Store:
    found: Store = state.store
    return found


async def _clock(state: State) -> Clock:
    found: Clock = state.clock
    return found


async def _settings(state: State) -> Settings:
    found: Settings = state.settings
    return found
