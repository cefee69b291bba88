"""Acting on an incident: revise, stand down, close, override an exclusion; and putting a defibrillator back."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from enum import StrEnum
from functools import partial
from time import monotonic
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta
from prometheus_client import Counter

from backend.aeds import condition
from backend.alerts import alarm
from backend.alerts import queries as alert_queries
from backend.alerts import revise as revising
from backend.alerts.apply import Contended
from backend.api.contract import answers
from backend.api.dispatch_centre.place import AccuracyM, AddressSent, Position
from backend.api.dispatch_centre.read import actor_of, may_change, own_incident
from backend.api.dispatch_centre.told import meant
from backend.api.dispatch_centre.view import Incident, view
from backend.api.guards import dispatch
from backend.api.limits import Limit
from backend.delivery import stop
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Connection, Database, Lane, enter
from backend.foundation.harmless import without_harm
from backend.foundation.ids import AedId, AlertId, IncidentId
from backend.foundation.kinds import Kind
from backend.foundation.problems import Problem, bad_field, not_found
from backend.identity.caller import Caller
from backend.incidents import queries, queries_duplicates
from backend.incidents.incident import EndReason, StandDownReason, State
from backend.incidents.incident import Incident as Stored
from backend.regions.find import Borders
from backend.responses import joining

Besides = Callable[[Connection, IncidentId], Awaitable[None]]
ATTEMPTS_END_WITHIN_S = 2.2
"""An attempt's lease is over 2 s after it started: by then every one that began before a stop is settled or unknown."""

_POLL_S = 0.05

stopped_total = Counter(
    "hjerteloeber_alerts_stopped_total", "Rings at a stand-down: sent before it, stopped, or late", ["kind", "outcome"]
)


class Revision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known better now. What is left out stays as it is; a new address replaces the whole one before.

    `based_on`: the incident's `revision` that whoever sends this looked at; where another has come since it is refused,
    so that nobody overwrites what they have not seen. Left out: it holds whatever came before.
    """

    position: Position | None = None
    accuracy_m: AccuracyM | None = None
    address: AddressSent | None = None
    based_on: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None


class StandDown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reason: StandDownReason


class Stopped(msgspec.Struct, frozen=True):
    """How many rings a provider had accepted before the stop, will never start, or had started with unknown outcome.

    `reason`: the one that holds and was told. The first counts; a later one changes nothing.
    """

    sent: int
    stopped: int
    late: int
    reason: EndReason


class OverrideReason(StrEnum):
    """Why hjerteløbere are asked although the circumstances speak against it. No free text: it would name people."""

    SCENE_NOW_SAFE = "scene_now_safe"
    INFORMATION_CORRECTED = "information_corrected"
    CLINICAL_DECISION = "clinical_decision"
    OTHER = "other"


class Override(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reason: OverrideReason


class Join(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`into`: the incident that goes on, one of this one's `possible_duplicates`."""

    into: UUID


_REFUSED = {409: "The incident has ended, or it was revised after `based_on`"}


@post(
    "/dispatch/v1/incidents/{incident_id:uuid}/revise",
    guards=[dispatch("incidents:write", Limit.NEVER)],
    status_code=200,
    opt=answers(_REFUSED),
)
async def revise(
    incident_id: FromPath[UUID],
    data: JSONBody[Revision],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    borders: NamedDependency[Borders],
) -> Incident:
    """Send a better position or address

    Everybody going is told at once, on every channel.
    """
    return await revise_own(database, caller, incident_id, data, borders, clock.now())


