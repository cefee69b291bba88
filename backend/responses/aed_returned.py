"""After the mission: the defibrillator hangs in its place again."""

from datetime import datetime

from backend.aeds import condition
from backend.foundation.database import Connection
from backend.foundation.ids import AlertId, VolunteerId
from backend.foundation.problems import Problem
from backend.responses import queries
from backend.responses.answer import own_alert
from backend.responses.status import Status


async def aed_returned(connection: Connection, alert_id: AlertId, volunteer_id: VolunteerId, now: datetime) -> None:
    """Whoever picked it up says that it is back: it is offered again. Said twice it does no harm.

    Raises a 409 problem for somebody who did not pick one up on this mission.
    """
    alert = await own_alert(connection, alert_id, volunteer_id)
    told = {row.status for row in await queries.statuses(connection, [alert_id])}
    if alert.aed_id is None or Status.AED_PICKED_UP not in told:
        raise Problem(409, "no-aed", "No defibrillator is yours", "You picked no defibrillator up on this mission.")
    await condition.reported_back(connection, alert.aed_id, now)
