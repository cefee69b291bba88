"""How every decision ends: whoever is lacking by the policy is asked, and somebody goes direct. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from backend.alerts import due
from backend.alerts.alert import Alert, AlertState, moved
from backend.alerts.decision import (
    GO_DIRECT,
    REVISION,
    Answer,
    AnswerKind,
    Ask,
    Decision,
    Effect,
    FreeAed,
    MoveAlert,
    Release,
    StartMission,
    State,
    StopMessages,
    Tell,
    Widen,
    Write,
    after,
)
from backend.foundation.journal import Event as Journal
from backend.incidents.incident import Asking
from backend.selection.policy import Role

NOTHING = Answer(AnswerKind.DONE)


def mission_over(alert: Alert, to: AlertState, reason: str, now: datetime) -> Iterator[Effect]:
    """Somebody on the way is not any more: role and defibrillator are free at once."""
    yield MoveAlert(moved(alert, to, now, reason))
    yield StopMessages(alert.id)
    yield FreeAed(alert.volunteer_id)
    yield Release(alert.volunteer_id)
    yield Write(Journal.MISSION_ENDED, alert, {"reason": reason})


def closed(state: State, effects: list[Effect], now: datetime, at_least: int = 0) -> Decision:
    """The decision that these effects make: with whom the policy still lacks asked, at least so many."""
    then = after(state, effects, now)
    direct_at = due.goes_direct_at(then, now)
    if direct_at is not None and direct_at <= now:
        effects = [*effects, *_go_direct(then, effects)]
    wider = any(isinstance(effect, Widen) for effect in effects)
    missing = due.to_ask_now(then, now)
    adding = max(due.within_total(then, at_least), due.to_ask_further_away(then) if wider else 0)
    if adding > missing:
        effects = [*effects, Ask(adding, then.reach_m, beside=due.still_asked(then, now))]
    elif missing or (then.asking is Asking.PENDING and then.alerts):  # whom it lacked have shown up: not pending then
        # Also where a wish is made good: what stands already counts beside it, else nobody of it would be replaced.
        first = not then.wanted or then.asking is Asking.PENDING
        effects = [*effects, Ask(missing, then.reach_m, beside=due.still_asked(then, now) if first else None)]
    return Decision(tuple(effects), NOTHING)


def _go_direct(state: State, effects: Sequence[Effect]) -> Iterator[Effect]:
    """The nearest acceptor with no defibrillator in hand goes straight; who accepts just now reads it in the answer."""
    alert = due.next_to_go_direct(state)
    assert alert is not None, "there is a moment for it, so there is somebody"
    direct = msgspec.structs.replace(alert, role=Role.DIRECT, aed_id=None, way_m=None)
    yield MoveAlert(direct)
    yield FreeAed(alert.volunteer_id)
    yield Write(Journal.ROLE_CHANGED, alert, {"role": Role.DIRECT.value, "why": "direct_guarantee"})
    if StartMission(alert.volunteer_id) not in effects:
        yield Tell(direct, REVISION, GO_DIRECT)
