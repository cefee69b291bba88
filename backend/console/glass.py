"""Breaking the glass: one incident's address, for a reason, by somebody who has just proven who they are."""

from uuid import UUID

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from backend.api.dispatch_centre.read import may_change
from backend.console.acting import caller_at
from backend.console.incident_pages import incident_words
from backend.console.reason import Reason
from backend.console.visit import INCIDENTS, AnyRequest, form_of, show, told, words_of
from backend.console.who import Here, here_of, must_be_signed_in
from backend.console.words_incident import IncidentWords
from backend.foundation.clock import COPENHAGEN
from backend.foundation.database import Connection, Database, Lane, enter
from backend.foundation.ids import IncidentId
from backend.foundation.journal import Event, Happening
from backend.foundation.kinds import Kind
from backend.foundation.problems import bad_field, not_found
from backend.identity.staff import May
from backend.incidents import queries as incidents
from backend.incidents.incident import Address, Incident, State
from backend.incidents.record import record
from backend.incidents.view import View, Viewer, ViewerKind, What
from backend.incidents.viewed import write_down

MOST_SHOWN = 100


class Open(msgspec.Struct, frozen=True):
    """An incident as it is listed: no address."""

    id: UUID
    case_number: str
    opened: str


@get(INCIDENTS, guards=[must_be_signed_in], opt={"may": May.FOLLOW})
async def incidents_page(request: AnyRequest, database: NamedDependency[Database]) -> Response[str]:
    """The open incidents of the centres they act for"""
    here = here_of(request)
    found: list[Incident] = []
    async with database.acting_as(here.actor, Lane.REST) as connection:
        for centre_id in here.centres:
            await enter(connection, centre_id)
            found += await incidents.of_centre(connection, centre_id, Kind.LIVE, State.OPEN, None, MOST_SHOWN)
    found = sorted(found, key=lambda each: each.opened_at, reverse=True)[:MOST_SHOWN]
    shown = [Open(each.id, each.case_number, f"{each.opened_at.astimezone(COPENHAGEN):%H.%M}") for each in found]
    return show(request, "incidents.html", incidents=shown, may_read=May.READ_ADDRESS in here.allowed)


@post(
    INCIDENTS + "/{incident_id:uuid}/adresse",
    guards=[must_be_signed_in],
    opt={"may": May.READ_ADDRESS, "then": INCIDENTS},
)
async def read_address(
    request: AnyRequest, incident_id: FromPath[UUID], database: NamedDependency[Database]
) -> Response[str]:
    """One incident's address. The view is journalled in the transaction that reads it"""
    here, said = here_of(request), words_of(request)
    form = await form_of(request, here.token)
    if form.get("reason") not in tuple(Reason):
        raise bad_field("/reason", f"one of: {', '.join(Reason)}")
    reason = Reason(form["reason"])
    # Not from the lane of answers: whoever looks may wait for the incident, and nobody who accepts waits for them.
    async with database.acting_as(here.actor, Lane.REST) as connection:
        incident = await _locked(connection, here, IncidentId(incident_id))
        place = await incidents.place_of(connection, incident.id)
        if place is not None:
            facts = {**_to_whom(here), "reason": reason.value}
            happening = Happening(Event.ADDRESS_DISCLOSED, {**facts})
            await record(connection, here.actor, incident, [happening], here.now)
            view = View(what=What.ADDRESS, kind=incident.kind, centre_id=incident.centre_id, incident_id=incident.id)
            await write_down(connection, Viewer(ViewerKind.STAFF, here.staff.id), [view], here.now)
    if place is None:
        return told(request, 410, said.address, said.address_gone, again=INCIDENTS)
    position = f"{place.lat:.5f}, {place.lon:.5f}"
    lines = _lines(place.address, incident_words(request))
    return show(request, "address.html", lines=lines, position=position, readable=place.readable)


def _to_whom(here: Here) -> dict[str, str]:
    """Where nobody vouched for who it is: whom they said they are, and with which seat's envelope in their hands."""
    if here.is_vouched_for:
        return {"to": "staff", "staff": str(here.staff.id)}
    return {"to": "envelope", "staff": str(here.staff.id), "seat": str(here.session.seat_id)}


async def _locked(connection: Connection, here: Here, incident_id: IncidentId) -> Incident:
    """One of the centres they act for, which is entered from here on; 404 for anybody else's.

    Raises 403 for one that is lent by agreement: standing down needs no address.
    """
    for centre_id in here.centres:
        await enter(connection, centre_id)
        incident = await incidents.lock(connection, incident_id)
        if incident is not None:
            may_change(caller_at(here, incident.kind), incident)  # lent by agreement: seen, and not looked into
            return incident
    raise not_found("incident")


def _lines(address: Address, words: IncidentWords) -> list[str]:
    """The street as it was reported, and beside each number what it is of: read aloud, "4711" is no door code."""
    rest = (
        (words.floor, address.floor),
        (words.door, address.door),
        (words.entrance, address.entrance),
        (words.door_code, address.door_code),
    )
    return [*([address.text] if address.text else ()), *(f"{name} {part}" for name, part in rest if part)]


routes = (incidents_page, read_address)
