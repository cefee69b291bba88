"""Ringing one's own phone, and seeing which channels came."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from backend.api.contract import WITHDREW, answers
from backend.api.guards import volunteer
from backend.api.limits import Limit
from backend.delivery import receipts, test_alarms
from backend.delivery.message import Channel
from backend.delivery.test_alarms import Outcome
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Database, Lane, Role
from backend.foundation.problems import not_found
from backend.identity.caller import Caller
from backend.volunteers.active import hold


class TestAlarm(msgspec.Struct, frozen=True):
    """It rings until `expires_at`, on these channels; none means that no alarm would reach you: see readiness."""

    id: UUID
    expires_at: datetime
    channels: list[Channel]


class Way(msgspec.Struct, frozen=True):
    channel: Channel
    outcome: Outcome
    received_at: datetime | None


class TestAlarmSoFar(msgspec.Struct, frozen=True):
    id: UUID
    channels: list[Way]


class TestReceipt(msgspec.Struct, frozen=True):
    channel: Channel
    shown_at: Annotated[datetime, Meta(tz=True)]


@post("/mobile/v1/test-alarm", guards=[volunteer(Limit.PROFILE)], status_code=202, opt=answers(WITHDREW))
async def start_test_alarm(
    caller: NamedDependency[Caller], database: NamedDependency[Database], clock: NamedDependency[Clock]
) -> TestAlarm:
    """Ring one's own phone

    On every channel at once: push, text message and the app's own stream.
    """
    async with database.acting_as(_self(caller), Lane.REST) as connection:
        await hold(connection, caller.volunteer_id)
        test = await test_alarms.start(connection, caller.volunteer_id, caller.kind, clock.now())
    return TestAlarm(test.id, test.expires_at, test.channels)


@get("/mobile/v1/test-alarm/{test_id:uuid}", guards=[volunteer(Limit.PROFILE)])
async def read_test_alarm(
    test_id: FromPath[UUID], caller: NamedDependency[Caller], database: NamedDependency[Database]
) -> TestAlarmSoFar:
    """See which channels of a test alarm came"""
    async with database.acting_as(_self(caller), Lane.REST) as connection:
        ways = await test_alarms.ways(connection, test_id, caller.volunteer_id)
    if not ways:
        raise not_found("test alarm")
    return TestAlarmSoFar(test_id, [Way(way.channel, way.outcome, way.received_at) for way in ways])


@post("/mobile/v1/test-alarm/{test_id:uuid}/receipt", guards=[volunteer(Limit.PROFILE)], status_code=200)
async def send_test_receipt(
    test_id: FromPath[UUID],
    data: JSONBody[TestReceipt],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> TestAlarmSoFar:
    """Say on which channel a test alarm came"""
    now = clock.now()
    async with database.acting_as(_self(caller), Lane.REST) as connection:
        shown_at = min(data.shown_at, now)
        await receipts.receive(connection, test_id, caller.volunteer_id, data.channel, shown_at, now)
        ways = await test_alarms.ways(connection, test_id, caller.volunteer_id)
    if not ways:
        raise not_found("test alarm")
    return TestAlarmSoFar(test_id, [Way(way.channel, way.outcome, way.received_at) for way in ways])


def _self(caller: Caller) -> Actor:
    return Actor(Role.API, person_id=caller.volunteer_id)


routes = (start_test_alarm, read_test_alarm, send_test_receipt)
