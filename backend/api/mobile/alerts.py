"""One's own alerts: what rings, the answer, the mission, how it goes."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.response import Stream
from msgspec import Meta

from backend.aeds.aed import Trouble
from backend.alerts.alert import AlertState
from backend.alerts.apply import Contended
from backend.alerts.decision import Answer
from backend.alerts.word import ToCentre
from backend.api.contract import answers, streams
from backend.api.event_stream import Sent, event_stream
from backend.api.guards import volunteer
from backend.api.limits import Limit
from backend.api.live import Hub
from backend.api.mobile.alert_view import Alert, Alerts, as_alert, as_alerts
from backend.delivery import in_app, test_alarms
from backend.delivery.message import Channel
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Connection, Database, Lane, Role
from backend.foundation.ids import AedId, AlertId
from backend.foundation.problems import Problem
from backend.identity.caller import Caller
from backend.incidents.view import Viewer
from backend.responses import answer, tell, words
from backend.responses.aed_returned import aed_returned
from backend.responses.own_alerts import own, own_alerts, viewer_of
from backend.responses.refusal import refusal_of
from backend.responses.status import GiveUpReason, Status, on_our_clock

Aware = Annotated[datetime, Meta(tz=True)]


class Receipt(msgspec.Struct, frozen=True):
    """The app showed it. Times by the phone's clock; `sent_at` corrects its error. `revision`: that of what it showed,
    from the push or the alert; with it a receipt for the ring never passes for one of a revision. `word_id`: it was a
    word of the dispatch centre's that was shown, and nothing else."""

    shown_at: Aware
    sent_at: Aware
    channel: Channel
    revision: Annotated[int, Meta(ge=0)] | None = None
    word_id: UUID | None = None


class Acceptance(msgspec.Struct, frozen=True):
    sent_at: Aware


class Refusal(msgspec.Struct, frozen=True):
    """Nothing needs to be said."""


class StatusReport(msgspec.Struct, frozen=True):
    status: Status
    happened_at: Aware
    sent_at: Aware


class WordToCentre(msgspec.Struct, frozen=True):
    """One tap, no free text. `id`: made by the app; sent again with it, it is the same word."""

    id: UUID
    word: ToCentre


class GivingUp(msgspec.Struct, frozen=True):
    reason: GiveUpReason


class AedProblem(msgspec.Struct, frozen=True):
    """Name the one it is about: then sending it again does no harm to the next one."""

    problem: Trouble
    aed_id: UUID | None = None


class TestAlarmRings(msgspec.Struct, frozen=True):
    """A test alarm of one's own rings in the app."""

    id: UUID
    expires_at: datetime


# About these something may be queued for the app's own stream: the ring, a new place, the end.
_TOLD_OF = frozenset({AlertState.RINGING, AlertState.ACCEPTED, AlertState.WITHDRAWN, AlertState.STOOD_DOWN})
_ENDED = {410: "The alarm has ended; `reason` says why"}


@get("/mobile/v1/alerts", guards=[volunteer(Limit.ANSWERS)])
async def read_alerts(
    caller: NamedDependency[Caller], database: NamedDependency[Database], clock: NamedDependency[Clock]
) -> Alerts:
    """See one's alerts

    What rings, runs, was missed or withdrawn, and why: the truth, whatever pushes came or did not.
    """
    async with database.acting_as(_self(caller), Lane.ANSWERS) as connection:
        return as_alerts(await own_alerts(connection, _viewer(caller), clock.now()))


