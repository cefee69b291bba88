"""Reporting a cardiac arrest: the most important request there is. Never limited, never refused for its place."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import MediaType, Request, post
from litestar.di import NamedDependency
from litestar.params import HeaderParameter, JSONBody
from litestar.response import Response
from msgspec import Meta

from backend.alerts import alarm
from backend.alerts import revise as revising
from backend.alerts.apply import Contended
from backend.api.contract import answers
from backend.api.dispatch_centre.place import AccuracyM, AddressSent, Position, placed
from backend.api.dispatch_centre.read import actor_of, own_incident
from backend.api.dispatch_centre.told import told_again
from backend.api.dispatch_centre.view import Incident, view_without_harm
from backend.api.guards import dispatch
from backend.api.limits import Limit
from backend.foundation import telemetry
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Connection, Database, Lane, enter
from backend.foundation.harmless import without_harm
from backend.foundation.ids import IncidentId
from backend.foundation.journal import Event, Happening
from backend.foundation.problems import Problem, bad_field
from backend.identity.caller import Caller, CallerRole
from backend.incidents import keys, queries
from backend.incidents.cases import Ended, Fresh, Running, case_of
from backend.incidents.incident import Address, AgeGroup, Circumstance, PlaceOnMap, Sex
from backend.incidents.incident import Incident as Stored
from backend.incidents.incident import Report as Reported
from backend.incidents.record import record
from backend.regions.find import Borders

BESIDES_S = 2.5
"""What goes with an alarm may choose people too, as long as the alarm itself may, and write a few rows."""
Besides = Callable[[Connection, IncidentId], Awaitable[None]]
Aware = Annotated[datetime, Meta(tz=True)]
Established = Annotated[datetime, Meta(tz=True, description="When it was; left out: when it reached us")]
IdempotencyKey = Annotated[
    str,
    HeaderParameter(
        name="Idempotency-Key",
        min_length=8,
        max_length=100,
        description="Made by you, new for each report. The same one with the same bytes, for 60 s or more, until there "
        "is an answer; with other bytes it is a 422.",
    ),
]


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A suspected cardiac arrest. Everything but case number and position may be left out and follow later."""

    case_number: Annotated[str, Meta(min_length=1, max_length=64, description="Yours; may be used again later")]
    position: Position
    accuracy_m: AccuracyM | None = None
    address: AddressSent | None = None
    age_group: AgeGroup | None = None
    patient_sex: Sex | None = None
    patient_sex_at: Established | None = None
    circumstances: Annotated[list[Circumstance], Meta(max_length=20)] = []
    call_received_at: Aware | None = None
    recognised_at: Aware | None = None
    call_taker_group: Annotated[str, Meta(max_length=40, description="A group, never a person")] | None = None
    call_taker_group_at: Established | None = None
    dansk_indeks: Annotated[str, Meta(pattern=r"^[A-H]\.\d{2}(\.\d{2})?$", examples=["A.01.02"])] | None = None
    dansk_indeks_at: Established | None = None
    policy: Annotated[str, Meta(max_length=40, description="By name; left out: what is in force")] | None = None
    again: Annotated[bool, Meta(description="Open a new incident although this case ended a moment ago")] = False


@post(
    "/dispatch/v1/incidents",
    guards=[dispatch("incidents:write", Limit.NEVER)],
    status_code=201,
    opt=answers({409: "This case ended less than 10 minutes ago: send `again: true` to open a new incident"}),
)
async def report(
    request: Request[Any, Any, Any],
    data: JSONBody[Report],
    idempotency_key: IdempotencyKey,
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    borders: NamedDependency[Borders],
) -> Response[Incident]:
    """Report a suspected cardiac arrest

    Opens an incident and asks the nearest hjerteløbere at once. The same case number while its incident is open
    revises that one; a place that you told last time too takes back nothing that was corrected since. `asking: pending`
    means that the incident is safe and choosing follows within a second.

    Without an answer, or after a 5xx, send the same bytes with the same key again, with pauses, for 60 s or more: it is
    one incident, and the first answer is repeated byte for byte, for 48 hours. A 4xx is an answer and is not repeated,
    but for a 401: log in, then the same again.
    """
    digest = keys.digest(await request.body())
    return _response(*await report_for(database, caller, data, idempotency_key, digest, borders, clock.now()))


