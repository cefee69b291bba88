"""The second person: alarms raised by hand that go beyond what one person does alone, to confirm or to stop."""

from uuid import UUID

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from backend.api.dispatch_centre.act import end_own
from backend.api.dispatch_centre.read import may_change, own_incident
from backend.console.acting import caller_at
from backend.console.by_hand_pages import by_hand_words
from backend.console.live_page import show_live
from backend.console.visit import AnyRequest, form_of
from backend.console.who import Here, here_of, must_be_signed_in
from backend.foundation.clock import COPENHAGEN, Clock
from backend.foundation.database import Connection, Database, Lane, enter
from backend.foundation.ids import IncidentId
from backend.foundation.kinds import Kind
from backend.foundation.problems import bad_field, not_found
from backend.identity import queries_staff
from backend.identity.staff import May, StaffId
from backend.incidents import by_hand, queries
from backend.incidents.by_hand import WhyNot
from backend.incidents.incident import EndReason
from backend.incidents.raised import Above, Decision

CALLED = "/konsol/kaldt"


class Called(msgspec.Struct, frozen=True):
    """An alarm that waits for a second person."""

    id: UUID
    case_number: str
    raised_by: str
    at: str
    own: bool
    above: list[Above]


@get(CALLED, guards=[must_be_signed_in], opt={"may": May.ACT})
async def called_page(request: AnyRequest, database: NamedDependency[Database]) -> Response[str]:
    """Alarms raised by hand that wait for a second person"""
    return await _page(request, database)


@post(CALLED + "/{incident_id:uuid}", guards=[must_be_signed_in], opt={"may": May.ACT, "then": CALLED})
async def decide(
    request: AnyRequest, incident_id: FromPath[UUID], database: NamedDependency[Database], clock: NamedDependency[Clock]
) -> Response[str]:
    """Confirm it, or stop it: everybody is stood down then, as sent in error"""
    here, said = here_of(request), by_hand_words(request)
    answer = (await form_of(request, here.token)).get("svar", "")
    if answer not in tuple(Decision):
        raise bad_field("/svar", f"one of: {', '.join(Decision)}")
    if Decision(answer) is Decision.STOPPED:
        await _stop(database, here, incident_id, clock)
        return await _page(request, database, ". ".join(said.stopped))
    refused = await _confirm(database, here, incident_id)
    if refused is not None:
        return await _page(request, database, said.why_not[refused], 409 if refused is WhyNot.DECIDED else 403)
    return await _page(request, database, ". ".join(said.confirmed))


async def _stop(database: Database, here: Here, incident_id: UUID, clock: Clock) -> None:
    """A stand-down, which whoever may act may do to any alarm; and written down as the second person's, where it is."""

    async def besides(connection: Connection, found: IncidentId) -> None:
        await _decided(connection, here, found, Decision.STOPPED)

    caller = caller_at(here, Kind.LIVE)
    await end_own(database, caller, incident_id, EndReason.SENT_IN_ERROR, clock, besides)


async def _confirm(database: Database, here: Here, incident_id: UUID) -> WhyNot | None:
    async with database.acting_as(here.actor, Lane.ANSWERS) as connection:
        caller = caller_at(here, Kind.LIVE)
        may_change(caller, await own_incident(connection, caller, incident_id))  # and its centre is entered
        return await _decided(connection, here, IncidentId(incident_id), Decision.CONFIRMED)


async def _decided(connection: Connection, here: Here, incident_id: IncidentId, decision: Decision) -> WhyNot | None:
    incident = await queries.lock(connection, incident_id)
    if incident is None:
        raise not_found("incident")
    return await by_hand.decide(
        connection, here.actor, incident, here.staff.id, decision, here.now, vouched_for=here.is_vouched_for
    )


async def _page(request: AnyRequest, database: Database, says: str = "", status: int = 200) -> Response[str]:
    here = here_of(request)
    async with database.acting_as(here.actor, Lane.REST) as connection:
        waiting = await by_hand.waiting(connection, here.own_centres)
        names: dict[StaffId, str] = {}
        cases: dict[IncidentId, str] = {}
        for each in waiting:
            await enter(connection, each.centre_id)
            names |= await queries_staff.names_of(connection, [StaffId(each.raised_by)])
            found = await queries.one_of_centre(connection, each.centre_id, each.incident_id)
            cases[each.incident_id] = "" if found is None else found.case_number
    called = [
        Called(
            each.incident_id,
            cases[each.incident_id],
            names.get(StaffId(each.raised_by), "–"),
            f"{each.raised_at.astimezone(COPENHAGEN):%H.%M.%S}",
            each.raised_by == here.staff.id,
            each.above,
        )
        for each in waiting
    ]
    return show_live(
        request,
        "called.html",
        None,
        status,
        h=by_hand_words(request),
        kind=Kind.LIVE.value,
        now=here.now.isoformat(),
        may=sorted(each.value for each in here.allowed),
        called=called,
        says=says,
    )


routes = (called_page,)
alarms = (decide,)
"""Stopping one is as little to be kept back as raising it."""
