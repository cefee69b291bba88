"""What rings and runs, read or followed: the truth, whatever pushes came."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from backend.alerts.alert import AlertState
from backend.api.contract import streams
from backend.api.event_stream import Sent, event_stream
from backend.api.guards import volunteer
from backend.api.limits import Limit
from backend.api.live import Hub
from backend.api.mobile.alert_view import Alert, Alerts, as_alerts
from backend.api.mobile.alerts.deciding import itself, own_alert, viewer
from backend.delivery import in_app, test_alarms
from backend.foundation.clock import Clock
from backend.foundation.database import Database, Lane
from backend.foundation.ids import AlertId
from backend.identity.caller import Caller
from backend.responses.own_alerts import own_alerts


class TestAlarmRings(msgspec.Struct, frozen=True):
    """A test alarm of one's own rings in the app."""

    id: UUID
    expires_at: datetime


# About these something may be queued for the app's own stream: the ring, a new place, the end.
_TOLD_OF = frozenset({AlertState.RINGING, AlertState.ACCEPTED, AlertState.WITHDRAWN, AlertState.STOOD_DOWN})


@get("/mobile/v1/alerts", guards=[volunteer(Limit.ANSWERS)])
async def read_alerts(
    caller: NamedDependency[Caller], database: NamedDependency[Database], clock: NamedDependency[Clock]
) -> Alerts:
    """See one's alerts

    What rings, runs, was missed or withdrawn, and why: the truth, whatever pushes came or did not.
    """
    async with database.acting_as(itself(caller), Lane.ANSWERS) as connection:
        return as_alerts(await own_alerts(connection, viewer(caller), clock.now()))


@get("/mobile/v1/alerts/{alert_id:uuid}", guards=[volunteer(Limit.ANSWERS)])
async def read_alert(
    alert_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> Alert:
    """See one alert"""
    async with database.acting_as(itself(caller), Lane.ANSWERS) as connection:
        return await own_alert(connection, caller, AlertId(alert_id), clock.now())


@get(
    "/mobile/v1/alerts/stream",
    guards=[volunteer(Limit.STREAMS)],
    opt=streams({"alerts": Alerts, "test_alarm": TestAlarmRings}),
    media_type="text/event-stream",
)
async def follow_alerts(
    request: Request[Any, Any, Any],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    hub: NamedDependency[Hub],
) -> Stream:
    """Follow one's alerts

    Server-sent events: `alerts` at once and at every change, as GET /mobile/v1/alerts answers, and `test_alarm`.
    A comment at least every 10 s. The app rings by this while it is open; a receipt is still its to send.
    """

    async def changes() -> AsyncIterator[Sent]:
        rung: set[UUID] = set()
        async for _ in hub.volunteer_changed(caller.volunteer_id):
            async with database.acting_as(itself(caller), Lane.ANSWERS) as connection:
                seen = await own_alerts(connection, viewer(caller), clock.now())
                tests = await test_alarms.waiting(connection, caller.volunteer_id, clock.now())
            yield Sent("alerts", as_alerts(seen))
            for test in tests:
                if test.id not in rung:
                    rung.add(test.id)
                    yield Sent("test_alarm", TestAlarmRings(test.id, test.expires_at))
            alerts = [one.alert.id for one in seen if one.alert.state in _TOLD_OF]
            # Asked for the next event: so the last one was written. That is an attempt, not a receipt.
            async with database.acting_as(itself(caller), Lane.ANSWERS) as connection:
                subjects = [*alerts, *(test.id for test in tests)]
                await in_app.written_to_socket(connection, caller.volunteer_id, subjects, clock.now(), caller.device_id)

    return event_stream(request, changes())
