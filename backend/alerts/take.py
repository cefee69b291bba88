"""Taking a decision about one incident: lock, load, decide, write, promise the next look."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import msgspec

from backend.alerts import queries
from backend.alerts.alert import AlertState
from backend.alerts.apply import CHOOSING_TAKES_AT_MOST_S, LOOK_AGAIN, Applied, Contended, apply
from backend.alerts.decide import decide
from backend.alerts.decision import Answer, Event, State, after, uncertain_m
from backend.alerts.due import choose_again_at, next_look
from backend.delivery import reach
from backend.foundation import timers
from backend.foundation.database import Actor, Connection
from backend.foundation.harmless import Fault, without_harm
from backend.foundation.ids import AlertId, IncidentId
from backend.incidents import queries as incident_queries
from backend.incidents.incident import Asking, Incident
from backend.incidents.incident import State as IncidentState
from backend.selection.policy import read_policy

# How often a decision is taken anew when another alarm was faster. Each round sees what the other one wrote.
_ROUNDS = 4


class NoSuchIncident(Exception):
    pass


async def take(
    connection: Connection,
    actor: Actor,
    incident_id: IncidentId,
    event_of: Callable[[Incident, State], Awaitable[Event]],
    now: datetime,
    choosing_s: float = CHOOSING_TAKES_AT_MOST_S,
) -> Answer:
    """Lock the incident, make the event from what is known, decide, and write what follows.

    `event_of` reads what the event needs beside the state (free defibrillators, other engagements); it is called anew
    when another alarm took a volunteer or a defibrillator in between. Raises NoSuchIncident, or Contended when
    that happens again and again.
    """
    incident = await incident_queries.lock(connection, incident_id)
    if incident is None:
        raise NoSuchIncident
    state = await load(connection, incident, now)
    for _ in range(_ROUNDS):
        decision = decide(state, await event_of(incident, state), now)
        try:
            async with connection.transaction():
                applied = await apply(connection, actor, incident, decision.effects, now, choosing_s)
        except Contended:
            continue
        then = after(state, decision.effects, now)
        again = choose_again_at(then, now) if applied.choosing_failed else None
        await promise_next_look(connection, _with(then, applied), now, again)
        return decision.answer
    raise Contended


def _with(state: State, applied: Applied) -> State:
    asked = {alert.id for alert in applied.asked}  # somebody who was let go may ring again
    alerts = tuple(alert for alert in state.alerts if alert.id not in asked) + applied.asked
    if applied.lacking is None:  # nobody was looked for, or looking failed
        return msgspec.structs.replace(state, alerts=alerts)
    asking = Asking.ASKED if alerts else Asking.NOBODY_IN_REACH
    return msgspec.structs.replace(state, alerts=alerts, asking=asking, lacking=applied.lacking)


async def promise_next_look(connection: Connection, state: State, now: datetime, or_at: datetime | None = None) -> None:
    """Set the incident's one timer to the next moment something is due of itself, `or_at` if sooner."""
    look = next_look(state, now)
    if look is not None:
        look = min(look, or_at or look)
        await timers.set_timer(connection, state.incident_id, LOOK_AGAIN, look, now)


async def load(connection: Connection, incident: Incident, now: datetime) -> State:
    """Everything a decision may look at, of an incident whose lock is held."""
    alerts = await queries.of_incident(connection, incident.id)
    ringing = [alert.id for alert in alerts if alert.state is AlertState.RINGING]
    going = [alert.id for alert in alerts if alert.state is AlertState.ACCEPTED]
    over = [alert.id for alert in alerts if alert.state is AlertState.RINGING and alert.rings_until <= now]
    unanswered = any(alert.state in (AlertState.RINGING, AlertState.MISSED) for alert in alerts)
    received = set(await queries.received(connection, incident.id)) if unanswered else set()
    # Whose phone showed a newer word about it knows of the alarm, whatever became of the ring.
    unreached = (await reach.unreached(connection, ringing, now) if ringing else set()) - received
    tried = {AlertId(a): was for a, was in (await reach.unaccepted(connection, over)).items() if a not in received}
    in_hand = await _in_hand(connection, incident) if going else []
    unheard = await reach.unheard(connection, going) if going else {}
    return State(
        incident_id=incident.id,
        asking=incident.asking,
        policy=read_policy(incident.policy),
        revision=incident.revision,
        last_event_at=incident.last_event_at,
        centre_asked_at=incident.centre_asked_at,
        end_reason=incident.end_reason if incident.state is IncidentState.ENDED else None,
        alerts=tuple(alerts),
        opened_at=incident.opened_at,
        reach_step=incident.reach_step,
        reach_since=incident.reach_since,
        wanted=incident.wanted,
        lacking=incident.lacking,
        wished=incident.wished,
        uncertain_m=uncertain_m(incident),
        unreached=frozenset(AlertId(subject) for subject in unreached),
        unaccepted=frozenset(tried),
        untried=frozenset(alert_id for alert_id, was_tried in tried.items() if not was_tried),
        received=frozenset(received),
        in_hand=frozenset(in_hand),
        unheard={AlertId(subject): since for subject, since in unheard.items()},
    )


async def _in_hand(connection: Connection, incident: Incident) -> list[AlertId]:
    """No answer waits for the list of defibrillators: where reading it goes wrong, nobody counts as having one."""

    async def look() -> list[AlertId]:
        return await queries.in_hand(connection, incident.id)

    found = await without_harm(connection, look, "looking who has a defibrillator in hand", CHOOSING_TAKES_AT_MOST_S)
    return [] if isinstance(found, Fault) else found
