"""What needs a person at the centre, and that somebody has taken it up: for dispatch systems and for the console."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta

from backend.api.dispatch_centre.read import actor_of
from backend.api.guards import dispatch
from backend.api.limits import Limit
from backend.attention import acknowledge as taking
from backend.attention import queries
from backend.attention.item import By, Item, Needs
from backend.foundation.clock import Clock
from backend.foundation.database import Connection, Database, Lane, enter
from backend.foundation.ids import CentreId
from backend.foundation.kinds import Kind
from backend.foundation.problems import not_found
from backend.identity.caller import Caller, CallerRole

WATCHED_WITHIN = timedelta(seconds=20)
"""A worker looks every second and writes it down every five: after this, none does (ours)."""


class Attention(msgspec.Struct, frozen=True):
    """Something that needs a person, until it is over or somebody has taken it up.

    `detail`: which word, channel or neighbour it is about. `sounds`: nobody has taken it up yet, and it is the centre's
    own.
    """

    id: UUID
    kind: Kind
    needs: Needs
    incident_id: UUID | None
    detail: dict[str, str]
    raised_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: By | None
    acknowledged_by_id: UUID | None
    sounds: bool


class AllAttention(msgspec.Struct, frozen=True):
    """What waits longest first. Where nobody looks (`watched` false) what is missing here may be there all the same."""

    items: list[Attention]
    watched: Annotated[bool, Meta(description="A worker has looked within the last 20 s")]
    looked_at: datetime | None
    now: datetime


@get("/dispatch/v1/attention", guards=[dispatch("incidents:read", Limit.DISPATCH_READS)])
async def read_attention(
    caller: NamedDependency[Caller], database: NamedDependency[Database], clock: NamedDependency[Clock]
) -> AllAttention:
    """See what needs a person

    At the centre, and at those it acts for: nobody accepted, a channel or a feed is down, somebody on the way needs an
    answer, a neighbour's incidents were handed over.
    """
    return await attention_of(database, caller, clock.now())


@post(
    "/dispatch/v1/attention/{item_id:uuid}/acknowledge",
    guards=[dispatch("incidents:write", Limit.NEVER)],
    status_code=200,
)
async def acknowledge(
    item_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> Attention:
    """Take up what needs a person

    From then on it is quiet at the whole centre. Who did so first, and when, is kept; again it changes nothing.
    """
    return await acknowledge_own(database, caller, item_id, clock.now())


async def attention_of(database: Database, caller: Caller, now: datetime) -> AllAttention:
    """As the route says, for a dispatch system or for somebody at the console."""
    seen: list[Item] = []
    async with database.acting_as(actor_of(caller), Lane.REST) as connection:
        for centre_id in caller.centres:
            await enter(connection, centre_id)
            seen += [item for item in await queries.not_over(connection, centre_id) if item.kind is caller.kind]
        looked_at = await queries.looked_at(connection)
    watched = looked_at is not None and now - looked_at <= WATCHED_WITHIN
    items = [_shown(item, caller) for item in sorted(seen, key=lambda item: item.raised_at)]
    return AllAttention(items, watched, looked_at, now)


async def acknowledge_own(database: Database, caller: Caller, item_id: UUID, now: datetime) -> Attention:
    """As the route says. What is another centre's, lent by agreement, is for that one to take up."""
    by = By.SYSTEM if caller.role is CallerRole.DISPATCH else By.STAFF

    async def work(connection: Connection) -> Attention:
        whose = await _whose(connection, caller, item_id)
        actor = msgspec.structs.replace(actor_of(caller), centre_id=whose)
        taken = await taking.acknowledge(connection, actor, whose, item_id, by, caller.subject_id, now)
        return _shown(taken, caller)

    return await database.in_transaction(actor_of(caller), Lane.REST, work)


async def _whose(connection: Connection, caller: Caller, item_id: UUID) -> CentreId:
    for centre_id in caller.centres:
        await enter(connection, centre_id)
        item = await queries.one(connection, centre_id, item_id)
        if item is not None and item.kind is caller.kind and centre_id not in caller.only_stops:
            return centre_id
    raise not_found("attention item")


def _shown(item: Item, caller: Caller) -> Attention:
    return Attention(
        item.id,
        item.kind,
        item.what,
        item.incident_id,
        item.detail,
        item.raised_at,
        item.acknowledged_at,
        item.acknowledged_by,
        item.acknowledged_by_id,
        item.waits and item.centre_id not in caller.only_stops,
    )


routes = (read_attention, acknowledge)
