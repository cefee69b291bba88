"""A dispatch centre follows its incidents as they happen."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter
from litestar.response import Stream

from backend.alerts.distance import facts_for_a_centre
from backend.api.contract import streams
from backend.api.event_stream import Sent, event_stream
from backend.api.guards import dispatch
from backend.api.limits import Limit
from backend.api.live import LATE_IDS, Hub
from backend.foundation import journal
from backend.foundation.database import Actor, Database, Lane, Role, enter
from backend.foundation.ids import CentreId
from backend.foundation.journal import Entry, Event, Fact
from backend.foundation.problems import not_found
from backend.identity.caller import Caller
from backend.regions.access import Access


class Step(msgspec.Struct, frozen=True):
    """One thing that happened to an incident. `seq` counts an incident's steps without gaps."""

    at: datetime
    incident_id: UUID
    seq: int
    facts: dict[str, Fact]


LastEventId = Annotated[
    int,
    HeaderParameter(
        name="Last-Event-ID",
        ge=0,
        le=2**63 - 1,
        description="The id of the last event seen: the stream goes on from there.",
    ),
]

_PAGE = 500

_EVENTS = dict.fromkeys((event.value for event in Event), Step)


@get(
    "/dispatch/v1/incidents/{incident_id:uuid}/events",
    guards=[dispatch("incidents:read", Limit.STREAMS)],
    opt=streams(_EVENTS),
    media_type="text/event-stream",
)
async def follow_incident(
    request: Request[Any, Any, Any],
    incident_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    hub: NamedDependency[Hub],
    last_event_id: LastEventId = 0,
) -> Stream:
    """Follow an incident

    Server-sent events: everything that has happened since `Last-Event-ID` (without it, from the report on), then each
    step as it happens, with a comment at least every 10 s. The stream ends with the access token: come again with a
    new one.
    """
    centre_id = await _whose(database, caller, incident_id)
    actor = Actor(Role.API, centre_id)

    async def steps() -> AsyncIterator[Sent]:
        # An incident's entries get their ids under its lock: here ids are in the order of commits.
        last = last_event_id
        async with database.acting_as(actor, Lane.REST) as connection:
            before = await journal.of_incident(connection, incident_id, last)
        for entry in before:
            last = entry.id
            yield _sent(entry)
        async for entry in following:
            if not _still_acts_for(request, caller, centre_id):
                return  # what was lent went back meanwhile
            if entry.id > last:
                last = entry.id
                yield _sent(entry)

    # Before the answer begins: whoever has seen its first line misses nothing.
    following = await hub.follow([centre_id], caller.kind, incident_id)
    return event_stream(request, steps())


@get(
    "/dispatch/v1/events",
    guards=[dispatch("incidents:read", Limit.STREAMS)],
    opt=streams(_EVENTS),
    media_type="text/event-stream",
)
async def follow_centre(
    request: Request[Any, Any, Any],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    hub: NamedDependency[Hub],
    last_event_id: LastEventId = 0,
) -> Stream:
    """Follow all incidents of the centre

    And of those it acts for: whose work has moved to it, and what it was lent. Server-sent events: with `Last-Event-ID`
    everything since then (of what is lent by agreement: since it was lent), then each step as it happens, with a
    comment at least every 10 s. After a reconnection some steps may come a second time: `incident_id` and `seq` tell.
    """
    return event_stream(request, await steps_of_centres(request, database, hub, caller, last_event_id))


async def steps_of_centres(
    request: Request[Any, Any, Any], database: Database, hub: Hub, caller: Caller, last_event_id: int
) -> AsyncIterator[Sent]:
    """As the route says, for a dispatch system or for somebody at the console: nothing is missed from here on."""

    async def steps() -> AsyncIterator[Sent]:
        told: set[int] = set()
        # Ids of different incidents are committed out of order: go back a little rather than miss one.
        after = max(0, last_event_id - LATE_IDS)
        more = last_event_id > 0
        access: Access = request.app.state.access.now
        lent_since = access.lent_since(caller.system_of, request.app.state.clock.now())
        while more:
            page, more = await _written_after(database, caller, after)
            for entry in page:
                after = entry.id
                told.add(entry.id)
                if not _is_its_owner_s(entry, lent_since):
                    yield _sent(entry)
        async for entry in following:
            if entry.id not in told and _still_acts_for(request, caller, entry.centre_id):
                yield _sent(entry)
            told.discard(entry.id)

    following = await hub.follow(caller.centres, caller.kind)
    return steps()


async def _written_after(database: Database, caller: Caller, after: int) -> tuple[list[Entry], bool]:
    """What comes next at all the caller's centres, oldest first, and whether there is more: each is read by itself."""
    pages: list[list[Entry]] = []
    async with database.acting_as(Actor(Role.API, caller.centre_id), Lane.REST) as connection:
        for centre_id in caller.centres:
            await enter(connection, centre_id)
            pages.append(await journal.of_centre(connection, centre_id, caller.kind, after, _PAGE))
    # Where one centre has more than a page, what the others wrote after it waits for the next.
    until = min((page[-1].id for page in pages if len(page) == _PAGE), default=None)
    found = [entry for page in pages for entry in page if until is None or entry.id <= until]
    return sorted(found, key=lambda entry: entry.id), until is not None


async def _whose(database: Database, caller: Caller, incident_id: UUID) -> CentreId:
    """The centre of an incident of the caller's, or of a centre they act for; 404 for anybody else's."""
    async with database.acting_as(Actor(Role.API, caller.centre_id), Lane.REST) as connection:
        for centre_id in caller.centres:
            await enter(connection, centre_id)
            entries = await journal.of_incident(connection, incident_id)
            if entries and entries[0].kind == caller.kind.value:
                return centre_id
    raise not_found("incident")


def _still_acts_for(request: Request[Any, Any, Any], caller: Caller, centre_id: UUID | None) -> bool:
    """A stream outlasts the moment it was begun in."""
    access: Access = request.app.state.access.now
    return centre_id in access.centres_of(caller.system_of, request.app.state.clock.now())


def _is_its_owner_s(entry: Entry, lent_since: Mapping[CentreId, datetime]) -> bool:
    """What a centre did before its incidents were lent by agreement."""
    since = None if entry.centre_id is None else lent_since.get(CentreId(entry.centre_id))
    return since is not None and entry.at < since


def _sent(entry: Entry) -> Sent:
    assert entry.incident_id is not None
    assert entry.seq is not None
    return Sent(entry.event, Step(entry.at, entry.incident_id, entry.seq, facts_for_a_centre(entry.facts)), entry.id)


routes = (follow_incident, follow_centre)
