"""What is due of itself: how many more to ask now, how far, who goes direct, and when to look again. Pure."""

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
from backend.selection.policy import Replace, Role

REPLACED_AFTER_AN_OUTAGE_FOR = timedelta(minutes=5)
"""So long after it began to ask, whom an outage kept from being asked is replaced (ours): later the ambulance is there,
and hundreds of alarms would be rung at once beside the fresh one."""
BUSY_LOOKED_AT_EVERY = timedelta(seconds=10)
BUSY_LOOKED_AT_FOR = timedelta(minutes=10)
"""So often and so long after it began to ask whoever rang or ran elsewhere is looked at again (ours)."""
DIRECT_WHEN_FEWER_THAN = 5
DIRECT_AT_LATEST_AFTER = timedelta(seconds=60)
"""The direct guarantee (DOMAIN 2): the fifth acceptor goes direct; when no fifth can come, or after a minute."""

_SOMEBODY_GOES = frozenset({AlertState.ACCEPTED, AlertState.FINISHED})


def is_asking(state: State) -> bool:
    """Whether this incident asks anybody at all: not when nobody more may accept, nor after somebody was there.

    But whom a person wanted all the same, and choosing failed: that is pending, and is made good.
    """
    was_there = any(alert.state is AlertState.FINISHED for alert in state.alerts)
    return (
        state.end_reason is None
        and state.asking is not Asking.EXCLUDED
        and (not was_there or (state.asking is Asking.PENDING and state.wished > 0))
        and has_room(state)
    )


def has_room(state: State) -> bool:
    """Whether one more yes would find a place."""
    limit = state.policy.accept_limit
    return limit is None or sum(alert.state in _SOMEBODY_GOES for alert in state.alerts) < limit


def to_ask_now(state: State, now: datetime) -> int:
    """How many more are to be asked at this moment: what is wanted, less those who are not replaced."""
    if not is_asking(state):
        return 0
    wanted = state.wanted or (state.policy.at_once if state.asking is Asking.PENDING else 0)
    return within_total(state, wanted - still_asked(state, now))


def to_ask_at_a_new_place(state: State) -> int:
    """How many more the policy asks at once where the patient is now known to be, beyond those asked already."""
    return within_total(state, state.policy.at_once - _counted(state)) if is_asking(state) else 0


def to_ask_further_away(state: State) -> int:
    """How many the policy asks at once in a wider reach."""
    return within_total(state, state.policy.at_once) if is_asking(state) else 0


def still_asked(state: State, now: datetime) -> int:
    """How many asked ones nobody replaces."""
    return sum(1 for alert in state.alerts if not _is_replaced(state, alert, now))


def within_total(state: State, count: int) -> int:
    """So many, or as many as the policy's total still allows, and whoever a person asked for beside it."""
    total = state.policy.in_total
    return max(0, count if total is None else min(count, total + state.wished - _counted(state)))


def _counted(state: State) -> int:
    """Alerts that some channel accepted, about the place as it is known now."""
    return sum(1 for alert in state.alerts if not alert.never_asked and not alert.let_go)


def _is_replaced(state: State, alert: Alert, now: datetime) -> bool:
    """Whether the policy asks somebody else instead of this one."""
    replace_on = state.policy.replace_on
    waiting = alert.state in (AlertState.RINGING, AlertState.MISSED)
    received = alert.id in state.received
    in_time = alert.state is AlertState.UNREACHABLE or now < state.asking_since + REPLACED_AFTER_AN_OUTAGE_FOR
    return (
        alert.let_go
        or (Replace.UNREACHABLE in replace_on and alert.never_asked and in_time)
        or (Replace.DECLINE in replace_on and alert.state is AlertState.DECLINED)
        or (Replace.GIVE_UP in replace_on and alert.state is AlertState.GAVE_UP)
        or (Replace.NO_RECEIPT in replace_on and waiting and not received and _over(alert, state.policy.receipt_s, now))
        or (Replace.SILENCE in replace_on and waiting and _over(alert, state.policy.silence_s, now))
    )


