"""Is this host's clock the database's?"""

import structlog

from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Database, Lane, Role
from backend.foundation.telemetry import clock_difference_seconds

EVERY_S = 10.0
LIMIT_S = 0.25  # beyond it this process is not ready; incidents are taken all the same

_log = structlog.get_logger()


async def compare(database: Database, clock: Clock) -> float:
    """Host minus database in seconds, measured at the middle of the question; leaves it as a metric."""
    async with database.acting_as(Actor(Role.WORKER), Lane.REST) as connection:
        before = clock.now()
        theirs = await connection.fetchval("SELECT clock_timestamp()")
        after = clock.now()
    difference_s = (before + (after - before) / 2 - theirs).total_seconds()
    clock_difference_seconds.set(difference_s)
    if abs(difference_s) > LIMIT_S:
        _log.error("clock_differs_from_database", seconds=round(difference_s, 3))
    return float(difference_s)