@post(
    "/dispatch/v1/incidents/{incident_id:uuid}/stand-down",
    guards=[dispatch("incidents:write", Limit.NEVER)],
    status_code=200,
)
async def stand_down(
    incident_id: FromPath[UUID],
    data: JSONBody[StandDown],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> Stopped:
    """Stand everybody down

    Ends the incident: whoever rings or goes is told why. When the answer comes, no ring starts any more: it waits, at
    most two seconds, for those that had been started. Doing it again gives the same answer, with another reason
    too: the first one stands, and the answer says which that is.
    """
    return await end_own(database, caller, incident_id, EndReason(data.reason.value), clock)


@post(
    "/dispatch/v1/incidents/{incident_id:uuid}/close",
    guards=[dispatch("incidents:write", Limit.NEVER)],
    status_code=200,
)
async def close(
    incident_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> Stopped:
    """Close an incident that has taken its course

    As standing down, with the reason `closed`.
    """
    return await end_own(database, caller, incident_id, EndReason.CLOSED, clock)


@post(
    "/dispatch/v1/incidents/{incident_id:uuid}/override",
    guards=[dispatch("incidents:write", Limit.NEVER)],
    status_code=200,
    opt=answers({409: "The incident has ended, or nothing excludes it"}),
)
async def override(
    incident_id: FromPath[UUID],
    data: JSONBody[Override],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> Incident:
    """Ask hjerteløbere although the circumstances exclude it"""
    return await override_own(database, caller, incident_id, data.reason, clock.now())


@post(
    "/dispatch/v1/incidents/{incident_id:uuid}/join",
    guards=[dispatch("incidents:write", Limit.NEVER)],
    status_code=200,
    opt=answers({409: "One of the two has ended, or they were not marked as possible duplicates"}),
)
async def join(
    incident_id: FromPath[UUID],
    data: JSONBody[Join],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> Incident:
    """Join a second report of one arrest to the first

    This incident ends with the reason `joined`; the other one, which may be another centre's, goes on. Whoever is on
    the way stays on the way there, with role and defibrillator; whoever still rings for this one is told why it stops.
    """
    return await join_own(database, caller, incident_id, data.into, clock.now())


@post(
    "/dispatch/v1/aeds/{aed_id:uuid}/confirm",
    guards=[dispatch("incidents:write", Limit.NEVER)],
    status_code=204,
)
async def confirm_aed(
    aed_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> None:
    """Confirm that a defibrillator is back in its place and works

    Defibrillators are live ones: a client of another kind finds none.
    """
    if caller.kind is not Kind.LIVE:
        raise not_found("defibrillator")
    async with database.acting_as(actor_of(caller), Lane.REST) as connection:
        if not await condition.confirm(connection, AedId(aed_id), clock.now()):
            raise not_found("defibrillator")


async def revise_own(
    database: Database,
    caller: Caller,
    incident_id: UUID,
    data: Revision,
    borders: Borders,
    now: datetime,
    *,
    adds: bool = False,
) -> Incident:
    """As the route says, for a dispatch system or for somebody at the console: the verbs below have no other way in.

    Each raises 404 for an incident that is not the caller's, and 409 for one that has ended. `adds`: what the address
    leaves out stays, too.
    """
    if data.position is None and data.address is None and data.accuracy_m is None:
        wanted = "send at least one of position, accuracy_m and address"
        raise bad_field("", wanted, detail=f"{wanted[0].upper()}{wanted[1:]}.")
    actor = actor_of(caller)

    async def work(connection: Connection) -> Incident:
        incident = await _locked(connection, caller, incident_id)
        known = await queries.place_of(connection, incident.id)
        if known is None:
            raise not_found("incident")
        better = (data.position, data.accuracy_m, data.address)
        heard = await meant(connection, caller, incident, known, better, borders, adds=adds)
        is_another = heard.where.place != known  # the same again is none
        if is_another and data.based_on not in (None, incident.revision):
            raise _revised_meanwhile(incident)
        await revising.revise(connection, actor, incident, heard.where, now, heard.said_by(caller.subject_id))
        return await view(connection, await own_incident(connection, caller, incident_id))

    return await database.in_transaction(actor, Lane.ALERTS, work, again_on=(Contended,))


def _revised_meanwhile(incident: Stored) -> Problem:
    return Problem(
        409,
        "revised-meanwhile",
        "Revised meanwhile",
        "Look at the newest place and address, and revise that.",
        revision=incident.revision,
    )


async def override_own(
    database: Database, caller: Caller, incident_id: UUID, reason: OverrideReason, now: datetime
) -> Incident:
    """Ask although the circumstances exclude it; sent again, the first reason stands."""
    actor = actor_of(caller)

    async def work(connection: Connection) -> Incident:
        incident = await _locked(connection, caller, incident_id)
        if incident.override_reason is not None:
            return await view(connection, incident)  # sent again: the first reason stands
        if not incident.exclusions:
            raise Problem(409, "not-excluded", "Nothing to override", "No circumstance excludes this incident.")
        await alarm.override_exclusion(connection, actor, incident, reason.value, now)
        return await view(connection, await own_incident(connection, caller, incident_id))

    return await database.in_transaction(actor, Lane.ALERTS, work, again_on=(Contended,))


async def join_own(database: Database, caller: Caller, incident_id: UUID, into_id: UUID, now: datetime) -> Incident:
    """Join one's own incident to one of its possible duplicates."""
    actor = actor_of(caller)

    async def work(connection: Connection) -> Incident:
        own = await own_incident(connection, caller, incident_id)
        into = IncidentId(into_id)
        may_change(caller, own)
        if own.end_reason is EndReason.JOINED and own.linked_to == into:
            return await view(connection, own)
        if not await queries_duplicates.are_possible_duplicates(connection, own.id, into):
            raise Problem(
                409,
                "not-a-duplicate",
                "Not marked as one arrest",
                "Only possible duplicates of an incident can be joined.",
            )
        locked: dict[IncidentId, Stored | None] = {}
        for each in sorted((own.id, into), key=lambda i: i.bytes):
            await enter(connection, await queries.centre_of(connection, each) or own.centre_id)
            locked[each] = await queries.lock(connection, each)
        ending, kept = _open(locked[own.id]), _open(locked[into])
        await joining.join(connection, actor, ending, kept, now)
        await enter(connection, own.centre_id)
        return await view(connection, await own_incident(connection, caller, incident_id))

    return await database.in_transaction(actor, Lane.ALERTS, work, again_on=(Contended,))


async def _locked(connection: Connection, caller: Caller, incident_id: UUID) -> Stored:
    """The centre's own incident, open and locked, to be changed."""
    may_change(caller, await own_incident(connection, caller, incident_id))
    return _open(await queries.lock(connection, IncidentId(incident_id)))


def _open(incident: Stored | None) -> Stored:
    assert incident is not None, "it was there a moment ago, and incidents stay"
    if incident.state is State.ENDED:
        raise Problem(
            409, "incident-ended", "The incident has ended", "Report the case anew.", reason=str(incident.end_reason)
        )
    return incident


async def end_own(
    database: Database,
    caller: Caller,
    incident_id: UUID,
    reason: EndReason,
    clock: Clock,
    besides: Besides | None = None,
) -> Stopped:
    """End it; when this comes back no ring starts any more. Again, the first reason stands and is told.

    `besides`: done in the transaction that ends it, before the end; whatever goes wrong in it, the end stands.
    """
    actor = actor_of(caller)

    async def work(connection: Connection) -> tuple[list[AlertId], EndReason]:
        incident = await own_incident(connection, caller, incident_id)
        if reason is EndReason.CLOSED:
            may_change(caller, incident)
        if besides is not None:
            await without_harm(connection, partial(besides, connection, incident.id), "what goes with an end", 1.0)
        await alarm.end(connection, actor, incident.id, reason, clock.now())
        ended = await own_incident(connection, caller, incident_id)
        assert ended.end_reason is not None, "it has just been ended, or was before"
        return [alert.id for alert in await alert_queries.of_incident(connection, incident.id)], ended.end_reason

    alerts, holds = await database.in_transaction(actor, Lane.ALERTS, work, again_on=(Contended,))
    tally = await settled(database, actor, alerts, clock)
    for outcome, number in (("sent", tally.sent), ("stopped", tally.stopped), ("late", tally.late)):
        stopped_total.labels(caller.kind.value, outcome).inc(number)
    return Stopped(tally.sent, tally.stopped, tally.late, holds)


async def settled(database: Database, actor: Actor, alerts: Sequence[AlertId], clock: Clock) -> stop.Tally:
    """The stop is committed: nothing starts any more. What had started is waited for, outside every transaction."""
    until = monotonic() + ATTEMPTS_END_WITHIN_S
    while monotonic() < until:
        async with database.acting_as(actor, Lane.ALERTS) as connection:
            if not await stop.unsettled(connection, alerts, clock.now()):
                break
        await asyncio.sleep(_POLL_S)
    async with database.acting_as(actor, Lane.ALERTS) as connection:
        return await stop.tally(connection, alerts)


routes = (revise, stand_down, close, override, join, confirm_aed)
