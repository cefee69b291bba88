"""The place or address is known better now: who stays, who is let go, who is asked there. Pure."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from backend.alerts import due
from backend.alerts.alert import LIVE, NEARER_ONES_ASKED, OUT_OF_REACH, Alert, AlertState, moved
from backend.alerts.closing import closed
from backend.alerts.decision import (
    REVISION,
    STAND_DOWN,
    Afresh,
    Decision,
    Effect,
    FreeAed,
    MoveAlert,
    Release,
    Revise,
    State,
    StopMessages,
    Tell,
    Write,
)
from backend.foundation.journal import Event as Journal


def on_revise(state: State, event: Revise, now: datetime) -> Decision:
    """Everybody who stays is told; by a place that moved they are ranked anew.

    Out of reach of it, or over the water from it, is let go, on the way or not. Whoever only rings makes room for
    somebody nearer, but nobody is swapped for less than what counts as exact. A place too coarse to be exact lets
    nobody go.
    """
    effects: list[Effect] = []
    let_go = 0
    furthest_m = _furthest_m(state, event)
    for alert in state.alerts:
        if alert.state not in LIVE:
            continue
        afresh = event.afresh.get(alert.volunteer_id)
        reason = None if afresh is None else _why_let_go(state, alert, afresh, furthest_m)
        if afresh is None or reason is None:
            effects += _told(state, alert, afresh)
        else:
            effects += _let_go(alert, afresh, reason, now)
            let_go += 1
    return closed(state, effects, now, due.to_ask_at_a_new_place(state) + let_go if event.moved else 0)


def _why_let_go(state: State, alert: Alert, afresh: Afresh, furthest_m: float | None) -> str | None:
    if state.uncertain_m or alert.arrived_at is not None:
        return None
    if afresh.metres > _let_go_beyond_m(state, alert) or afresh.over_water:
        return OUT_OF_REACH
    rings_too_far = alert.state is AlertState.RINGING and furthest_m is not None and afresh.metres > furthest_m
    return NEARER_ONES_ASKED if rings_too_far else None


def _let_go_beyond_m(state: State, alert: Alert) -> float:
    """Whoever goes already is not let go for less than what counts as exact, nor for what they went in spite of."""
    if alert.state is not AlertState.ACCEPTED:
        return state.reach_m
    went_from_m = (alert.way_m or alert.metres) if alert.left_reach else 0
    return max(state.reach_m, went_from_m) + state.policy.coarse_radius_m


def _furthest_m(state: State, event: Revise) -> float | None:
    """Beyond this somebody who only rings makes room; None: nobody has to."""
    ringing = [
        event.afresh[alert.volunteer_id]
        for alert in state.alerts
        if alert.state is AlertState.RINGING and alert.volunteer_id in event.afresh
    ]
    can_come = [each.metres for each in ringing if not each.over_water]
    if not event.moved or not can_come:
        return None
    room = len(ringing) + due.to_ask_at_a_new_place(state)
    return sorted([*can_come, *event.nearest])[:room][-1] + state.policy.coarse_radius_m


def _told(state: State, alert: Alert, afresh: Afresh | None) -> Iterator[Effect]:
    if afresh is not None:
        way_m = afresh.way_m if alert.state is AlertState.ACCEPTED else alert.way_m
        alert = msgspec.structs.replace(alert, metres=afresh.metres, way_m=way_m)
        yield MoveAlert(alert)
    yield Tell(alert, REVISION, None)
    if alert.state is AlertState.ACCEPTED:
        yield Write(Journal.ADDRESS_DISCLOSED, alert, {"revision": state.revision})


def _let_go(alert: Alert, afresh: Afresh, reason: str, now: datetime) -> Iterator[Effect]:
    to = AlertState.STOOD_DOWN if alert.state is AlertState.ACCEPTED else AlertState.WITHDRAWN
    event = Journal.STOOD_DOWN if alert.state is AlertState.ACCEPTED else Journal.ALERT_WITHDRAWN
    gone = msgspec.structs.replace(moved(alert, to, now, reason), metres=afresh.metres)
    yield MoveAlert(gone)
    yield StopMessages(alert.id)
    if alert.state is AlertState.ACCEPTED:
        yield FreeAed(alert.volunteer_id)
    yield Release(alert.volunteer_id)
    yield Tell(gone, STAND_DOWN, reason)
    yield Write(event, alert, {"reason": reason})
