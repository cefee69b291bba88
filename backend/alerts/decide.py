"""Every rule of asking and answering: ``decide(state, event, now) -> Decision``. No I/O, no clock, no chance inside.

Production, property tests and simulations run this code.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import assert_never

import msgspec

from backend.alerts import due
from backend.alerts.alert import (
    ANSWERABLE,
    CENTRE_IS_ASKED_AFTER,
    INCIDENT_TIMES_OUT_AFTER,
    LIVE,
    NO_ANSWER,
    NO_CHANNEL_ACCEPTED,
    OUTAGE,
    SILENT_MISSION_ENDS_AFTER,
    Alert,
    AlertState,
    moved,
)
from backend.alerts.closing import NOTHING, closed, mission_over
from backend.alerts.decision import (
    Accept,
    Answer,
    AnswerKind,
    AskCentre,
    AskMore,
    Decision,
    Decline,
    Effect,
    End,
    EndIncident,
    Event,
    FetchableAed,
    Finish,
    FreeAed,
    GiveUp,
    LoseAed,
    MoveAlert,
    Release,
    ReportAed,
    ReserveAed,
    Revise,
    Say,
    StandDownOne,
    StartMission,
    State,
    StopMessages,
    Tick,
    Widen,
    Write,
)
from backend.alerts.on_request import on_request, stood_down
from backend.alerts.places import best_aed, next_place, role_for
from backend.alerts.rerank import on_revise
from backend.foundation.journal import Event as Journal
from backend.foundation.journal import Fact
from backend.incidents.incident import EndReason
from backend.selection.policy import Role


def decide(state: State, event: Event, now: datetime) -> Decision:
    """What follows from an event, given everything known about the incident. Effects are to be written in order."""
    match event:
        case Accept():
            return _on_accept(state, event, now)
        case Decline():
            return _on_decline(state, event, now)
        case GiveUp():
            return _on_give_up(state, event, now)
        case LoseAed():
            return _on_lost_aed(state, event, now)
        case Finish():
            return _on_finish(state, event, now)
        case Revise():
            return on_revise(state, event, now)
        case End():
            return Decision(tuple(_end(state, event.reason, now)), NOTHING)
        case Tick():
            return _on_tick(state, now)
        case StandDownOne() | AskMore() | Say():
            return on_request(state, event, now)
        case _:
            assert_never(event)


# --- answers -----------------------------------------------------------------------------------------------------


def _on_accept(state: State, event: Accept, now: datetime) -> Decision:
    alert = state.alert_of(event.volunteer_id)
    if alert.state is AlertState.ACCEPTED:
        return Decision((), Answer(AnswerKind.DONE))
    if state.end_reason is not None or alert.state not in ANSWERABLE:
        return Decision((), _over(state, alert))
    if event.engaged_elsewhere:
        return Decision((), Answer(AnswerKind.ENGAGED_ELSEWHERE))
    place = next_place(state.alerts)
    limit = state.policy.accept_limit
    if limit is not None and place > limit:
        return _thanked(alert, now)
    role, aed = role_for(state, alert, place, event.aeds)
    accepted = msgspec.structs.replace(
        moved(alert, AlertState.ACCEPTED, now),
        answered_at=now,
        place=place,
        left_reach=event.direct_m is not None and event.direct_m > state.reach_m,
        way_m=_way_m(alert, event.direct_m, aed),
        role=role,
        aed_id=None if aed is None else aed.aed_id,
        last_sign_at=now,
    )
    effects: list[Effect] = [StartMission(alert.volunteer_id)]
    if aed is not None:
        # Before the alert names it: whoever is second finds it reserved, and is decided about again.
        effects.append(ReserveAed(alert.volunteer_id, aed.aed_id))
    effects += [
        MoveAlert(accepted),
        StopMessages(alert.id),
        Write(Journal.ACCEPTED, alert, _facts_of(accepted) | {"late": alert.state is not AlertState.RINGING}),
        Write(Journal.ADDRESS_DISCLOSED, alert, {"revision": state.revision}),
    ]
    return closed(state, effects, now)


def _facts_of(accepted: Alert) -> dict[str, Fact]:
    """What replaying the journal needs of a yes."""
    aed = None if accepted.aed_id is None else str(accepted.aed_id)
    return {"place": accepted.place, "role": accepted.role, "aed": aed}


def _over(state: State, alert: Alert) -> Answer:
    """Why it is over: for this person where it is, else (missed, declined, never reached) for everybody."""
    own = None if alert.state in ANSWERABLE else alert.reason
    return Answer(AnswerKind.ENDED, own or state.end_reason or alert.state.value)


def _way_m(alert: Alert, direct_m: float | None, aed: FetchableAed | None) -> int:
    """How far somebody has to go; where their position is not known any more, as far as it was when they were found."""
    if aed is not None:
        return round(aed.way_m)
    return alert.metres if direct_m is None else round(direct_m)


def _thanked(alert: Alert, now: datetime) -> Decision:
    """A yes that finds no place is thanked and stood down."""
    reason = EndReason.ENOUGH_HELPERS.value
    effects: list[Effect] = [
        MoveAlert(msgspec.structs.replace(moved(alert, AlertState.STOOD_DOWN, now, reason), answered_at=now)),
        StopMessages(alert.id),
        Release(alert.volunteer_id),
        Write(Journal.TOO_LATE, alert, {"reason": reason}),
    ]
    return Decision(tuple(effects), Answer(AnswerKind.NO_PLACE_LEFT, reason))


def _on_decline(state: State, event: Decline, now: datetime) -> Decision:
    alert = state.alert_of(event.volunteer_id)
    if alert.state is AlertState.ACCEPTED:
        return Decision((), Answer(AnswerKind.ALREADY_GOING))
    if alert.state is AlertState.DECLINED:
        return Decision((), NOTHING)
    if state.end_reason is not None or alert.state not in ANSWERABLE:
        return Decision((), _over(state, alert))
    declined = msgspec.structs.replace(moved(alert, AlertState.DECLINED, now), answered_at=now)
    effects: list[Effect] = [
        MoveAlert(declined),
        StopMessages(alert.id),
        Release(alert.volunteer_id),
        Write(Journal.DECLINED, alert, {}),
    ]
    return closed(state, effects, now)


def _on_give_up(state: State, event: GiveUp, now: datetime) -> Decision:
    alert = state.alert_of(event.volunteer_id)
    if alert.state is AlertState.GAVE_UP:
        return Decision((), NOTHING)
    if alert.state is not AlertState.ACCEPTED:
        return Decision((), _over(state, alert))
    effects: list[Effect] = [
        MoveAlert(moved(alert, AlertState.GAVE_UP, now, event.reason)),
        StopMessages(alert.id),
        FreeAed(alert.volunteer_id),
        Release(alert.volunteer_id),
        Write(Journal.GAVE_UP, alert, {"reason": event.reason, "place": alert.place}),
    ]
    return closed(state, effects, now)


def _on_finish(state: State, event: Finish, now: datetime) -> Decision:
    alert = state.alert_of(event.volunteer_id)
    if alert.state is not AlertState.ACCEPTED:
        return Decision((), NOTHING)
    return closed(state, list(mission_over(alert, AlertState.FINISHED, event.reason, now)), now)


def _on_lost_aed(state: State, event: LoseAed, now: datetime) -> Decision:
    """The defibrillator is not there, locked or dead: the next open one is named, or the volunteer goes direct."""
    alert = state.alert_of(event.volunteer_id)
    if alert.state is not AlertState.ACCEPTED:
        return Decision((), _over(state, alert))
    if event.which is not None and event.which != alert.aed_id:
        return Decision((), NOTHING)  # told again: another one, or none, has been named since
    if alert.role is not Role.AED or alert.aed_id is None:
        return Decision((), Answer(AnswerKind.NO_AED_TO_LOSE))
    others = [option for option in event.aeds if option.aed_id != alert.aed_id]
    next_aed = best_aed(state, alert, others)
    role = Role.DIRECT if next_aed is None else Role.AED
    changed = msgspec.structs.replace(
        alert,
        role=role,
        aed_id=None if next_aed is None else next_aed.aed_id,
        way_m=None if next_aed is None else round(next_aed.way_m),
        last_sign_at=now,
    )
    effects: list[Effect] = [ReportAed(alert.aed_id, event.problem)]
    if next_aed is not None:
        effects.append(ReserveAed(alert.volunteer_id, next_aed.aed_id))
    effects += [
        MoveAlert(changed),
        Write(Journal.AED_PROBLEM, alert, {"aed": str(alert.aed_id), "problem": event.problem.value}),
    ]
    if next_aed is None:
        effects.append(Write(Journal.ROLE_CHANGED, alert, {"role": role.value}))
    else:
        effects.append(Write(Journal.AED_ASSIGNED, alert, {"aed": str(next_aed.aed_id)}))
    return closed(state, effects, now)


# --- time passing ------------------------------------------------------------------------------------------------


def _on_tick(state: State, now: datetime) -> Decision:
    """Re-derive everything that is due from the tables: safe to run at any moment, and twice."""
    if state.end_reason is not None:
        return Decision((), NOTHING)
    if state.last_event_at + INCIDENT_TIMES_OUT_AFTER <= now:
        return Decision(tuple(_end(state, EndReason.TIMED_OUT, now)), NOTHING)
    effects: list[Effect] = []
    for alert in state.alerts:
        effects += _what_became_of(state, alert, now)
    if state.centre_asked_at is None and state.last_event_at + CENTRE_IS_ASKED_AFTER <= now:
        effects.append(AskCentre())
    widens_at = due.widens_at(state)
    if widens_at is not None and widens_at <= now:
        wider = msgspec.structs.replace(state, reach_step=state.reach_step + 1)
        effects.append(Widen(wider.reach_step, wider.reach_m))
    return closed(state, effects, now)


def _what_became_of(state: State, alert: Alert, now: datetime) -> Iterator[Effect]:
    if alert.state is AlertState.RINGING and alert.rings_until <= now:
        yield MoveAlert(moved(alert, AlertState.MISSED, now, _why_missed(state, alert)))
        yield StopMessages(alert.id)
        yield Release(alert.volunteer_id)
        received = alert.id in state.received
        yield Write(Journal.ALERT_MISSED, alert, {"received": received, "reason": _why_missed(state, alert)})
    elif alert.state is AlertState.RINGING and alert.id in state.unreached:
        yield MoveAlert(moved(alert, AlertState.UNREACHABLE, now, NO_CHANNEL_ACCEPTED))
        yield StopMessages(alert.id)
        yield Release(alert.volunteer_id)
        yield Write(Journal.ALERT_UNREACHABLE, alert, {})
    elif alert.state is AlertState.ACCEPTED and alert.last_sign_at + SILENT_MISSION_ENDS_AFTER <= now:
        yield from mission_over(alert, AlertState.FINISHED, "no_sign_of_life", now)
    else:
        unheard_at = due.unheard_at(state, alert)
        if unheard_at is not None and unheard_at <= now:
            yield MoveAlert(msgspec.structs.replace(alert, unheard_revision=state.revision))
            yield Write(Journal.REVISION_UNHEARD, alert, {"revision": state.revision})


def _why_missed(state: State, alert: Alert) -> str:
    if alert.id in state.untried:
        return OUTAGE
    return NO_CHANNEL_ACCEPTED if alert.id in state.unaccepted else NO_ANSWER


# --- the end -----------------------------------------------------------------------------------------------------


def _end(state: State, reason: EndReason, now: datetime) -> Iterator[Effect]:
    """Everybody still ringing or going is stopped, told why, and freed."""
    if state.end_reason is not None:
        return
    for alert in state.alerts:
        if alert.state in LIVE:
            yield from stood_down(alert, reason.value, now)
    yield EndIncident(reason)
