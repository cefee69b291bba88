"""Writing what was decided: one small effect after another, inside the caller's transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import assert_never

import msgspec

from backend.aeds import condition, reservation
from backend.alerts import queries
from backend.alerts.alert import Alert
from backend.alerts.choose import Wave, ask_wave, content_of
from backend.alerts.decision import (
    Ask,
    AskCentre,
    Effect,
    EndIncident,
    FreeAed,
    MoveAlert,
    Note,
    Release,
    ReportAed,
    ReserveAed,
    StartMission,
    StopMessages,
    Tell,
    Widen,
    Wish,
    Write,
)
from backend.delivery import enqueue, stop
from backend.delivery.message import Content, NewMessage, What
from backend.foundation import telemetry, timers
from backend.foundation.database import Actor, Connection
from backend.foundation.harmless import Fault, without_harm
from backend.foundation.journal import Event, Happening
from backend.incidents import queries as incident_queries
from backend.incidents.incident import Asking, Incident
from backend.incidents.record import record
from backend.locations import mission
from backend.selection.policy import read_policy
from backend.volunteers import engagement

LOOK_AGAIN = "look_again"
"""The reason of an incident's one timer."""

CHOOSING_TAKES_AT_MOST_S = 0.5
"""Where somebody waits for the answer: an alarm or a yes never waits longer for a choice, nor fails with it."""

# A stand-down or revision is still worth telling this long after it was said.
_TOLD_FOR = timedelta(minutes=15)


class Contended(Exception):
    """Another alarm took a volunteer or a defibrillator between the look and the write: decide again."""


class Applied(msgspec.Struct, frozen=True):
    """What writing a decision came to: whom it newly asked, and whether choosing is to be tried again."""

    asked: tuple[Alert, ...] = ()
    choosing_failed: bool = False
    lacking: int | None = None  # as Wave.lacking, where somebody was looked for


async def apply(
    connection: Connection,
    actor: Actor,
    incident: Incident,
    effects: Sequence[Effect],
    now: datetime,
    choosing_s: float = CHOOSING_TAKES_AT_MOST_S,
) -> Applied:
    """Write `effects` in order, then the journal. The caller holds the incident's lock.

    Choosing has a savepoint and `choosing_s` of its own: a fault in it costs no other effect.
    Raises Contended when a volunteer or a defibrillator was taken meanwhile; nothing may be kept then.
    """
    happenings: list[Happening] = []
    freed = [e.volunteer_id for e in effects if isinstance(e, Release)]
    touched = {e.alert.volunteer_id for e in effects if isinstance(e, MoveAlert | Tell)}
    stopped = [e.alert_id for e in effects if isinstance(e, StopMessages)]
    # In one statement each, and before anything new is written about the same alerts.
    await stop.stop(connection, stopped, now)
    applied = Applied()
    for effect in effects:
        if isinstance(effect, Ask):
            wave = await _ask_without_harm(connection, actor, incident, effect, choosing_s, now)
            if isinstance(wave, Fault):
                telemetry.choosing_failed_total.labels(incident.kind.value).inc()
                wishes = any(isinstance(each, Wish) for each in effects)
                await _still_wanted(connection, incident, effect, a_person_does=wishes)
                applied = Applied(applied.asked, choosing_failed=True, lacking=applied.lacking)
                happenings.append(Happening(Event.CHOOSING_FAILED, {"fault": wave.kind}))
            elif wave is not None:
                applied = Applied(applied.asked + wave.asked, applied.choosing_failed, wave.lacking)
                # Nobody is left to ask: no line in the journal at every look.
                happenings += [wave.happening] if wave.is_one else []
        else:
            happenings += await _write(connection, incident, effect, now)
    if freed:
        await engagement.release(connection, sorted(freed, key=lambda v: v.bytes), incident.id)
        await mission.end(connection, freed, incident.id)
    await tell(connection, incident, [e for e in effects if isinstance(e, Tell)], now)
    if touched:
        await queries.tell_phones(connection, list(touched))
    await record(connection, actor, incident, happenings, now)
    return applied


