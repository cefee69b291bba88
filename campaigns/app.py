"""Putting the campaigns' site together: a process of its own, which knows no person who is counted."""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import msgspec
import structlog
from litestar import Litestar, Request, get
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException, ServiceUnavailableException
from litestar.handlers.http_handlers import HTTPRouteHandler
from litestar.response import Response
from litestar.types import ASGIApp

from backend.public.edge import Bodies, Headers, Hosts, Size, names_of
from backend.public.openid import LOOPBACK, Provider, http_client
from backend.public.store import Clock, MachineClock, Store, open_store
from campaigns.api.bearer import BURST, PER_MINUTE
from campaigns.api.refusals import answered, api
from campaigns.charts.draw import Drawer
from campaigns.dashboard import downloads, mail
from campaigns.dashboard import pages as dashboard
from campaigns.dashboard.part import Atlas
from campaigns.landing import files, pages
from campaigns.rates import Rates
from campaigns.settings import Settings, read_settings
from campaigns.signing_in import answers
from campaigns.signing_in.guard import behind_sign_in
from campaigns.signing_in.pages import sign_in_pages

BEHIND_SIGN_IN: tuple[HTTPRouteHandler, ...] = (*dashboard.handlers, *downloads.handlers, *mail.handlers)
"""The pages of numbers, their addresses whole, as `/tal/…`."""

MOST_BYTES = 4_096
"""Of a form with one hidden field; whoever sends more has taken this for another page."""

SIZE = Size(MOST_BYTES, depth=4, entries=50)


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


def create_app(settings: Settings, *, clock: Clock | None = None, besides: Sequence[HTTPRouteHandler] = ()) -> Litestar:
    """The ASGI application; it opens the database when it starts. `besides`: more pages behind sign-in, for tests.

    Without a provider in the settings nobody can sign in, and nothing under `/tal` is there.
    """
    numbers = [sign_in_pages(), behind_sign_in([*BEHIND_SIGN_IN, *besides])] if settings.oidc_issuer else []
    made = Litestar(
        [*pages.routes, files.page_file, files.colour_sheet, live, ready, api(), *numbers],
        lifespan=[_running],
        dependencies={"store": Provide(_store), "clock": Provide(_clock), "settings": Provide(_settings)},
        exception_handlers={HTTPException: _trouble, Exception: _trouble},
        request_max_body_size=MOST_BYTES,
        openapi_config=None,
        logging_config=None,
        state=State({"settings": settings, "clock": clock or MachineClock(), "rates": Rates(PER_MINUTE, BURST)}),
        debug=False,
    )
    made.asgi_handler = _behind_the_edge(made.asgi_handler, settings.public_url)
    return made


def _behind_the_edge(inner: ASGIApp, public_url: str) -> ASGIApp:
    """What every call passes before a route sees it. Nothing here is counted by address, so no proxy is believed."""
    measured: ASGIApp = Bodies(inner, lambda _: SIZE, lambda status, words: HTTPException(words, status_code=status))
    if urlsplit(public_url).hostname not in LOOPBACK:
        measured = Hosts(measured, names_of([public_url], ""), lambda scope: scope["path"].startswith("/health/"))
    return Headers(measured, encrypted=public_url.startswith("https://"))


def _trouble(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Where no route was found the address alone says for whom the page is."""
    if f"{request.url.path}/".startswith("/tal/") and request.app.state.settings.oidc_issuer:
        return answers.trouble(request, error)
    if request.url.path.startswith("/api/"):
        return answered(request, error)
    return pages.trouble(request, error)


def app() -> Litestar:
    """For a server: `granian --interface asgi --factory campaigns.app:app`. Raises WrongSettings."""
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
    settings: Settings = app.state.settings
    store = await open_store(settings.database_url)
    app.state.store = store
    app.state.drawer, app.state.atlas = Drawer(), Atlas()
    try:
        async with http_client() as http:
            app.state.provider = Provider(
                settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret, http
            )
            yield
    finally:
        await app.state.drawer.close()
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
