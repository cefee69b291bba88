"""Where campaigns keep what is theirs: the schema `campaigns`, by the role of campaigns, through an own pool."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from backend.foundation import migrations
from backend.foundation.clock import COPENHAGEN, Clock, MachineClock, SetClock, copenhagen_midnight
from backend.foundation.database import (
    Actor,
    Connection,
    Database,
    Lane,
    Role,
    fetch_all,
    fetch_one,
    open_database,
)

__all__ = [
    "COPENHAGEN",
    "Clock",
    "Connection",
    "MachineClock",
    "SetClock",
    "Store",
    "copenhagen_midnight",
    "fetch_all",
    "fetch_one",
    "migrate",
    "open_store",
]

MOST_CONNECTIONS = 6
_CAMPAIGNS = Actor(Role.CAMPAIGNS)


class Store:
    """Make it with :func:`open_store`, close it with :meth:`close`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection in a transaction that commits when the block ends well."""
        async with self._database.acting_as(_CAMPAIGNS, Lane.REST) as connection:
            yield connection

    async def close(self) -> None:
        await self._database.close()


async def open_store(dsn: str) -> Store:
    """Raises OSError or asyncpg.PostgresError if there is no database."""
    return Store(await open_database(dsn, {Lane.REST: MOST_CONNECTIONS}))


async def migrate(dsn: str, package: str) -> list[str]:
    """Apply the SQL files of `package` (of `campaigns`), after the backend's own; the names of those applied now.

    Raises backend.foundation.migrations.ChangedMigration when an applied file was edited.
    """
    await migrations.migrate(dsn)
    return await migrations.migrate(dsn, package)
