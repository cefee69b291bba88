"""What a centre asks for while its incident runs: one stood down, more asked, a word to those on the way. Pure."""

from datetime import datetime

from backend.alerts import due
from backend.alerts.alert import Alert, AlertState, moved
from backend.alerts.closing import NOTHING, closed
from backend.alerts.decision import (
    STAND_DOWN,
    WORD,
    Answer,
    AnswerKind,
    Ask,
    AskMore,
    Decision,
    Effect,
    FreeAed,
    MoveAlert,
    Note,
    Release,
    Say,
    StandDownOne,
    State,
    StopMessages,
    Tell,
    Widen,
    Wish,
    Write,
    after,
    reach_of,
)
from backend.foundation.journal import Event as Journal
from backend.incidents.incident import Asking

STOPPED = frozenset({AlertState.STOOD_DOWN, AlertState.WITHDRAWN})


def on_request(state: State, event: StandDownOne | AskMore | Say, now: datetime) -> Decision:
    """What follows from a centre's wish."""
    match event:
        case StandDownOne():
            return _on_stand_down_one(state, event, now)
        case AskMore():
            return _on_ask_more(state, event, now)
        case Say():
            return _on_say(state, event)


def _on_stand_down_one(state: State, event: StandDownOne, now: datetime) -> Decision:
    """One is stopped, told why and freed; the others go on, and nobody is asked instead.

    Whoever is stood down already stays so, with the first reason.
    """
    alert = next((a for a in state.alerts if a.volunteer_id == event.volunteer_id), None)
    if alert is None:
        return Decision((), Answer(AnswerKind.NOT_GOING))
    if alert.state in STOPPED:
        return Decision((), Answer(AnswerKind.DONE, alert.reason))
    if alert.state not in (AlertState.RINGING, AlertState.ACCEPTED):
        return Decision((), Answer(AnswerKind.NOT_GOING, alert.reason or alert.state.value))
    reason = event.reason.value
    effects: list[Effect] = stood_down(alert, reason, now)
    return Decision(closed(state, effects, now).effects, Answer(AnswerKind.DONE, reason))


def stood_down(alert: Alert, reason: str, now: datetime) -> list[Effect]:
    """What it takes to stop somebody who rings or goes."""
    goes = alert.state is AlertState.ACCEPTED
    to, event = (AlertState.STOOD_DOWN, Journal.STOOD_DOWN) if goes else (AlertState.WITHDRAWN, Journal.ALERT_WITHDRAWN)
    return [
        MoveAlert(moved(alert, to, now, reason)),
        StopMessages(alert.id),
        *([FreeAed(alert.volunteer_id)] if goes else []),
        Release(alert.volunteer_id),
        Tell(alert, STAND_DOWN, reason),
        Write(event, alert, {"reason": reason, "role": alert.role} if goes else {"reason": reason}),
    ]


def _on_ask_more(state: State, event: AskMore, now: datetime) -> Decision:
    """A further wave, beside whoever is lacking anyway; `wider`: by the policy's next step, where there is one.

    The policy's total is for what the machine asks of itself: a person may want more. Nobody is asked whose yes would
    find no place.
    """
    if state.end_reason is not None:
        return Decision((), Answer(AnswerKind.ENDED, state.end_reason))
    if state.asking is Asking.EXCLUDED:
        return Decision((), Answer(AnswerKind.EXCLUDED))
    if not due.has_room(state):
        return Decision((), Answer(AnswerKind.NOBODY_MORE))
    widens = event.wider and state.reach_step < len(state.policy.reach_steps)
    more = event.count or state.policy.at_once
    asked = Note(Journal.ASKED_MORE, {"request": str(event.request), "count": more, "wider": widens})
    effects: list[Effect] = [asked, Wish(more)]
    if widens:
        step = state.reach_step + 1
        effects.append(Widen(step, reach_of(state.policy, step, state.uncertain_m)))
    then = after(state, effects, now)
    count = due.to_ask_now(state, now) + more
    return Decision((*effects, Ask(count, then.reach_m, beside=due.still_asked(then, now))), NOTHING)


def _on_say(state: State, event: Say) -> Decision:
    """Those on the way are told; whoever only rings is not: they know no place yet."""
    if state.end_reason is not None:
        return Decision((), Answer(AnswerKind.ENDED, state.end_reason))
    to = addressed(state, event)
    if not to:
        return Decision((), Answer(AnswerKind.NOT_GOING))
    effects: list[Effect] = []
    for alert in to:
        effects.append(Tell(alert, WORD, event.word.value, event.word_id))
        facts = {"word": event.word.value, "request": str(event.word_id)}
        effects.append(Write(Journal.TOLD, alert, {**facts}))
    return Decision(tuple(effects), NOTHING)


def addressed(state: State, event: Say) -> list[Alert]:
    """Whom a word is for: one who is on the way, or all who are."""
    going = [alert for alert in state.alerts if alert.state is AlertState.ACCEPTED]
    return [alert for alert in going if event.to in (None, alert.volunteer_id)]