async def _write(  # noqa: C901 - one short case for each effect there is
    connection: Connection, incident: Incident, effect: Effect, now: datetime
) -> list[Happening]:
    match effect:
        case MoveAlert(alert):
            await queries.update(connection, alert)
        case StartMission(volunteer_id):
            if not await engagement.start_mission(connection, volunteer_id, incident.kind, incident.id, now):
                raise Contended
        case ReserveAed(volunteer_id, aed_id):
            if not await reservation.reserve(connection, aed_id, incident.id, volunteer_id, now):
                raise Contended
        case FreeAed(volunteer_id):
            await reservation.free(connection, volunteer_id)
        case ReportAed(aed_id, problem):
            await condition.report_problem(connection, aed_id, problem, now)
        case AskCentre():
            await incident_queries.centre_asked(connection, incident.id, now)
            return [Happening(Event.CENTRE_ASKED, {})]
        case Widen(step, reach_m):
            await incident_queries.widen(connection, incident.id, step, now)
            return [Happening(Event.REACH_WIDENED, {"step": step, "reach_m": reach_m})]
        case Wish(more):
            await incident_queries.wish(connection, incident.id, more)
        case EndIncident(reason):
            await incident_queries.end(connection, incident.id, reason, now)
            await timers.forget(connection, incident.id)
            return [Happening(Event.INCIDENT_ENDED, {"reason": reason.value})]
        case Write(event, alert, facts):
            return [Happening(event, {"alert": str(alert.id), "volunteer": alert.pseudonym, **facts})]
        case Note(event, facts):
            return [Happening(event, facts)]
        case Ask() | Release() | StopMessages() | Tell():
            pass  # the caller's: asking gives more than journal lines, the others go in one statement each
        case _:
            assert_never(effect)
    return []


async def _ask_without_harm(
    connection: Connection, actor: Actor, incident: Incident, asking: Ask, at_most_s: float, now: datetime
) -> Wave | Fault | None:
    async def ask() -> Wave | None:
        # The server's own limit as well: it also ends a statement whose client has stopped waiting.
        await connection.execute("SELECT set_config('statement_timeout', $1, true)", f"{at_most_s}s")
        wave = await _ask(connection, actor, incident, asking, now)
        await connection.execute("SELECT set_config('statement_timeout', '0', true)")
        return wave

    return await without_harm(connection, ask, "choosing", at_most_s)


async def _still_wanted(connection: Connection, incident: Incident, asking: Ask, *, a_person_does: bool) -> None:
    """What could not be asked now is asked at the next look. What a person wants is pending then, also after somebody
    was there: of itself nobody more would be asked."""
    if asking.beside is not None:
        await incident_queries.set_wanted(connection, incident.id, asking.beside + asking.count, 0)
    if a_person_does or incident.asking is Asking.NOBODY_IN_REACH:
        await incident_queries.set_asking(connection, incident.id, Asking.PENDING)


async def _ask(connection: Connection, actor: Actor, incident: Incident, asking: Ask, now: datetime) -> Wave | None:
    place = await incident_queries.place_of(connection, incident.id)
    if place is None:
        return None
    if not place.readable:
        await record(connection, actor, incident, [Happening(Event.PLACE_UNREADABLE)], now)
    earlier = await queries.of_incident(connection, incident.id)
    wave = await ask_wave(connection, incident, place, read_policy(incident.policy), asking, earlier, now)
    wanted = None if asking.beside is None else asking.beside + len(wave.asked) + wave.lacking
    await incident_queries.set_wanted(connection, incident.id, wanted, wave.lacking)
    if wave.asked or not earlier or incident.asking is Asking.PENDING:
        asked = wave.asked or earlier  # whoever another report carried over was never asked by a wave of this one
        await incident_queries.set_asking(connection, incident.id, Asking.ASKED if asked else Asking.NOBODY_IN_REACH)
    return wave


async def tell(connection: Connection, incident: Incident, tells: Iterable[Tell], now: datetime) -> None:
    """Queue what is to be told about alerts, all in one go."""
    messages = [
        NewMessage(
            what=What(tell.what),
            subject_id=tell.alert.id,
            kind=tell.alert.kind,
            volunteer_id=tell.alert.volunteer_id,
            bare_phone=None,
            content=_content(tell, incident),
            expires_at=_told_until(tell.alert, now),
        )
        for tell in tells
    ]
    if messages:
        second_channel_s = read_policy(incident.policy).second_channel_s
        await enqueue.enqueue(connection, messages, second_channel_s, now)


def _content(tell: Tell, incident: Incident) -> Content:
    if tell.word_id is None:
        return content_of(tell.alert, incident.revision, tell.reason)
    return content_of(tell.alert, incident.revision, None) | {"word": tell.reason or "", "word_id": str(tell.word_id)}


def _told_until(alert: Alert, now: datetime) -> datetime:
    return max(alert.rings_until, now + _TOLD_FOR)
