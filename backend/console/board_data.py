"""The live board's data: the open incidents, and each step as it happens."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, QueryParameter
from litestar.response import Response, Stream

from backend.api.contract import streams
from backend.api.dispatch_live import Step, steps_of_centres
from backend.api.event_stream import Pulse, event_stream
from backend.api.live import Hub
from backend.console.acting import caller_at
from backend.console.base_map import ground
from backend.console.board import Overview, Searched
from backend.console.board_read import overview, searched
from backend.console.by_script import DATA
from backend.console.who import here_of, must_be_signed_in, still_here
from backend.foundation.clock import Clock
from backend.foundation.database import Database, Lane
from backend.foundation.journal import Event
from backend.foundation.kinds import Kind
from backend.foundation.problems import bad_field
from backend.identity.staff import May
from backend.regions.find import Borders

BEAT_S = 2.0
"""A console says within five seconds that what it shows is old: two beats may be late, and a third is missed."""
ASKED_EVERY_S = 10.0
"""How soon a stream ends with its session: signed out elsewhere, withdrawn, or its shift over."""

MOST_AT_ONCE = 50
Only = Annotated[
    str | None,
    QueryParameter(
        name="kun",
        max_length=MOST_AT_ONCE * 37,
        description="Of these incidents alone: ids with commas between, fifty at most; left out: of all",
    ),
]
OfKind = Annotated[Kind, QueryParameter(name="slags", description="live or exercise: they are never shown together")]
LastEventId = Annotated[
    int,
    HeaderParameter(
        name="Last-Event-ID", ge=0, le=2**63 - 1, description="The id of the last event seen: it goes on from there"
    ),
]
_EVENTS: dict[str, type] = dict.fromkeys((event.value for event in Event), Step)


@get(DATA + "/overblik", guards=[must_be_signed_in], opt={"may": May.FOLLOW, "by_itself": True})
async def read_overview(
    request: Request[Any, Any, Any],
    database: NamedDependency[Database],
    borders: NamedDependency[Borders],
    only: Only = None,
    kind: OfKind = Kind.LIVE,
) -> Overview:
    """See the open incidents

    Of the centres the session works for: where the patient is, who was asked and how far they have come, which areas
    hold three or more of those looked at, and the defibrillators about. That somebody saw where a patient is is written
    down once.
    """
    here, wanted = here_of(request), None if only is None else _ids(only)
    async with database.acting_as(here.actor, Lane.REST) as connection:
        return await overview(connection, here, kind, wanted, borders, here.now)


@get(DATA + "/soegt/{incident_id:uuid}", guards=[must_be_signed_in], opt={"may": May.FOLLOW, "by_itself": True})
async def read_searched(
    request: Request[Any, Any, Any], incident_id: FromPath[UUID], database: NamedDependency[Database]
) -> Searched:
    """See where one incident's search reaches to"""
    here = here_of(request)
    async with database.acting_as(here.actor, Lane.REST) as connection:
        return await searched(connection, here, incident_id)


@get(
    DATA + "/kort",
    guards=[must_be_signed_in],
    opt={"may": May.FOLLOW, "by_itself": True},
    media_type="application/geo+json",
)
async def read_ground(request: Request[Any, Any, Any], borders: NamedDependency[Borders]) -> Response[bytes]:
    """See the map's ground

    GeoJSON: the areas whose borders are known, and the shipped places.
    """
    kept = {"Cache-Control": "private, max-age=3600"}
    return Response(ground(borders, here_of(request).now), media_type="application/geo+json", headers=kept)


@get(
    DATA + "/haendelser",
    guards=[must_be_signed_in],
    opt={"may": May.FOLLOW, "by_itself": True, **streams(_EVENTS)},
    media_type="text/event-stream",
)
async def follow_steps(
    request: Request[Any, Any, Any],
    database: NamedDependency[Database],
    hub: NamedDependency[Hub],
    clock: NamedDependency[Clock],
    last_event_id: LastEventId = 0,
    kind: OfKind = Kind.LIVE,
) -> Stream:
    """Follow the incidents

    Server-sent events: with `Last-Event-ID` everything since then, then each step as it happens, and an event `beat`
    every two seconds where there is none. It ends with the session.
    """
    here = here_of(request)

    async def may_go_on() -> bool:
        return await still_here(database, request.app.state.access.now, here, clock.now())

    pulse = Pulse(BEAT_S, "beat", may_go_on, ASKED_EVERY_S)
    return event_stream(
        request, await steps_of_centres(request, database, hub, caller_at(here, kind), last_event_id), pulse
    )


def _ids(sent: str) -> frozenset[UUID]:
    try:
        return frozenset(UUID(each) for each in sent.split(","))
    except ValueError:
        raise bad_field("query:kun", "ids of incidents with commas between") from None


routes = (read_overview, read_searched, read_ground, follow_steps)
