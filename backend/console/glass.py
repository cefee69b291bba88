"""Breaking the glass: one incident's address, for a reason, by somebody who has just proven who they are."""

from uuid import UUID

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from backend.console.reason import Reason
from backend.console.visit import INCIDENTS, AnyRequest, form_of, show, told, words_of
from backend.console.who import here_of, must_be_signed_in
from backend.foundation.clock import COPENHAGEN
from backend.foundation.database import Database, Lane
from backend.foundation.ids import CentreId, IncidentId
from backend.foundation.journal import Event, Happening
from backend.foundation.kinds import Kind
from backend.foundation.problems import bad_field, not_found
from backend.identity.staff import May
from backend.incidents import queries as incidents
from backend.incidents.incident import Address, State
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
    """The centre's open incidents"""
    here = here_of(request)
    found = []
    if here.session.centre_id is not None:
        async with database.acting_as(here.actor, Lane.REST) as connection:
            centre = CentreId(here.session.centre_id)
            found = await incidents.of_centre(connection, centre, Kind.LIVE, State.OPEN, None, MOST_SHOWN)
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
    async with database.acting_as(here.actor, Lane.ANSWERS) as connection:
        incident = await incidents.lock(connection, IncidentId(incident_id))
        if incident is None or incident.centre_id != here.session.centre_id:
            raise not_found("incident")
        place = await incidents.place_of(connection, incident.id)
        if place is not None:
            facts = {"to": "staff", "staff": str(here.staff.id), "reason": reason.value}
            happening = Happening(Event.ADDRESS_DISCLOSED, {**facts})
            await record(connection, here.actor, incident, [happening], here.now)
            view = View(what=What.ADDRESS, kind=incident.kind, centre_id=incident.centre_id, incident_id=incident.id)
            await write_down(connection, Viewer(ViewerKind.STAFF, here.staff.id), [view], here.now)
    if place is None:
        return told(request, 410, said.address, said.address_gone, again=INCIDENTS)
    position = f"{place.lat:.5f}, {place.lon:.5f}"
    lines = _lines(place.address) if place.readable else [said.address_unreadable]
    return show(request, "address.html", lines=lines, position=position)


def _lines(address: Address) -> list[str]:
    parts = (address.text, address.floor, address.door, address.entrance, address.door_code)
    return [part for part in parts if part]


routes = (incidents_page, read_address)
