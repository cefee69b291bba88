"""What must hold of the model at every moment, in the order of the promises of docs/reliability.md."""

import itertools
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import cast

from backend.alerts.alert import LIVE, MOVES, NO_ANSWER, Alert, AlertState
from backend.alerts.apply import LOOK_AGAIN
from backend.alerts.due import DIRECT_AT_LATEST_AFTER, next_look
from backend.delivery.message import DeliveryState, What
from backend.foundation.ids import AedId, VolunteerId
from backend.foundation.journal import Event as Journal
from backend.incidents.incident import Asking
from backend.selection.policy import Role
from tests.chaos.model_level import Model
from tests.chaos.model_store import Broken, Case

_A_MOMENT = timedelta(seconds=1)


def broken(model: Model) -> Iterator[str]:
    """Every broken promise, as a sentence."""
    yield from _requests(model)
    yield from _engagements(model)
    yield from _needs(model)
    for case in model.cases:
        yield from broken_in(model, case)


def hold(model: Model) -> None:
    """Raise Broken for the first broken promise."""
    for sentence in broken(model):
        raise Broken(sentence)


def broken_in(model: Model, case: Case) -> Iterator[str]:
    """Every broken promise about one incident."""
    yield from _alerts(case)
    yield from _roles(case)
    yield from _asked(model, case)
    yield from _told(model, case)
    yield from _journal(case)
    yield from _looked_at_again(model, case)
    yield from _somebody_goes_direct(model, case)


def _needs(model: Model) -> Iterator[str]:
    """13: what needs a person is raised once, waits, was taken up or is over; a neighbour is let in for a while."""
    waiting = Counter((item.what, item.subject) for item in model.items if item.over_at is None)
    yield from (f"13: {what} {subject} is raised {n} times" for (what, subject), n in waiting.items() if n > 1)
    for one, two in itertools.pairwise(sorted(model.grants)):
        if two[0] < one[1]:
            yield f"13: lent at {one[0]} and again at {two[0]}"


def _requests(model: Model) -> Iterator[str]:
    """1, 2: what was acknowledged is there, once; a case number has one open incident of a kind."""
    for key, number in model.acknowledged.items():
        if number >= len(model.cases):
            yield f"1: request {key} was acknowledged and its incident is not there"
        if model.keys[key][1] != number:
            yield f"2: request {key} has two incidents"
    opened = Counter((c.incident.kind, c.incident.case_number) for c in model.cases if c.is_open)
    yield from (f"2: case {case} has {count} open incidents" for case, count in opened.items() if count > 1)


def _engagements(model: Model) -> Iterator[str]:
    """4: whoever rings or goes does so for one incident; a defibrillator is kept for whoever is sent by it."""
    live: dict[VolunteerId, tuple[object, str]] = {}
    sent: dict[AedId, tuple[VolunteerId, object]] = {}
    for case in model.cases:
        for alert in case.alerts.values():
            if alert.state in LIVE:
                if alert.volunteer_id in live:
                    yield f"4: {alert.volunteer_id} rings or goes for two incidents"
                state = "ringing" if alert.state is AlertState.RINGING else "mission"
                live[alert.volunteer_id] = (case.incident.id, state)
            if alert.state is AlertState.ACCEPTED and alert.aed_id is not None:
                sent[alert.aed_id] = (alert.volunteer_id, case.incident.id)
    if live != model.engaged:
        yield f"4: engaged are {model.engaged}, ringing or going {live}"
    if sent != model.reserved:
        yield f"4: reserved is {model.reserved}, sent by one are {sent}"


def _alerts(case: Case) -> Iterator[str]:
    """3, 9: whoever is through has an end and a reason; an incident that ended has nobody left."""
    for alert in case.alerts.values():
        if (alert.ended_at is None) != (alert.state in LIVE):
            yield f"9: alert {alert.id} is {alert.state} and ended at {alert.ended_at}"
        if alert.state not in LIVE and alert.state is not AlertState.DECLINED and not alert.reason:
            yield f"3: alert {alert.id} is {alert.state} for no reason"
        if not case.is_open and alert.state in LIVE:
            yield f"9: incident {case.number} has ended, and {alert.id} is {alert.state}"
        if alert.kind is not case.incident.kind:
            yield f"10: alert {alert.id} is {alert.kind} in a {case.incident.kind} incident"


