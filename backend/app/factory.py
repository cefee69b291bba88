"""Putting the application together."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from litestar import Litestar
from litestar.datastructures import State
from litestar.types import ASGIApp, HTTPScope

from backend.api.admission import Admission, Classes, Gate, path_of
from backend.api.bodies import MOST_BYTES, StrictBody, WholeRequest
from backend.api.health import Watch
from backend.api.holders import Holders
from backend.api.json_answer import JsonAnswer
from backend.api.limits import Limit, Limiter
from backend.api.live import Hub
from backend.api.problem_answers import HANDLERS
from backend.api.shedding import NEVER_SHED
from backend.api.sizes import ELSE, SIZES
from backend.api.wrong_input import refuse_odd_parameters
from backend.app.access import AccessInUse
from backend.app.audiences import routes_for
from backend.app.borders import BordersInUse
from backend.app.console_pages import provider_of
from backend.app.dependencies import DEPENDENCIES
from backend.app.dispatch_time import ServerTime
from backend.app.leaving import set_when_asked_to_leave
from backend.app.spared import spare
from backend.edge.bodies import Bodies
from backend.edge.headers import Headers
from backend.edge.hosts import Hosts, names_of
from backend.edge.proxies import Proxies
from backend.foundation.clock import Clock, MachineClock
from backend.foundation.database import Role, open_database
from backend.foundation.settings import Serves, Settings, dispatch_addresses
from backend.identity.certificates import load_authorities
from backend.identity.keys import load_keys
from backend.identity.proofs import KnownKeys
from backend.identity.used_proofs import Refusals
from backend.locations.gather import Gatherer
from backend.rights import catch_up
from backend.rights.erasure_list import erasure_list
from backend.signup.files import fingerprint

DEMO_FACTOR = 10_000.0
"""The demo's thousand phones live at one network address."""
SILENT_AT_MOST_S = 3.0
"""In a transaction. Far beyond what an overloaded loop loses; a frozen process holds up nobody for longer."""


class Frame(NamedTuple):
    """The routes and what they are read with: half of putting an application together, and it knows no setting."""

    app: Litestar
    routes: ASGIApp
    class_of: Classes


def create_app(settings: Settings, *, clock: Clock | None = None, extra_routes: Sequence[Any] = ()) -> Litestar:
    """The ASGI application. Reads the key files now (raises WrongSettings); opens the database when it starts."""
    return fit(frame_for(settings.only, extra_routes), settings, clock)


def frame_for(serves: Serves, extra_routes: Sequence[Any] = ()) -> Frame:
    """Every route of a process for one audience, with nothing behind it yet."""
    app = Litestar(
        [*routes_for(serves), *extra_routes],
        lifespan=[_running, _asking_the_provider],
        dependencies=DEPENDENCIES,
        before_request=refuse_odd_parameters,
        exception_handlers=HANDLERS,
        dto=StrictBody,
        return_dto=None,
        request_class=WholeRequest,
        response_class=JsonAnswer,
        request_max_body_size=MOST_BYTES,
        openapi_config=None,  # the files in openapi/ are written by backend.app.openapi
        logging_config=None,
        debug=False,
    )
    spare(app)
    return Frame(app, app.asgi_handler, Classes(app.routes))


def fit(frame: Frame, settings: Settings, clock: Clock | None) -> Litestar:
    """The frame's application with this process's state behind it; what an earlier one left is gone."""
    app = frame.app
    app.state = State(
        {
            "settings": settings,
            "clock": clock or MachineClock(),
            "key_ring": load_keys(settings),
            "known_keys": KnownKeys(),
            "refusals": Refusals(),
            "authorities": load_authorities(settings.client_ca_file),
            "listing": erasure_list(settings.erasures_folder),
            "gate": Gate(),
            "holders": Holders(),
            "fingerprint": fingerprint,  # of what pages are drawn with
            "staff_provider": None,
            "limiter": Limiter(DEMO_FACTOR if settings.demo else 1.0),
        }
    )
    app.asgi_handler = _behind_the_edge(frame, settings)
    return app


def _behind_the_edge(frame: Frame, settings: Settings) -> ASGIApp:
    """What every call passes before a route sees it, from the outside in: caller, headers, name, pressure, body."""
    state, class_of = frame.app.state, frame.class_of

    def limit_of(scope: HTTPScope) -> Limit:
        return class_of(scope["method"], path_of(scope))

    measured = Bodies(frame.routes, lambda scope: SIZES.get(limit_of(scope), ELSE))
    admitted = Admission(measured, state.gate, class_of)
    named: ASGIApp = admitted
    if settings.in_production:
        names = names_of(dispatch_addresses(settings), settings.hosts or "")
        named = Hosts(admitted, names, lambda scope: limit_of(scope) in NEVER_SHED)
    completed = Headers(named, encrypted=settings.public_url.startswith("https://"))
    return Proxies(ServerTime(completed, state.clock), settings.trusted_proxies or "")


@asynccontextmanager
async def _running(app: Litestar) -> AsyncIterator[None]:
    state = app.state
    database = await open_database(
        state.settings.database_url, silent_at_most_s=SILENT_AT_MOST_S, carries=state.key_ring.ring
    )
    hub = Hub(database, state.gate.heard_of_an_incident)
    watch = Watch(database, hub, MachineClock())  # the host's own, whatever clock a test has set
    borders = BordersInUse(database)
    access = AccessInUse(database)
    gatherer = Gatherer(database)
    state.update({"database": database, "hub": hub, "watch": watch, "borders": borders, "access": access})
    state.update({"gatherer": gatherer})
    erasures = (database, state.listing, state.key_ring, state.clock, Role.API)
    trying: asyncio.Task[None] | None = None
    try:
        if not await catch_up.catch_up_or_say_so(*erasures):
            trying = asyncio.create_task(catch_up.keep_trying(*erasures), name="erasures")
        await borders.start()
        await access.start()
        await hub.start()
        await watch.start()
        state.gate.start(database, hub)
        set_when_asked_to_leave(hub.leaving)
        yield
    finally:
        if trying is not None:
            trying.cancel()
        await state.gate.stop()
        await watch.stop()
        await hub.stop()
        await access.stop()
        await borders.stop()
        await gatherer.stop()
        await database.close()


@asynccontextmanager
async def _asking_the_provider(app: Litestar) -> AsyncIterator[None]:
    """Nothing is asked of it yet: this process starts, and serves, without it."""
    async with provider_of(app.state.settings) as provider:
        app.state.staff_provider = provider
        yield
