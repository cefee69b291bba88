"""Reading incidents: by poll, and why somebody was not asked. Following live is in dispatch_live."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from backend.api.dispatch_centre.view import Incident, view, views
from backend.api.guards import dispatch
from backend.api.limits import Limit
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Connection, Database, Lane, Role, enter
from backend.foundation.ids import IncidentId
from backend.foundation.problems import Problem, not_found
from backend.identity.caller import Caller, CallerRole
from backend.incidents import queries
from backend.incidents.incident import Incident as Stored
from backend.incidents.incident import State
from backend.incidents.view import View, Viewer, ViewerKind, What
from backend.incidents.viewed import write_down
from backend.locations.areas import Area as FoundArea
from backend.locations.areas import areas_of
from backend.selection import queries as selection_queries
from backend.selection import queries_pins
from backend.selection.candidate import FromPlace, Verdict, pseudonym_of
from backend.selection.preview import in_steps
from backend.selection.queries import CandidateRow


class Incidents(msgspec.Struct, frozen=True):
    """Newest first; `next_before` is what to send as `before` for the page after this, null on the last."""

    incidents: list[Incident]
    next_before: datetime | None


class Area(msgspec.Struct, frozen=True):
    """Where somebody is by now: the middle of an area, its radius, and how many of those looked at are in it: 3 up."""

    lat: float
    lon: float
    radius_m: int
    people: int


class Candidate(msgspec.Struct, frozen=True):
    """Somebody looked at: asked, or why not. `seen_at`: at their live position, their home or their work.

    `metres`: no further away than that, in steps of 500 m. `area` is null where fewer than three are about, and when
    the incident has ended.
    """

    pseudonym: str
    wave: int
    metres: int
    position_age_s: int | None
    seen_at: FromPlace
    verdict: Verdict
    area: Area | None


class Candidates(msgspec.Struct, frozen=True):
    candidates: list[Candidate]


@get("/dispatch/v1/incidents/{incident_id:uuid}", guards=[dispatch("incidents:read", Limit.DISPATCH_READS)])
async def read_incident(
    incident_id: FromPath[UUID], caller: NamedDependency[Caller], database: NamedDependency[Database]
) -> Incident:
    """See an incident

    Counts, who goes, and when the first is expected.
    """
    async with database.acting_as(Actor(Role.API, caller.centre_id), Lane.REST) as connection:
        return await view(connection, await own_incident(connection, caller, incident_id))


@get("/dispatch/v1/incidents", guards=[dispatch("incidents:read", Limit.DISPATCH_READS)])
async def list_incidents(
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    incident_state: Annotated[State | None, QueryParameter(name="state")] = None,
    before: Annotated[datetime | None, QueryParameter(description="Opened before; from next_before")] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=100)] = 20,
) -> Incidents:
    """See the centre's incidents

    Of a centre whose incidents are lent by agreement those that are open.
    """
    async with database.acting_as(Actor(Role.API, caller.centre_id), Lane.REST) as connection:
        seen: list[Incident] = []
        for centre_id in caller.centres:
            await enter(connection, centre_id)
            wanted = State.OPEN if centre_id in caller.only_stops else incident_state
            if wanted is not incident_state and incident_state is not None:
                continue  # its past is its owner's
            stored = await queries.of_centre(connection, centre_id, caller.kind, wanted, before, limit)
            seen += await views(connection, stored)
    seen = sorted(seen, key=lambda each: each.opened_at, reverse=True)[:limit]
    return Incidents(seen, seen[-1].opened_at if len(seen) == limit else None)


@get("/dispatch/v1/incidents/{incident_id:uuid}/candidates", guards=[dispatch("incidents:read", Limit.DISPATCH_READS)])
async def read_candidates(
    incident_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> Candidates:
    """See who was looked at, who was asked, and who was not and why

    Each under a name for this incident only, in an area that holds three or more of them. Who looked is written down.
    Nobody is listed any more a week after the incident's end.
    """
    return await candidates_for(database, caller, incident_id, clock.now())


async def candidates_for(database: Database, caller: Caller, incident_id: UUID, now: datetime) -> Candidates:
    """As the route says, for a dispatch system or for somebody at the console: that they looked is written down."""
    async with database.acting_as(actor_of(caller), Lane.REST) as connection:
        incident = await own_incident(connection, caller, incident_id)
        view = View(what=What.CANDIDATES, kind=incident.kind, centre_id=incident.centre_id, incident_id=incident.id)
        await write_down(connection, viewer_of(caller), [view], now)
        rows = await selection_queries.candidates_of(connection, incident.id)
        in_cells = []
        if incident.state is State.OPEN:
            in_cells = await queries_pins.cells_of_candidates(connection, incident.id)
    areas = areas_of({each.volunteer_id: each.cell for each in in_cells})
    return Candidates([_candidate(incident, row, areas.get(row.volunteer_id)) for row in rows])


def _candidate(incident: Stored, row: CandidateRow, area: FoundArea | None) -> Candidate:
    return Candidate(
        pseudonym_of(incident.id, row.volunteer_id),
        row.wave,
        in_steps(row.metres),
        row.age_s,
        row.from_place,
        row.verdict,
        None if area is None else Area(area.lat, area.lon, area.radius_m, area.people),
    )


def actor_of(caller: Caller) -> Actor:
    """What everything a dispatch system, or somebody at the console, does acts as."""
    return Actor(Role.API, centre_id=caller.centre_id, person_id=caller.subject_id)


def viewer_of(caller: Caller) -> Viewer:
    """Whose eyes, where something shown is written down."""
    kind = ViewerKind.STAFF if caller.role is CallerRole.STAFF else ViewerKind.DISPATCH
    return Viewer(kind, caller.subject_id)


async def own_incident(connection: Connection, caller: Caller, incident_id: UUID) -> Stored:
    """The centre's own incident, of the caller's kind; 404 for anybody else's: a trial never touches a live one.

    Or one of a centre it acts for: then that one is entered, for the rest of the transaction.
    """
    for centre_id in caller.centres:
        await enter(connection, centre_id)
        stored = await queries.one_of_centre(connection, centre_id, IncidentId(incident_id))
        if stored is not None and stored.kind is caller.kind:
            return stored
    raise not_found("incident")


def may_change(caller: Caller, incident: Stored) -> None:
    """Raises 403 for one that is lent by agreement: to be seen, followed and stood down; its owner keeps it."""
    if incident.centre_id in caller.only_stops:
        raise Problem(
            403,
            "lent-to-stand-down",
            "Lent to see, to follow and to stand down",
            "This incident is another centre's, lent by agreement. Whatever else it needs its own centre does.",
        )


routes = (read_incident, list_incidents, read_candidates)
