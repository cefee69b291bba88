"""How a mission goes, as the volunteer tells it."""

from datetime import datetime

from backend.aeds import condition
from backend.alerts import queries as alert_queries
from backend.alerts.alert import Alert, AlertState
from backend.alerts.decision import Event, Finish, State
from backend.alerts.take import take
from backend.foundation.database import Actor, Connection, enter
from backend.foundation.ids import AlertId, VolunteerId
from backend.foundation.journal import Event as Journal
from backend.foundation.journal import Happening
from backend.foundation.problems import Problem
from backend.incidents import queries as incident_queries
from backend.incidents.incident import Incident
from backend.incidents.record import record
from backend.responses import queries
from backend.responses.answer import own_alert
from backend.responses.refusal import ended
from backend.responses.status import Status, is_taken


async def tell_status(
    connection: Connection,
    actor: Actor,
    alert_id: AlertId,
    volunteer_id: VolunteerId,
    status: Status,
    happened_at: datetime,
    now: datetime,
) -> None:
    """How the mission goes. `happened_at` is on our clock. Told twice, the first counts.

    Raises a 409 problem before accepting, a 410 problem for what comes too late.
    """
    asked = await own_alert(connection, alert_id, volunteer_id)
    incident_id = asked.incident_id
    await enter(connection, asked.centre_id)
    incident = await incident_queries.lock(connection, incident_id)
    alert = await own_alert(connection, alert_id, volunteer_id)  # again, now that nobody can change it
    if incident is None:
        return
    if status in {told.status for told in await queries.statuses(connection, [alert_id])}:
        if alert.state is AlertState.ACCEPTED:
            await _take_aed(connection, alert, status, now)  # the second one, where the first was dead
        return
    if alert.place is None:
        raise Problem(409, "not-on-mission", "Not on this mission", "Accept the alarm before telling how it goes.")
    if not is_taken(happened_at, alert.ended_at, now):
        raise ended(alert.reason or alert.state.value)
    await queries.insert_status(connection, alert_id, alert.centre_id, status, happened_at, now)
    await alert_queries.sign_of_life(connection, alert_id, now)
    if status in (Status.ON_SCENE, Status.WITH_PATIENT):
        await alert_queries.arrived(connection, alert_id, now)
    await _take_aed(connection, alert, status, now)
    facts = {"alert": str(alert_id), "volunteer": alert.pseudonym, "status": status.value}
    late_s = round((now - happened_at).total_seconds())
    await record(connection, actor, incident, [Happening(Journal.STATUS, {**facts, "told_after_s": late_s})], now)
    if status is Status.FINISHED and alert.state is AlertState.ACCEPTED:

        async def event_of(_incident: Incident, _state: State) -> Event:
            return Finish(volunteer_id, Status.FINISHED.value)

        await take(connection, actor, incident_id, event_of, now)
    await alert_queries.tell_phones(connection, [volunteer_id])


async def _take_aed(connection: Connection, alert: Alert, status: Status, now: datetime) -> None:
    if status is Status.AED_PICKED_UP and alert.aed_id is not None:
        await condition.picked_up(connection, alert.aed_id, now)
