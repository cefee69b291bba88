"""The synthetic alarm's rows go when their time is over: 1,440 incidents a day with everything that hangs on them.

Soon, because its phone is told all its alerts at each change, as every app is.
"""

from datetime import datetime, timedelta

from backend.alerts import queries_synthetic as alerts
from backend.delivery import queries_settle as deliveries
from backend.foundation import journal, timers
from backend.foundation.database import Connection
from backend.incidents import queries_synthetic as incidents
from backend.incidents import queries_viewed as views
from backend.responses import queries as responses
from backend.selection import queries as selection

KEPT_FOR = timedelta(hours=1)
AT_ONCE = 200


async def forget(connection: Connection, now: datetime) -> int:
    """Remove the oldest that ended an hour ago; how many. Nothing of another kind can go this way."""
    ids = await incidents.ended_before(connection, now - KEPT_FOR, AT_ONCE)
    if not ids:
        return 0
    await responses.forget_synthetic(connection, ids)
    gone = await alerts.forget(connection, ids)
    await deliveries.forget_synthetic(connection, gone)
    await selection.forget_synthetic(connection, ids)
    for subject in (*ids, *gone):
        await timers.forget(connection, subject)
    await views.forget_synthetic(connection, ids)
    await journal.forget_synthetic(connection, ids)
    return await incidents.forget(connection, ids)
