"""Putting the list of who saw what together; that it was asked for is written down, too."""

from datetime import datetime
from uuid import UUID

from backend.foundation import journal
from backend.foundation.database import Actor, Connection
from backend.foundation.journal import Event, Fact, Happening
from backend.rights import queries_exposed
from backend.rights.exposed import Exposure, added_up


async def list_exposed(
    connection: Connection,
    actor: Actor,
    since: datetime,
    until: datetime,
    centre_id: UUID | None,
    caller_id: UUID | None,
    by: str,
    now: datetime,
) -> Exposure:
    """From `since` until before `until`, of every centre or one, by every caller or one. `by`: the operator's sign."""
    seen = await queries_exposed.viewed(connection, since, until, centre_id, caller_id)
    seen += await queries_exposed.disclosed(connection, since, until, centre_id, caller_id)
    facts: dict[str, Fact] = {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "centre": None if centre_id is None else str(centre_id),
        "caller": None if caller_id is None else str(caller_id),
        "by": by,
        "lines": len(seen),
    }
    await journal.write_outside_incidents(connection, actor, Happening(Event.EXPOSURE_LISTED, facts), now)
    return added_up(since, until, seen)