@get("/mobile/v1/alerts/{alert_id:uuid}", guards=[volunteer(Limit.ANSWERS)])
async def read_alert(
    alert_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> Alert:
    """See one alert"""
    async with database.acting_as(_self(caller), Lane.ANSWERS) as connection:
        return await _own(connection, caller, AlertId(alert_id), clock.now())


@get(
    "/mobile/v1/alerts/stream",
    guards=[volunteer(Limit.STREAMS)],
    opt=streams({"alerts": Alerts, "test_alarm": TestAlarmRings}),
    media_type="text/event-stream",
)
async def follow_alerts(
    request: Request[Any, Any, Any],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    hub: NamedDependency[Hub],
) -> Stream:
    """Follow one's alerts

    Server-sent events: `alerts` at once and at every change, as GET /mobile/v1/alerts answers, and `test_alarm`.
    A comment at least every 10 s. The app rings by this while it is open; a receipt is still its to send.
    """

    async def changes() -> AsyncIterator[Sent]:
        rung: set[UUID] = set()
        async for _ in hub.volunteer_changed(caller.volunteer_id):
            async with database.acting_as(_self(caller), Lane.ANSWERS) as connection:
                seen = await own_alerts(connection, _viewer(caller), clock.now())
                tests = await test_alarms.waiting(connection, caller.volunteer_id, clock.now())
            yield Sent("alerts", as_alerts(seen))
            for test in tests:
                if test.id not in rung:
                    rung.add(test.id)
                    yield Sent("test_alarm", TestAlarmRings(test.id, test.expires_at))
            alerts = [one.alert.id for one in seen if one.alert.state in _TOLD_OF]
            # Asked for the next event: so the last one was written. That is an attempt, not a receipt.
            async with database.acting_as(_self(caller), Lane.ANSWERS) as connection:
                subjects = [*alerts, *(test.id for test in tests)]
                await in_app.written_to_socket(connection, caller.volunteer_id, subjects, clock.now(), caller.device_id)

    return event_stream(request, changes())


@post("/mobile/v1/alerts/{alert_id:uuid}/receipt", guards=[volunteer(Limit.ANSWERS)], status_code=200)
async def send_receipt(
    alert_id: FromPath[UUID],
    data: JSONBody[Receipt],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> Alert:
    """Say that the alert was shown

    A receipt is not an answer. Sent for the ring, for each revision, each word and for the end, once a channel; sending
    it again does no harm. Whoever sends none for a revision stands out at the dispatch centre.
    """
    now = clock.now()
    shown_at = on_our_clock(data.shown_at, data.sent_at, now)
    async with database.acting_as(_self(caller), Lane.ANSWERS) as connection:
        await answer.receive(
            connection,
            AlertId(alert_id),
            caller.volunteer_id,
            data.channel,
            shown_at,
            now,
            data.revision,
            data.word_id,
        )
        return await _own(connection, caller, AlertId(alert_id), now)


@post(
    "/mobile/v1/alerts/{alert_id:uuid}/accept",
    guards=[volunteer(Limit.ANSWERS)],
    status_code=200,
    opt=answers({409: "No place is left, or you are engaged elsewhere", **_ENDED}),
)
async def accept(
    alert_id: FromPath[UUID],
    data: JSONBody[Acceptance],  # noqa: ARG001 - its time is read by clients' own logs; the server's decides
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> Alert:
    """Accept

    The answer tells role and address. Accepting twice gives the same answer. A late yes counts while a role is free.
    """

    async def decide(connection: Connection, actor: Actor) -> Answer:
        return await answer.accept(connection, actor, AlertId(alert_id), caller.volunteer_id, clock.now())

    return await _answered(database, caller, AlertId(alert_id), clock, decide)


@post(
    "/mobile/v1/alerts/{alert_id:uuid}/decline",
    guards=[volunteer(Limit.ANSWERS)],
    status_code=200,
    opt=answers({409: "You have accepted: give up instead", **_ENDED}),
)
async def decline(
    alert_id: FromPath[UUID],
    data: JSONBody[Refusal],  # noqa: ARG001 - an empty object, so that something can be added to it
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> Alert:
    """Decline"""

    async def decide(connection: Connection, actor: Actor) -> Answer:
        return await answer.decline(connection, actor, AlertId(alert_id), caller.volunteer_id, clock.now())

    return await _answered(database, caller, AlertId(alert_id), clock, decide)


@post(
    "/mobile/v1/alerts/{alert_id:uuid}/status",
    guards=[volunteer(Limit.ANSWERS)],
    status_code=200,
    opt=answers({409: "Not accepted", 410: "Happened after the mission ended, or told more than 10 minutes late"}),
)
async def tell_status(
    alert_id: FromPath[UUID],
    data: JSONBody[StatusReport],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> Alert:
    """Tell how the mission goes

    Each status once, with its own time; telling it again changes nothing. What happened before the mission's end is
    taken up to 10 minutes after it.
    """
    now = clock.now()
    happened_at = on_our_clock(data.happened_at, data.sent_at, now)
    actor = _self(caller)

    async def work(connection: Connection) -> Alert:
        volunteer_id = caller.volunteer_id
        await tell.tell_status(connection, actor, AlertId(alert_id), volunteer_id, data.status, happened_at, now)
        return await _own(connection, caller, AlertId(alert_id), now)

    return await database.in_transaction(actor, Lane.ANSWERS, work, again_on=(Contended,))


@post(
    "/mobile/v1/alerts/{alert_id:uuid}/words",
    guards=[volunteer(Limit.ANSWERS)],
    status_code=200,
    opt=answers({409: "Not accepted", **_ENDED}),
)
async def say_word(
    alert_id: FromPath[UUID],
    data: JSONBody[WordToCentre],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> Alert:
    """Tell the dispatch centre something by one tap

    While on the mission. Everybody at the centre sees it at once; what needs an answer sounds there until somebody has
    taken it up. Saying it again with its id changes nothing, nor does a second tap within 10 s.
    """
    now, actor = clock.now(), _self(caller)
    async with database.acting_as(actor, Lane.ANSWERS) as connection:
        await words.say(connection, actor, AlertId(alert_id), caller.volunteer_id, data.word, data.id, now)
        return await _own(connection, caller, AlertId(alert_id), now)


@post(
    "/mobile/v1/alerts/{alert_id:uuid}/give-up",
    guards=[volunteer(Limit.ANSWERS)],
    status_code=200,
    opt=answers(_ENDED),
)
async def give_up(
    alert_id: FromPath[UUID],
    data: JSONBody[GivingUp],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> Alert:
    """Say that one cannot go on

    Role and defibrillator are free at once.
    """

    async def decide(connection: Connection, actor: Actor) -> Answer:
        volunteer_id = caller.volunteer_id
        return await answer.give_up(connection, actor, AlertId(alert_id), volunteer_id, data.reason, clock.now())

    return await _answered(database, caller, AlertId(alert_id), clock, decide)


@post(
    "/mobile/v1/alerts/{alert_id:uuid}/aed-problem",
    guards=[volunteer(Limit.ANSWERS)],
    status_code=200,
    opt=answers({409: "No defibrillator is reserved for you", **_ENDED}),
)
async def report_aed_problem(
    alert_id: FromPath[UUID],
    data: JSONBody[AedProblem],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> Alert:
    """Say that the defibrillator is not there, locked or dead

    The answer names the next open one, or the role direct.
    """

    async def decide(connection: Connection, actor: Actor) -> Answer:
        volunteer_id = caller.volunteer_id
        which = None if data.aed_id is None else AedId(data.aed_id)
        return await answer.lose_aed(
            connection, actor, AlertId(alert_id), volunteer_id, data.problem, clock.now(), which
        )

    return await _answered(database, caller, AlertId(alert_id), clock, decide)


@post(
    "/mobile/v1/alerts/{alert_id:uuid}/aed-returned",
    guards=[volunteer(Limit.ANSWERS)],
    status_code=200,
    opt=answers({409: "You picked no defibrillator up on this mission"}),
)
async def tell_aed_returned(
    alert_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> Alert:
    """Say that the defibrillator is back in its place

    Also after the mission. Until then, or until the dispatch centre confirms it, nobody is sent for it.
    """
    now = clock.now()
    async with database.acting_as(_self(caller), Lane.ANSWERS) as connection:
        await aed_returned(connection, AlertId(alert_id), caller.volunteer_id, now)
        return await _own(connection, caller, AlertId(alert_id), now)


Decide = Callable[[Connection, Actor], Awaitable[Answer]]


async def _answered(database: Database, caller: Caller, alert_id: AlertId, clock: Clock, decide: Decide) -> Alert:
    """Decide in one transaction; refuse only after it is committed, so that what a refusal wrote is kept."""
    actor = _self(caller)

    async def work(connection: Connection) -> tuple[Problem | None, Alert | None]:
        refused = refusal_of(await decide(connection, actor))
        return refused, None if refused else await _own(connection, caller, alert_id, clock.now())

    refused, seen = await database.in_transaction(actor, Lane.ANSWERS, work, again_on=(Contended,))
    if refused:
        raise refused
    assert seen is not None
    return seen


def _self(caller: Caller) -> Actor:
    return Actor(Role.API, person_id=caller.volunteer_id)


def _viewer(caller: Caller) -> Viewer:
    return viewer_of(caller.volunteer_id, caller.device_id)


async def _own(connection: Connection, caller: Caller, alert_id: AlertId, now: datetime) -> Alert:
    found = await answer.own_alert(connection, alert_id, caller.volunteer_id)
    return as_alert(await own(connection, found, _viewer(caller), now))


routes = (
    read_alerts,
    follow_alerts,
    read_alert,
    send_receipt,
    accept,
    decline,
    tell_status,
    say_word,
    give_up,
    report_aed_problem,
    tell_aed_returned,
)
