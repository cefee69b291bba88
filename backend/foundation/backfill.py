"""Acting as the named role that changes data of before: migrations' steps and the rotation of keys."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from backend.foundation.database import Connection

SILENT_AT_MOST = "5s"
"""Between two statements nothing is done but cryptography, for a thousand rows at most."""


@asynccontextmanager
async def as_backfill(connection: Connection) -> AsyncIterator[None]:
    """Until the block ends; the caller is the owner who migrates, in a transaction.

    Where nothing is said for some seconds in that transaction the server undoes it: a command that is frozen, or whose
    line is cut, lets go of what an alarm may want.
    """
    await connection.execute("SET LOCAL ROLE hjerteloeber_backfill")
    await connection.execute("SELECT set_config('idle_in_transaction_session_timeout', $1, true)", SILENT_AT_MOST)
    yield
    await connection.execute("RESET ROLE")
