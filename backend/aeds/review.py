"""What somebody who looks after defibrillators says of one: it hangs there and works, or it is gone. Journalled."""

from datetime import datetime
from enum import StrEnum

from backend.aeds import condition, queries_review
from backend.foundation.database import Actor, Connection
from backend.foundation.ids import AedId
from backend.foundation.journal import Event, Happening, write_outside_incidents


class Finding(StrEnum):
    IN_PLACE = "in_place"  # and works: everything reported before is settled
    GONE = "gone"  # not to be offered; should its source list it again, it is to be reviewed again


async def settle(connection: Connection, actor: Actor, aed_id: AedId, finding: Finding, now: datetime) -> bool:
    """False where there is no such one; and to mark one gone that is, or that somebody is on the way to fetch."""
    if finding is Finding.IN_PLACE:
        done = await condition.confirm(connection, aed_id, now)
    else:
        done = await queries_review.mark_gone(connection, aed_id, now)
    if done:
        facts = Happening(Event.AED_REVIEWED, {"aed": str(aed_id), "finding": finding.value})
        await write_outside_incidents(connection, actor, facts, now)
    return done
