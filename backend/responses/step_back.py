"""Going off duty or leaving: what rings stops ringing, in the same transaction."""

from datetime import datetime

from backend.alerts import queries as alert_queries
from backend.alerts.alert import AlertState
from backend.alerts.apply import Contended
from backend.foundation.database import Actor, Connection
from backend.foundation.ids import VolunteerId
from backend.responses import queries
from backend.responses.answer import decline


async def step_back(connection: Connection, actor: Actor, volunteer_id: VolunteerId, now: datetime) -> None:
    """Whatever rings for this volunteer is declined; a mission goes on, it has to be finished or given up.

    Call it before the volunteer's own rows are written: an incident is locked before a volunteer.
    """
    incident_id = await queries.engaged_with(connection, volunteer_id)
    if incident_id is None:
        return
    for alert in await alert_queries.of_incident(connection, incident_id):
        if alert.volunteer_id == volunteer_id and alert.state is AlertState.RINGING:
            await decline(connection, actor, alert.id, volunteer_id, now)


async def nothing_rings(connection: Connection, volunteer_id: VolunteerId) -> None:
    """Call it after the volunteer's own rows were written, which no alarm passes: what began to ring before is there.

    Raises Contended for an alarm that began between :func:`step_back` and that: the transaction begins anew, and steps
    back from it, too.
    """
    if await queries.rings(connection, volunteer_id):
        raise Contended


async def nothing_engages(connection: Connection, volunteer_id: VolunteerId) -> None:
    """As :func:`nothing_rings`, where a mission has ended before as well."""
    if await queries.rings_or_runs(connection, volunteer_id):
        raise Contended