async def report_for(
    database: Database,
    caller: Caller,
    data: Report,
    idempotency_key: str,
    digest: bytes,
    borders: Borders,
    now: datetime,
    besides: Besides | None = None,
) -> tuple[bytes, int, IncidentId]:
    """As the route says, for a dispatch system or for somebody at the console: the answer's bytes, status, incident.

    `digest`: of what was sent under the key; the same one is answered with the first answer, another one is a 422.
    `besides`: done in the same transaction, once, after the alarm; whatever goes wrong in it, the alarm stays.
    """
    actor = actor_of(caller)

    async def work(connection: Connection) -> tuple[bytes, int, IncidentId]:
        earlier = await keys.earlier_answer(connection, caller.subject_id, idempotency_key, digest)
        if earlier is not None:
            return earlier.body(), earlier.status, earlier.incident_id
        incident_id = await _open_or_revise(connection, actor, caller, data, borders, now)
        if besides is not None:
            await without_harm(
                connection, partial(besides, connection, incident_id), "what goes with an alarm", BESIDES_S
            )
        stored = await own_incident(connection, caller, incident_id)
        answer = await view_without_harm(connection, stored)
        body = msgspec.json.encode(answer)
        await keys.keep(
            connection, caller.subject_id, idempotency_key, caller.centre_id, digest, incident_id, 201, body, now
        )
        telemetry.incidents_total.labels(kind=answer.kind.value, asking=answer.asking.value).inc()
        return body, 201, incident_id

    return await database.in_transaction(actor, Lane.ALERTS, work, again_on=(Contended,))


def _response(body: Any, status: int, incident_id: IncidentId) -> Response[Incident]:
    """The body as it is, byte for byte: a repetition is answered with the same one."""
    return Response(
        body,
        status_code=status,
        media_type=MediaType.JSON,
        headers={"Location": f"/dispatch/v1/incidents/{incident_id}"},
    )


async def _open_or_revise(
    connection: Connection, actor: Actor, caller: Caller, data: Report, borders: Borders, now: datetime
) -> IncidentId:
    linked_to: IncidentId | None = None
    for centre_id in caller.acts_for if caller.made_for else ():  # its case may be older than where its work is now
        await enter(connection, centre_id)
        before = await case_of(connection, centre_id, caller.system_of, caller.kind, data.case_number, now)
        if isinstance(before, Running):
            return await _revise(connection, actor, caller, before.incident, data, borders, now)
        await enter(connection, caller.centre_id)
    match await case_of(connection, caller.centre_id, caller.system_of, caller.kind, data.case_number, now):
        case Running(incident):
            return await _revise(connection, actor, caller, incident, data, borders, now)
        case Ended(earlier, just_now):
            if just_now and not data.again:
                raise _case_ended(earlier)
            linked_to = earlier
        case Fresh():
            pass
    address = Address() if data.address is None else data.address.address()
    reported = _reported(data, placed(data.position, data.accuracy_m, address, borders, now), now)
    told_by = caller.subject_id if caller.role is CallerRole.DISPATCH else None
    reported = msgspec.structs.replace(reported, numbered_by=caller.made_for, told_by=told_by)
    return await alarm.raise_alarm(
        connection, actor, caller.kind, caller.centre_id, reported, data.policy, linked_to, now
    )


async def _revise(
    connection: Connection,
    actor: Actor,
    caller: Caller,
    incident: Stored,
    data: Report,
    borders: Borders,
    now: datetime,
) -> IncidentId:
    """The same case again while its incident is open: what is told newly counts, what is left out stays.

    Dispatch systems send the whole case anew with whatever changes in it: what they say again of the place takes back
    nothing that was corrected since. That it stands is written down once.
    """
    known = await queries.place_of(connection, incident.id)
    assert known is not None, "an open incident has its place"
    facts = (data.position, data.accuracy_m, data.address)
    heard = await told_again(connection, caller, incident, known, facts, borders)
    await queries.add_facts(connection, incident.id, _reported(data, heard.where, now))
    await revising.revise(connection, actor, incident, heard.where, now, heard.said_by(caller.subject_id))
    if heard.kept:
        await record(connection, actor, incident, [Happening(Event.PLACE_KEPT)], now)
    return incident.id


def _reported(data: Report, where: PlaceOnMap, now: datetime) -> Reported:
    return Reported(
        case_number=data.case_number,
        where=where,
        circumstances=tuple(data.circumstances),
        age_group=data.age_group,
        patient_sex=data.patient_sex,
        patient_sex_at=_established("patient_sex", data.patient_sex, data.patient_sex_at, now),
        dansk_indeks=data.dansk_indeks,
        dansk_indeks_at=_established("dansk_indeks", data.dansk_indeks, data.dansk_indeks_at, now),
        call_taker_group=data.call_taker_group,
        call_taker_group_at=_established("call_taker_group", data.call_taker_group, data.call_taker_group_at, now),
        call_received_at=data.call_received_at,
        recognised_at=data.recognised_at,
    )


def _established(fact: str, told: str | None, at: datetime | None, now: datetime) -> datetime | None:
    if told is None and at is not None:
        raise bad_field(f"/{fact}_at", f"comes with {fact}")
    return None if told is None else at or now


def _case_ended(incident_id: IncidentId) -> Problem:
    return Problem(
        409,
        "case-ended",
        "This case has just ended",
        "The incident with this case number ended less than 10 minutes ago. Send again: true to open a new one.",
        incident=str(incident_id),
        link=f"/dispatch/v1/incidents/{incident_id}",
    )


routes = (report,)