def _over(alert: Alert, seconds: int, now: datetime) -> bool:
    return alert.asked_at + timedelta(seconds=seconds) <= now


def widens_at(state: State) -> datetime | None:
    """When the reach gets wider if nobody is on the way by then; None: not any more, or never."""
    policy = state.policy
    if policy.widen_after_s is None or state.reach_step >= len(policy.reach_steps) or not is_asking(state):
        return None
    first_is_owed = state.asking is Asking.PENDING and not state.alerts
    if first_is_owed or any(alert.state in _SOMEBODY_GOES for alert in state.alerts):
        return None
    return state.asking_since + timedelta(seconds=policy.widen_after_s)


def goes_direct_at(state: State, now: datetime) -> datetime | None:
    """When somebody on the way by a defibrillator is to go straight, so that one does; None: nobody need."""
    if not state.policy.direct_guarantee or next_to_go_direct(state) is None:
        return None
    alerts = state.alerts
    if any(a.role is Role.DIRECT and a.state in (AlertState.ACCEPTED, AlertState.FINISHED) for a in alerts):
        return None
    may_still_come = sum(1 for a in alerts if a.state in (AlertState.ACCEPTED, AlertState.RINGING))
    if may_still_come < DIRECT_WHEN_FEWER_THAN:
        return now
    return min(a.answered_at for a in alerts if a.place is not None and a.answered_at) + DIRECT_AT_LATEST_AFTER


def next_to_go_direct(state: State) -> Alert | None:
    """The nearest acceptor without a defibrillator in hand."""
    going = (a for a in state.alerts if a.state is AlertState.ACCEPTED and a.id not in state.in_hand)
    return min((a for a in going if a.role is Role.AED), key=lambda a: (a.metres, a.id.bytes), default=None)


def unheard_at(state: State, alert: Alert) -> datetime | None:
    """When the dispatch centre is told that somebody on the way has not heard of a change; None: need not be."""
    since = state.unheard.get(alert.id)
    if since is None or alert.state is not AlertState.ACCEPTED or alert.unheard_revision >= state.revision:
        return None
    return since + timedelta(seconds=state.policy.receipt_s)


def next_look(state: State, now: datetime) -> datetime | None:
    """When the tables must be looked at again if nothing else happens; None once the incident has ended."""
    if state.end_reason is not None:
        return None
    asked_once = state.centre_asked_at is not None
    idle_for = INCIDENT_TIMES_OUT_AFTER if asked_once else CENTRE_IS_ASKED_AFTER
    moments = [state.last_event_at + idle_for, widens_at(state), goes_direct_at(state, now)]
    if state.lacking and now < state.asking_since + BUSY_LOOKED_AT_FOR:
        moments.append(now + BUSY_LOOKED_AT_EVERY)
    for alert in state.alerts:
        moments += _moments_of(state, alert, now)
    return min(moment for moment in moments if moment is not None)


def _moments_of(state: State, alert: Alert, now: datetime) -> list[datetime | None]:
    moments: list[datetime | None] = []
    if alert.state is AlertState.ACCEPTED:
        moments += [alert.last_sign_at + SILENT_MISSION_ENDS_AFTER, unheard_at(state, alert)]
    if alert.state is AlertState.RINGING:
        moments.append(alert.rings_until)
    if alert.state in (AlertState.RINGING, AlertState.MISSED):
        for cause, seconds in (
            (Replace.NO_RECEIPT, state.policy.receipt_s),
            (Replace.SILENCE, state.policy.silence_s),
        ):
            due = alert.asked_at + timedelta(seconds=seconds)
            if cause in state.policy.replace_on and due > now:
                moments.append(due)
    return moments


def choose_again_at(state: State, now: datetime) -> datetime:
    """When choosing that went wrong is tried again: after as long again as it has been so, a minute at most."""
    return now + min(max(now - state.last_event_at, timedelta(seconds=0.1)), timedelta(minutes=1))
