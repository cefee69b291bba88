"""SQL that is of no room alone."""

from datetime import datetime

from backend.foundation.database import Connection


async def database_clock(connection: Connection) -> datetime:
    """The one clock that every host shares."""
    now: datetime = await connection.fetchval("SELECT clock_timestamp()")
    return now
