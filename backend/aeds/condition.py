"""What is reported of a defibrillator. Each returns False when there is no such one."""

from datetime import datetime

from backend.aeds import queries
from backend.aeds.aed import Condition, Trouble
from backend.foundation.database import Connection
from backend.foundation.ids import AedId


async def picked_up(connection: Connection, aed_id: AedId, now: datetime) -> bool:
    """Somebody carries it: not offered until it was reported back or confirmed."""
    return await queries.set_condition(connection, aed_id, Condition.PICKED_UP, now)


async def reported_back(connection: Connection, aed_id: AedId, now: datetime) -> bool:
    """It hangs in its place again; earlier complaints about it stay. Whoever is sent for it keeps it to their end."""
    return await queries.set_condition(connection, aed_id, Condition.IN_PLACE, now)


async def report_problem(connection: Connection, aed_id: AedId, problem: Trouble, now: datetime) -> bool:
    """A volunteer stands before it in vain: it is free of its reservation, not offered, and less reliable from now on.

    Not there or dead: until somebody confirms it. Locked: for `queries.LOCKED_FOR`.
    """
    await queries.free_aed(connection, aed_id)
    return await queries.count_problem(connection, aed_id, problem, now)


async def confirm(connection: Connection, aed_id: AedId, now: datetime) -> bool:
    """Somebody who knows says that it is in its place and works: everything reported before is settled.

    Nobody loses one they are on the way to by that: it is theirs until their mission ends.
    """
    return await queries.confirm(connection, aed_id, now)
