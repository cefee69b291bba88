"""One's own alerts: what rings, the answer, the mission, how it goes."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
import structlog
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.response import Stream
from msgspec import Meta

from backend.aeds.aed import AedOption, Open, Trouble
from backend.alerts.alert import AlertState
from backend.alerts.choose import coarse_distance_m
from backend.alerts.decision import Answer
from backend.api.contract import answers, streams
from backend.api.event_stream import Sent, event_stream
from backend.api.guards import volunteer
from backend.api.limits import Limit
from backend.api.live import Hub
from backend.delivery import in_app, test_alarms
from backend.delivery.message import Channel
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Connection, Database, Lane, Role
from backend.foundation.ids import AlertId
from backend.foundation.kinds import Kind
from backend.identity.caller import Caller
from backend.incidents.incident import Place
from backend.responses import answer, tell
from backend.responses.own_alerts import OwnAlert, own, own_alerts
from backend.responses.refusal import refusal_of
from backend.responses.status import GiveUpReason, Status, on_our_clock
from backend.selection.policy import Role as MissionRole

Aware = Annotated[datetime, Meta(tz=True)]
_log = structlog.get_logger()


class PatientPlace(msgspec.Struct, frozen=True):
    """Where the patient is. Shown while one is on the mission, to nobody else; every view is logged."""

    lat: float
    lon: float
    accuracy_m: float | None
    coarse: bool
    address: str | None
    floor: str | None
    door: str | None
    entrance: str | None
    door_code: str | None


class Aed(msgspec.Struct, frozen=True):
    """The defibrillator reserved for this mission; `metres` is from it to the patient."""

    id: UUID
    lat: float
    lon: float
    metres: int
    name: str | None
    location_text: str | None
    floor: str | None
    indoor: bool | None
    cabinet_code: str | None
    open: Open
    source: str
    attribution: str


class StatusTold(msgspec.Struct, frozen=True):
    status: Status
    happened_at: datetime


class Mission(msgspec.Struct, frozen=True):
    """There from accepting on. `left_reach`: you were further away than the alarm reaches; go if you can still help."""

    role: MissionRole
    left_reach: bool
    place: PatientPlace | None
    aed: Aed | None
    statuses: list[StatusTold]


class Alert(msgspec.Struct, frozen=True):
    """Somebody was asked. At `rings_until` it falls silent; `answer_until` is the incident's end, null till then."""

    id: UUID
    kind: Kind
    state: AlertState
    reason: str | None
    ring_no: int
    asked_at: datetime
    rings_until: datetime
    answer_until: datetime | None
    coarse_distance_m: int
    revision: int
    mission: Mission | None


class Alerts(msgspec.Struct, frozen=True):
    """The last 30 days, newest first."""

    alerts: list[Alert]


class Receipt(msgspec.Struct, frozen=True):
    """The app showed it. Times by the phone's clock; `sent_at` corrects its error."""

    shown_at: Aware
    sent_at: Aware
    channel: Channel


class Acceptance(msgspec.Struct, frozen=True):
    sent_at: Aware


class Refusal(msgspec.Struct, frozen=True):
    """Nothing needs to be said."""


class StatusReport(msgspec.Struct, frozen=True):
    status: Status
    happened_at: Aware
    sent_at: Aware


class GivingUp(msgspec.Struct, frozen=True):
    reason: GiveUpReason


class AedProblem(msgspec.Struct, frozen=True):
    problem: Trouble


class TestAlarmRings(msgspec.Struct, frozen=True):
    """A test alarm of one's own rings in the app."""

    id: UUID
    expires_at: datetime


_ENDED = {410: "The alarm has ended; `reason` says why"}


