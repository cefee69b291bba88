"""Putting the application together."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide

from backend.api.bodies import MOST_BYTES, StrictBody
from backend.api.guards import provide_caller
from backend.api.health import Watch
from backend.api.limits import Limiter
from backend.api.live import Hub
from backend.api.problem_answers import HANDLERS
from backend.app.borders import BordersInUse
from backend.app.leaving import set_when_asked_to_leave
from backend.app.routes import DISPATCH, MOBILE, UNDESCRIBED
from backend.foundation.clock import Clock, MachineClock
from backend.foundation.database import Database, open_database
from backend.foundation.settings import Settings
from backend.identity.keys import Keys, load_keys
from backend.regions.find import Borders

DEMO_FACTOR = 10_000.0
"""The demo's thousand phones live at one network address."""


def create_app(settings: Settings, *, clock: Clock | None = None, extra_routes: Sequence[Any] = ()) -> Litestar:
    """The ASGI application. Reads the key files now (raises WrongSettings); opens the database when it starts."""
    state = State(
        {
            "settings": settings,
            "clock": clock or MachineClock(),
            "key_ring": load_keys(settings),
            "limiter": Limiter(DEMO_FACTOR if settings.demo else 1.0),
        }
    )
    return Litestar(
        [*DISPATCH, *MOBILE, *UNDESCRIBED, *extra_routes],
        lifespan=[_running],
        dependencies=DEPENDENCIES,
        exception_handlers=HANDLERS,
        dto=StrictBody,
        return_dto=None,
        request_max_body_size=MOST_BYTES,
        openapi_config=None,  # the files in openapi/ are written by backend.app.openapi
        logging_config=None,
        state=state,
        debug=False,
    )


@asynccontextmanager
async def _running(app: Litestar) -> AsyncIterator[None]:
    state = app.state
    database = await open_database(state.settings.database_url)
    hub = Hub(database)
    watch = Watch(database, hub, state.clock)
    borders = BordersInUse(database)
    state.update({"database": database, "hub": hub, "watch": watch, "borders": borders})
    try:
        await borders.start()
        await hub.start()
        await watch.start()
        set_when_asked_to_leave(hub.leaving)
        yield
    finally:
        await watch.stop()
        await hub.stop()
        await borders.stop()
        await database.close()


async def _database(state: State) -> Database:
    found: Database = state.database
    return found


async def _clock(state: State) -> Clock:
    found: Clock = state.clock
    return found


async def _settings(state: State) -> Settings:
    found: Settings = state.settings
    return found


async def _keys(state: State) -> Keys:
    found: Keys = state.key_ring
    return found


async def _hub(state: State) -> Hub:
    found: Hub = state.hub
    return found


async def _watch(state: State) -> Watch:
    found: Watch = state.watch
    return found


async def _borders(state: State) -> Borders:
    in_use: BordersInUse = state.borders
    return in_use.now


DEPENDENCIES = {
    "database": Provide(_database),
    "clock": Provide(_clock),
    "settings": Provide(_settings),
    "keys": Provide(_keys),
    "caller": Provide(provide_caller),
    "borders": Provide(_borders),
    "hub": Provide(_hub),
    "watch": Provide(_watch),
}
