"""What a timer is about: look at the incident again, and do what is due."""

import structlog

from backend.alerts import duplicates, queries
from backend.alerts.decision import Event, Tick
from backend.alerts.decision import State as Known
from backend.alerts.take import NoSuchIncident, take
from backend.foundation import timers
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Database, Lane, Role, enter
from backend.foundation.ids import AlertId, IncidentId
from backend.foundation.timers import Timer
from backend.incidents import queries as incident_queries
from backend.incidents.incident import Incident, State

WORKER = Actor(Role.WORKER)
CHOOSING_TAKES_AT_MOST_S = 2.0  # nobody waits for this answer; yet the incident's lock is held
_log = structlog.get_logger()


async def look_again(database: Database, timer: Timer, clock: Clock) -> None:
    """Handle a due timer in a transaction of its own: run twice, or late, it does no more than is due.

    The timer's subject is an incident, or an alert whose message delivery could bring nowhere.
    """
    async with database.acting_as(WORKER, Lane.ALERTS) as connection:
        incident_id = await queries.incident_of(connection, AlertId(timer.subject_id)) or IncidentId(timer.subject_id)
        centre_id = await incident_queries.centre_of(connection, incident_id)
        if centre_id is None:  # it concerns no incident
            await timers.take(connection, timer)
            return
        await enter(connection, centre_id)
        incident = await incident_queries.lock(connection, incident_id)
        if not await timers.take(connection, timer) or incident is None:
            return
        if timer.reason == duplicates.COMPARE:
            if incident.state is State.OPEN:
                await duplicates.mark(connection, WORKER, incident, clock.now())
            return
        try:
            await take(connection, WORKER, incident_id, _tick, clock.now(), CHOOSING_TAKES_AT_MOST_S)
        except NoSuchIncident:
            _log.warning("a timer's incident is gone", subject=str(timer.subject_id))


async def _tick(_incident: Incident, _known: Known) -> Event:
    return Tick()
