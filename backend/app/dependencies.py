"""What a handler can ask for by name."""

from litestar.datastructures import State
from litestar.di import Provide

from backend.api.guards import provide_caller
from backend.api.health import Watch
from backend.api.live import Hub
from backend.app.borders import BordersInUse
from backend.foundation.clock import Clock
from backend.foundation.database import Database
from backend.foundation.settings import Settings
from backend.identity.keys import Keys
from backend.regions.find import Borders
from backend.rights.erasure_list import ErasureList


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


async def _listing(state: State) -> ErasureList:
    found: ErasureList = state.listing
    return found


DEPENDENCIES = {
    "database": Provide(_database),
    "clock": Provide(_clock),
    "settings": Provide(_settings),
    "keys": Provide(_keys),
    "listing": Provide(_listing),
    "caller": Provide(provide_caller),
    "borders": Provide(_borders),
    "hub": Provide(_hub),
    "watch": Provide(_watch),
}
