"""Work that may fail without taking with it what its transaction has already done."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg
import msgspec
import structlog

from backend.foundation.database import Connection

T = TypeVar("T")
_log = structlog.get_logger()


class Fault(msgspec.Struct, frozen=True):
    """What went wrong, by its kind: it has been logged, and undone alone."""

    kind: str


async def without_harm(
    connection: Connection, work: Callable[[], Awaitable[T]], what: str, at_most_s: float | None = None
) -> T | Fault:
    """Do `work` in a savepoint, for `at_most_s` seconds at most; whatever goes wrong in it is returned as a Fault.

    For what an alarm must survive. Raises only when the connection itself is gone: nothing can be saved then, and the
    caller's caller sends again. `what` names the work in the log.
    """
    try:
        # The limit is the work's alone: cut short while the savepoint is released, the work would be kept and called
        # a fault.
        async with connection.transaction(), asyncio.timeout(at_most_s):
            return await work()
    except asyncpg.PostgresConnectionError:
        raise
    except Exception as fault:
        if isinstance(fault, asyncpg.InterfaceError) and connection.is_closed():
            raise
        _log.exception("went wrong without harm", what=what)
        return Fault(type(fault).__name__)