@get("/mobile/v1/alerts", guards=[volunteer(Limit.ANSWERS)])
async def read_alerts(
    caller: NamedDependency[Caller], database: NamedDependency[Database], clock: NamedDependency[Clock]
) -> Alerts:
    """See one's alerts

    What rings, runs, was missed or withdrawn, and why: the truth, whatever pushes came or did not.
    """
    async with database.acting_as(_self(caller), Lane.ANSWERS) as connection:
        return _alerts(await own_alerts(connection, caller.volunteer_id, clock.now()))


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
                seen = await own_alerts(connection, caller.volunteer_id, clock.now())
                tests = await test_alarms.waiting(connection, caller.volunteer_id, clock.now())
            yield Sent("alerts", _alerts(seen))
            for test in tests:
                if test.id not in rung:
                    rung.add(test.id)
                    yield Sent("test_alarm", TestAlarmRings(test.id, test.expires_at))
            ringing = [one.alert.id for one in seen if one.alert.state is AlertState.RINGING]
            # Asked for the next event: so the last one was written. That is an attempt, not a receipt.
            async with database.acting_as(_self(caller), Lane.ANSWERS) as connection:
                subjects = [*ringing, *(test.id for test in tests)]
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

    A receipt is not an answer. Sent once a channel; sending it again does no harm.
    """
    now = clock.now()
    shown_at = on_our_clock(data.shown_at, data.sent_at, now)
    async with database.acting_as(_self(caller), Lane.ANSWERS) as connection:
        await answer.receive(connection, AlertId(alert_id), caller.volunteer_id, data.channel, shown_at, now)
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
    async with database.acting_as(actor, Lane.ANSWERS) as connection:
        volunteer_id = caller.volunteer_id
        await tell.tell_status(connection, actor, AlertId(alert_id), volunteer_id, data.status, happened_at, now)
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
        return await answer.lose_aed(connection, actor, AlertId(alert_id), volunteer_id, data.problem, clock.now())

    return await _answered(database, caller, AlertId(alert_id), clock, decide)


Decide = Callable[[Connection, Actor], Awaitable[Answer]]


async def _answered(database: Database, caller: Caller, alert_id: AlertId, clock: Clock, decide: Decide) -> Alert:
    """Decide in one transaction; refuse only after it is committed, so that what a refusal wrote is kept."""
    actor = _self(caller)
    async with database.acting_as(actor, Lane.ANSWERS) as connection:
        refused = refusal_of(await decide(connection, actor))
        seen = None if refused else await _own(connection, caller, alert_id, clock.now())
    if refused:
        raise refused
    assert seen is not None
    return seen


def _self(caller: Caller) -> Actor:
    return Actor(Role.API, person_id=caller.volunteer_id)


async def _own(connection: Connection, caller: Caller, alert_id: AlertId, now: datetime) -> Alert:
    found = await answer.own_alert(connection, alert_id, caller.volunteer_id)
    return _alert(await own(connection, found, now))


def _alerts(seen: list[OwnAlert]) -> Alerts:
    return Alerts([_alert(one) for one in seen])


def _alert(seen: OwnAlert) -> Alert:
    alert, incident = seen.alert, seen.incident
    if seen.place is not None:
        _log.info("address viewed", alert=str(alert.id), incident=str(incident.id), revision=incident.revision)
    return Alert(
        id=alert.id,
        kind=alert.kind,
        state=alert.state,
        reason=alert.reason,
        ring_no=alert.ring_no,
        asked_at=alert.asked_at,
        rings_until=alert.rings_until,
        answer_until=incident.ended_at,
        coarse_distance_m=coarse_distance_m(alert.metres),
        revision=incident.revision,
        mission=_mission(seen),
    )


def _mission(seen: OwnAlert) -> Mission | None:
    if seen.alert.role is None:
        return None
    return Mission(
        role=seen.alert.role,
        left_reach=seen.alert.left_reach,
        place=None if seen.place is None else _place(seen.place, seen.incident.coarse),
        aed=None if seen.aed is None else _aed(seen.aed),
        statuses=[StatusTold(told.status, told.happened_at) for told in seen.statuses],
    )


def _place(place: Place, coarse: bool) -> PatientPlace:
    address = place.address
    return PatientPlace(
        lat=place.lat,
        lon=place.lon,
        accuracy_m=place.accuracy_m,
        coarse=coarse,
        address=address.text,
        floor=address.floor,
        door=address.door,
        entrance=address.entrance,
        door_code=address.door_code,
    )


def _aed(aed: AedOption) -> Aed:
    return Aed(
        id=aed.aed_id,
        lat=aed.lat,
        lon=aed.lon,
        metres=round(aed.metres),
        name=aed.name,
        location_text=aed.location_text,
        floor=aed.floor,
        indoor=aed.indoor,
        cabinet_code=aed.cabinet_code,
        open=aed.open,
        source=aed.source,
        attribution=aed.attribution,
    )


routes = (
    read_alerts,
    follow_alerts,
    read_alert,
    send_receipt,
    accept,
    decline,
    tell_status,
    give_up,
    report_aed_problem,
)
