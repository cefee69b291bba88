"""Acting as the named role that changes data of before: migrations' steps and the rotation of keys."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from backend.foundation.database import Connection


@asynccontextmanager
async def as_backfill(connection: Connection) -> AsyncIterator[None]:
    """Until the block ends; the caller is the owner who migrates, in a transaction."""
    await connection.execute("SET LOCAL ROLE hjerteloeber_backfill")
    yield
    await connection.execute("RESET ROLE")
