"""Somebody whom an alarm has held for long is let go by a person: decided like the rest, under the incident's lock.

Of itself a mission without a sign of life ends after 90 minutes. Whoever closes the app goes on being asked for nothing
until then, and a fault could hold somebody for longer.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from backend.alerts import queries_held
from backend.alerts.alert import LIVE, AlertState
from backend.alerts.apply import apply
from backend.alerts.decision import Effect, Event, Finish, FreeAed, Release, State, Tick, Write
from backend.alerts.queries_held import Held, Whose
from backend.alerts.take import load, take
from backend.foundation.database import Actor, Connection
from backend.foundation.ids import AlertId, CentreId
from backend.foundation.journal import Event as Journal
from backend.foundation.problems import not_found
from backend.incidents import queries as incident_queries
from backend.incidents.incident import Incident

RINGS_AT_MOST = timedelta(minutes=10)
MISSION_LASTS = timedelta(minutes=60)
"""Longer than usual: an ambulance is there within minutes, and who goes on for an hour mostly forgot. Ours ††."""
AT_MOST = 200
RELEASED = "released_by_staff"


async def held(connection: Connection, centre_id: CentreId, now: datetime) -> list[Held]:
    """Those whom a centre's alarms have held for longer than usual, the longest first; at most AT_MOST."""
    return await queries_held.held(connection, centre_id, now - RINGS_AT_MOST, now - MISSION_LASTS, AT_MOST)


async def let_go(connection: Connection, actor: Actor, centre_id: CentreId, alert_id: AlertId, now: datetime) -> bool:
    """Whether they are free of it now; False while it still rings. Said twice it does no harm.

    The mission ends as one without a sign of life: the place counts as filled, nobody is asked in their stead.
    Raises 404 for an alert that is not the centre's.
    """
    whose = await queries_held.whose(connection, centre_id, alert_id)
    if whose is None:
        raise not_found("alert")
    if not whose.held:
        return True

    async def event(_incident: Incident, state: State) -> Event:
        going = state.alert_of(whose.volunteer_id).state is AlertState.ACCEPTED
        return Finish(whose.volunteer_id, RELEASED) if going else Tick()

    await take(connection, actor, whose.incident_id, event, now)
    then = await queries_held.whose(connection, centre_id, alert_id)
    if then is None or not then.held:
        return True
    return await _let_go_of_what_is_left(connection, actor, whose, now)


async def _let_go_of_what_is_left(connection: Connection, actor: Actor, whose: Whose, now: datetime) -> bool:
    """Of somebody whose alert is over and who is held all the same: a fault of ours, put right and written down."""
    incident = await incident_queries.lock(connection, whose.incident_id)
    if incident is None:
        return False
    effects = left_over(await load(connection, incident, now), whose)
    await apply(connection, actor, incident, effects, now)
    return bool(effects)


def left_over(state: State, whose: Whose) -> Sequence[Effect]:
    """Nothing while the alert rings or goes on: then there is something that holds them."""
    alert = state.alert_of(whose.volunteer_id)
    if alert.state in LIVE:
        return ()
    return (
        FreeAed(whose.volunteer_id),
        Release(whose.volunteer_id),
        Write(Journal.MISSION_ENDED, alert, {"reason": RELEASED}),
    )
