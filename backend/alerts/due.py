"""What is due of itself: how many more to ask now, and when to look again. Pure."""

from datetime import datetime, timedelta

from backend.alerts.alert import (
    CENTRE_IS_ASKED_AFTER,
    INCIDENT_TIMES_OUT_AFTER,
    SILENT_MISSION_ENDS_AFTER,
    Alert,
    AlertState,
)
from backend.alerts.decision import State
from backend.incidents.incident import Asking
from backend.selection.policy import Replace


def to_ask_now(state: State, now: datetime) -> int:
    """How many more are to be asked at this moment."""
    if state.end_reason is not None or state.asking is Asking.EXCLUDED:
        return 0
    first = min((a.wave for a in state.alerts), default=1)
    first_wave = sum(1 for a in state.alerts if a.wave == first)
    wanted = first_wave or (state.policy.at_once if state.asking is Asking.PENDING else 0)
    missing = wanted - sum(1 for a in state.alerts if not _is_replaced(state, a, now))
    if state.policy.in_total is not None:
        asked = sum(1 for a in state.alerts if a.state is not AlertState.UNREACHABLE)
        missing = min(missing, state.policy.in_total - asked)
    return max(0, missing)


def to_ask_at_a_new_place(state: State) -> int:
    """How many more the policy asks at once where the patient is now known to be, beyond those asked already."""
    if state.end_reason is not None or state.asking is Asking.EXCLUDED:
        return 0
    asked = sum(1 for a in state.alerts if a.state is not AlertState.UNREACHABLE)
    limits = [state.policy.at_once, state.policy.in_total or state.policy.at_once]
    return max(0, min(limits) - asked)


def _is_replaced(state: State, alert: Alert, now: datetime) -> bool:
    """Whether the policy asks somebody else instead of this one."""
    replace_on = state.policy.replace_on
    waiting = alert.state in (AlertState.RINGING, AlertState.MISSED)
    received = alert.id in state.received
    return (
        (Replace.UNREACHABLE in replace_on and alert.state is AlertState.UNREACHABLE)
        or (Replace.DECLINE in replace_on and alert.state is AlertState.DECLINED)
        or (Replace.GIVE_UP in replace_on and alert.state is AlertState.GAVE_UP)
        or (Replace.NO_RECEIPT in replace_on and waiting and not received and _over(alert, state.policy.receipt_s, now))
        or (Replace.SILENCE in replace_on and waiting and _over(alert, state.policy.silence_s, now))
    )


def _over(alert: Alert, seconds: int, now: datetime) -> bool:
    return alert.asked_at + timedelta(seconds=seconds) <= now


def next_look(state: State, now: datetime) -> datetime | None:
    """When the tables must be looked at again if nothing else happens; None once the incident has ended."""
    if state.end_reason is not None:
        return None
    asked_once = state.centre_asked_at is not None
    idle_for = INCIDENT_TIMES_OUT_AFTER if asked_once else CENTRE_IS_ASKED_AFTER
    moments = [state.last_event_at + idle_for]
    for alert in state.alerts:
        if alert.state is AlertState.RINGING:
            moments.append(alert.rings_until)
            for cause, seconds in (
                (Replace.NO_RECEIPT, state.policy.receipt_s),
                (Replace.SILENCE, state.policy.silence_s),
            ):
                due = alert.asked_at + timedelta(seconds=seconds)
                if cause in state.policy.replace_on and due > now:
                    moments.append(due)
        elif alert.state is AlertState.ACCEPTED:
            moments.append(alert.last_sign_at + SILENT_MISSION_ENDS_AFTER)
    return min(moments)


def choose_again_at(state: State, now: datetime) -> datetime:
    """When choosing that went wrong is tried again: after as long again as it has been so, a minute at most."""
    return now + min(max(now - state.last_event_at, timedelta(seconds=0.1)), timedelta(minutes=1))
