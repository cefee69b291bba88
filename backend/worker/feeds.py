"""Do dispatch systems still speak? Silence is told once, and shown as a figure for as long as it lasts."""

import structlog

from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Database, Lane, Role
from backend.foundation.telemetry import feed_silent_seconds
from backend.regions import feeds

LOOK_EVERY_S = 5.0

_log = structlog.get_logger()


async def look(database: Database, clock: Clock) -> float:
    """One look at every feed; gives when the next is due."""
    async with database.acting_as(Actor(Role.WORKER), Lane.REST) as connection:
        found = await feeds.notice(connection, clock.now())
    feed_silent_seconds.clear()  # a centre that is no more, or a feed the operator forgot, leaves no figure behind
    for feed in found.standing:
        feed_silent_seconds.labels(feed.centre, feed.kind.value).set(feed.silent_s)
    for centre_id in found.fell_silent:
        _log.error("feed_silent", centre=str(centre_id))
    for centre_id in found.heard_again:
        _log.info("feed_heard", centre=str(centre_id))
    return LOOK_EVERY_S