def _roles(case: Case) -> Iterator[str]:
    """8: every place once, within the limit, with its role or the one that stands in for it."""
    on_the_way = [a for a in case.alerts.values() if a.state in (AlertState.ACCEPTED, AlertState.FINISHED)]
    places = Counter(a.place for a in on_the_way)
    yield from (f"8: incident {case.number} gave place {p} {n} times" for p, n in places.items() if n > 1)
    limit = case.policy.accept_limit
    joined = any(h.event is Journal.JOINED for _, h in case.journal)
    for alert in on_the_way:
        if alert.place is None or alert.role is None:
            yield f"8: {alert.id} goes without place or role"
        elif limit is not None and alert.place > limit and not joined:
            yield f"8: place {alert.place} of at most {limit}"
        elif alert.role not in (case.policy.role_of_place(alert.place), Role.DIRECT) and not joined:
            yield f"8: place {alert.place} has the role {alert.role}"
        if (alert.role is Role.AED) != (alert.aed_id is not None):
            yield f"8: {alert.id} has the role {alert.role} and the defibrillator {alert.aed_id}"
    total = None if case.policy.in_total is None else case.policy.in_total + case.incident.wished
    # Whom no channel reached and who answers all the same was replaced by then.
    unreached = {h.facts["alert"] for _, h in case.journal if h.event in _UNTOLD and h.facts.get("reason") != NO_ANSWER}
    alerts = case.alerts.values()
    counted = sum(1 for a in alerts if not a.never_asked and not a.let_go and str(a.id) not in unreached)
    if total is not None and counted > total and not joined:
        yield f"8: {counted} were asked, {total} in total"


def _asked(model: Model, case: Case) -> Iterator[str]:
    """5, 6, 7: who is asked may be, is rung as often as must be, and never when it is over."""
    for at, wave in case.waves:
        ids = {a.volunteer_id for a in wave}
        if len(ids) != len(wave):
            yield f"4: somebody was asked twice at {at}"
    for alert in case.alerts.values():
        yield from _attempts(model, alert)


def _attempts(model: Model, alert: Alert) -> Iterator[str]:
    for message in model.post.of_subject.get(alert.id, ()):
        for delivery in message.deliveries:
            unsure = sum(outcome != "accepted" for outcome in delivery.outcomes)
            if len(delivery.started_at) > 1 + unsure:
                yield f"5: {len(delivery.started_at)} attempts of one delivery of {alert.id}, {unsure} not accepted"
            if "accepted" in delivery.outcomes[:-1]:
                yield f"5: what {alert.id}'s provider had taken was sent again"
            for started in delivery.started_at:
                if message.stopped_at is not None and started > message.stopped_at:
                    yield f"6: an attempt for {alert.id} was started after it was stopped"
                if started >= message.expires_at or (message.what is What.RING and started >= alert.rings_until):
                    yield f"6: an attempt for {alert.id} was started after its time"
    if alert.state is AlertState.MISSED and alert.reason == NO_ANSWER and not _may_have_rung(model, alert):
        yield f"3: {alert.id} was missed for want of an answer, and nothing can have rung"
    if alert.never_asked and any(
        "accepted" in d.outcomes
        for m in model.post.of_subject.get(alert.id, ())
        for d in m.deliveries
        if m.what is What.RING and m.created_at >= alert.asked_at
        if alert.ended_at is not None and d.started_at and d.started_at[0] < alert.ended_at
    ):
        yield f"3: {alert.id} counts as never asked, and a provider took it"


def _may_have_rung(model: Model, alert: Alert) -> bool:
    """Whether a provider took a ring, may have taken it, or the phone showed it."""
    rings = [m for m in model.post.of_subject.get(alert.id, ()) if m.what is What.RING]
    deliveries = [d for ring in rings for d in ring.deliveries]
    return model.post.received(alert.id, alert.asked_at) or any(
        "accepted" in d.outcomes or d.ambiguous or len(d.started_at) > len(d.outcomes) for d in deliveries
    )


