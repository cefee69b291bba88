"""Which centre acts for which, loaded at start and again every few seconds: asked in memory, no alarm waits for it."""

from backend.app.kept import Kept
from backend.foundation.database import Actor, Database, Lane, Role
from backend.regions.access import Access, load

AGAIN_S = 10.0


class AccessInUse(Kept):
    """Holds the current :class:`Access`. A grant begins and ends by the clock; one that is new shows within 10 s."""

    def __init__(self, database: Database) -> None:
        super().__init__("access", AGAIN_S)
        self._database = database
        self.now = Access()

    async def load(self) -> None:
        async with self._database.acting_as(Actor(Role.API), Lane.REST) as connection:
            self.now = await load(connection)
