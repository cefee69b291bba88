"""The borders this process finds regions by, loaded at start and again every minute."""

from backend.app.kept import Kept
from backend.app.queries import borders_version
from backend.foundation.database import Actor, Database, Lane, Role
from backend.regions.find import Borders

AGAIN_S = 60.0


class BordersInUse(Kept):
    """Holds the current :class:`Borders`; an import shows within a minute, in every process."""

    def __init__(self, database: Database) -> None:
        super().__init__("borders", AGAIN_S)
        self._database = database
        self._version: str | None = None
        self._borders: Borders | None = None

    @property
    def now(self) -> Borders:
        assert self._borders is not None
        return self._borders

    async def load(self) -> None:
        async with self._database.acting_as(Actor(Role.API), Lane.REST) as connection:
            version = await borders_version(connection)
            if version != self._version:
                self._borders = await Borders.load(connection)
                self._version = version