def _told(model: Model, case: Case) -> Iterator[str]:
    """6: nothing waits to be sent about whoever is through, but the word that it is over."""
    for alert in case.alerts.values():
        if alert.state is AlertState.RINGING:
            continue
        for message in model.post.of_subject.get(alert.id, ()):
            waits = any(d.state is DeliveryState.QUEUED for d in message.deliveries)
            if waits and message.what is What.RING and message.stopped_at is None:
                yield f"6: {alert.id} is {alert.state}, and a ring still waits"
            tells = message.what in (What.REVISION, What.WORD)
            if waits and tells and alert.state not in LIVE and message.stopped_at is None:
                yield f"6: {alert.id} is {alert.state}, and a {message.what} still waits"


def _journal(case: Case) -> Iterator[str]:
    """11: the journal alone gives who was asked and what became of it."""
    states = {str(a.id): a.state for wave in case.waves for a in wave[1]}
    for _, happening in case.journal:
        if happening.event is Journal.WAVE_ASKED:
            states |= {str(alert_id): AlertState.RINGING for alert_id in cast("list[str]", happening.facts["alerts"])}
        alert = happening.facts.get("alert")
        moved = _MOVED_TO.get(happening.event)
        if moved is None or not isinstance(alert, str):
            continue
        if alert in states and moved not in MOVES[states[alert]]:
            yield f"11: by the journal {alert} goes from {states[alert]} to {moved}"
        states[alert] = moved
    kept = {str(a.id): a.state for a in case.alerts.values()}
    if states != kept:
        yield f"11: by the journal {states}, by the tables {kept}"


_UNTOLD = frozenset({Journal.ALERT_UNREACHABLE, Journal.ALERT_MISSED})
_MOVED_TO = {
    Journal.ALERT_UNREACHABLE: AlertState.UNREACHABLE,
    Journal.ALERT_MISSED: AlertState.MISSED,
    Journal.ALERT_WITHDRAWN: AlertState.WITHDRAWN,
    Journal.ACCEPTED: AlertState.ACCEPTED,
    Journal.DECLINED: AlertState.DECLINED,
    Journal.TOO_LATE: AlertState.STOOD_DOWN,
    Journal.GAVE_UP: AlertState.GAVE_UP,
    Journal.STOOD_DOWN: AlertState.STOOD_DOWN,
    Journal.MISSION_ENDED: AlertState.FINISHED,
}


def _looked_at_again(model: Model, case: Case) -> Iterator[str]:
    """1: an open incident is never forgotten: its timer is set, and not later than the next thing that falls due."""
    due = model.timers.rows.get((case.incident.id, LOOK_AGAIN))
    if not case.is_open:
        if due is not None:
            yield f"1: incident {case.number} has ended and has a timer"
        return
    if due is None:
        yield f"1: incident {case.number} is open and nobody will look at it again"
        return
    look = next_look(model.load(case), model.now)
    if look is not None and due > max(look, model.now) + _A_MOMENT and due > model.now:
        yield f"1: incident {case.number} is looked at again at {due}, though something falls due at {look}"
    if case.incident.asking is Asking.PENDING:
        yield f"1: incident {case.number} is open, asks nobody and waits for nothing"


def _somebody_goes_direct(model: Model, case: Case) -> Iterator[str]:
    """8: where the policy guarantees it, a minute after the first yes somebody goes straight, if anybody can."""
    due = model.timers.rows.get((case.incident.id, LOOK_AGAIN))
    if not case.policy.direct_guarantee or not case.is_open or due is None or due <= model.now:
        return
    state = model.load(case)
    on_the_way = [a for a in state.alerts if a.state in (AlertState.ACCEPTED, AlertState.FINISHED)]
    if any(a.role is Role.DIRECT for a in on_the_way) or not on_the_way:
        return
    can = [
        a
        for a in on_the_way
        if a.state is AlertState.ACCEPTED and a.role is Role.AED and a.id not in state.in_hand and a.answered_at
    ]
    first = min((a.answered_at for a in on_the_way if a.answered_at), default=model.now)
    if can and first + DIRECT_AT_LATEST_AFTER + _A_MOMENT < model.now:
        yield f"8: nobody goes direct in incident {case.number} a minute after the first yes"
