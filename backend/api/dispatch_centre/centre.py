"""The centre itself: its system's sign of life, and how it and the ways to volunteers stand."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta

from backend.api.dispatch_centre import queries
from backend.api.guards import dispatch
from backend.api.limits import Limit
from backend.delivery.message import Channel
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Database, Lane, Role
from backend.foundation.kinds import Kind
from backend.foundation.problems import not_found
from backend.identity.caller import Caller
from backend.identity.queries_proofs import clock_of
from backend.identity.used_proofs import OFF_FOR
from backend.regions import feeds
from backend.regions.feeds import DUE_WITHIN

AheadS = Annotated[
    float, Meta(description="Seconds by which your clock is ahead of ours, behind: negative; the way here is in it")
]


class Heartbeat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sign of life. `sent_at`: your own clock's time, however wrong it may be."""

    sent_at: Annotated[datetime, Meta(tz=True)]


class Beat(msgspec.Struct, frozen=True):
    """`next_by`: without another heartbeat by then the feed counts as silent, and the operator is told."""

    received_at: datetime
    clock_ahead_s: AheadS
    next_by: datetime


class FeedState(StrEnum):
    """Whether heartbeats come."""

    NEVER_HEARD = "never_heard"
    HEARD = "heard"
    SILENT = "silent"


class Feed(msgspec.Struct, frozen=True):
    """Your system as we hear it. `heard_at`: the last heartbeat."""

    state: FeedState
    heard_at: datetime | None
    clock_ahead_s: AheadS | None
    next_by: datetime | None


class ChannelState(msgspec.Struct, frozen=True):
    """A way to volunteers' phones; off: the operator has switched it off, and the others do its work."""

    channel: Channel
    on: bool


class Centre(msgspec.Struct, frozen=True):
    """`kind`: what your reports are; anything but `live` never rings a citizen."""

    code: str
    name: str
    kind: Kind
    feed: Feed
    channels: list[ChannelState]
    proof_clock_ahead_s: Annotated[
        float | None,
        Meta(description="Seconds by which the clock your proofs are made by is ahead of ours; null while it is right"),
    ] = None


@post("/dispatch/v1/heartbeat", guards=[dispatch("incidents:write", Limit.HEALTH)], status_code=200)
async def send_heartbeat(
    data: JSONBody[Heartbeat],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> Beat:
    """Say that your system lives

    Send one every 30 to 60 s, by the same way as reports. From the first one on we notice when none has come for 90 s.
    A clock that is off is told, and never refuses anything.
    """
    actor = Actor(Role.API, centre_id=caller.centre_id, person_id=caller.subject_id)
    # The lane of reports: what is to be proven is that a report would get through.
    async with database.acting_as(actor, Lane.ALERTS) as connection:
        now = clock.now()
        ahead_s = await feeds.beat(connection, caller.system_of, caller.kind, data.sent_at, now)
    return Beat(now, round(ahead_s, 3), now + DUE_WITHIN)


@get("/dispatch/v1/centre", guards=[dispatch("incidents:read", Limit.DISPATCH_READS)])
async def read_centre(
    caller: NamedDependency[Caller], database: NamedDependency[Database], clock: NamedDependency[Clock]
) -> Centre:
    """See your centre

    Its name, of which kind your reports are, whether your heartbeats are heard, which channels are switched on, and by
    how much the clock your proofs are made by is off.
    """
    now = clock.now()
    async with database.acting_as(Actor(Role.API, caller.centre_id), Lane.REST) as connection:
        named = await queries.centre(connection, caller.centre_id, now)
        heard = await feeds.heard_of(connection, caller.system_of, caller.kind)
        switches = await queries.channel_switches(connection)
        clock_off = await clock_of(connection, caller.subject_id, now - OFF_FOR)
    if named is None:
        raise not_found("centre")
    if heard is None:
        feed = Feed(FeedState.NEVER_HEARD, None, None, None)
    else:
        state = FeedState.SILENT if feeds.is_silent(heard.heard_at, now) else FeedState.HEARD
        feed = Feed(state, heard.heard_at, round(heard.clock_ahead_s, 3), heard.heard_at + DUE_WITHIN)
    channels = [ChannelState(Channel(each.channel), each.enabled) for each in switches]
    off_s = None if clock_off is None else round(clock_off.ahead_s, 3)
    return Centre(named.code, named.name, caller.kind, feed, channels, off_s)


routes = (send_heartbeat, read_centre)
