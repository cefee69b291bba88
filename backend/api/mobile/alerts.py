"""One's own alerts: what rings, that it was shown, and the answer."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.response import Stream
from msgspec import Meta

from backend.alerts.alert import AlertState
from backend.alerts.decision import Answer
from backend.api.contract import answers, streams
from backend.api.event_stream import Sent, event_stream
from backend.api.guards import volunteer
from backend.api.limits import Limit
from backend.api.live import Hub
from backend.api.mobile.alert_view import Alert, Alerts, as_alerts
from backend.api.mobile.answered import ENDED, Aware, answered, own_alert, self_of, viewer_for
from backend.delivery import in_app, test_alarms
from backend.delivery.message import Channel
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Connection, Database, Lane
from backend.foundation.ids import AlertId
from backend.identity.caller import Caller
from backend.responses import answer
from backend.responses.own_alerts import own_alerts
from backend.responses.status import on_our_clock


class Receipt(msgspec.Struct, frozen=True):
    """The app showed it. Times by the phone's clock; `sent_at` corrects its error. `revision`: that of what it showed,
    from the push or the alert; with it a receipt for the ring never passes for one of a revision. `word_id`: it was a
    word of the dispatch centre's that was shown, and nothing else."""

    shown_at: Aware
    sent_at: Aware
    channel: Channel
    revision: Annotated[int, Meta(ge=0)] | None = None
    word_id: UUID | None = None


class Acceptance(msgspec.Struct, frozen=True):
    sent_at: Aware


class Refusal(msgspec.Struct, frozen=True):
    """Nothing needs to be said."""


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
    async with database.acting_as(self_of(caller), Lane.ANSWERS) as connection:
        return as_alerts(await own_alerts(connection, viewer_for(caller), clock.now()))


@get("/mobile/v1/alerts/{alert_id:uuid}", guards=[volunteer(Limit.ANSWERS)])
async def read_alert(
    alert_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> Alert:
    """See one alert"""
    async with database.acting_as(self_of(caller), Lane.ANSWERS) as connection:
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
            async with database.acting_as(self_of(caller), Lane.ANSWERS) as connection:
                seen = await own_alerts(connection, viewer_for(caller), clock.now())
                tests = await test_alarms.waiting(connection, caller.volunteer_id, clock.now())
            yield Sent("alerts", as_alerts(seen))
            for test in tests:
                if test.id not in rung:
                    rung.add(test.id)
                    yield Sent("test_alarm", TestAlarmRings(test.id, test.expires_at))
            alerts = [one.alert.id for one in seen if one.alert.state in _TOLD_OF]
            # Asked for the next event: so the last one was written. That is an attempt, not a receipt.
            async with database.acting_as(self_of(caller), Lane.ANSWERS) as connection:
                subjects = [*alerts, *(test.id for test in tests)]
                await in_app.written_to_socket(connection, caller.volunteer_id, subjects, clock.now(), caller.device_id)

    return event_stream(request, changes())


@post("/mobile/v1/alerts/{alert_id:uuid}/receipt", guards=[volunteer(Limit.ANSWERS)], status_code=200)
async def send_receipt(
    alert_id: FromPath[UUID],
    data: JSONBody[Receipt],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> Alert:
    """Say that the alert was shown

    A receipt is not an answer. Sent for the ring, for each revision, each word and for the end, once a channel; sending
    it again does no harm. Whoever sends none for a revision stands out at the dispatch centre.
    """
    now = clock.now()
    shown_at = on_our_clock(data.shown_at, data.sent_at, now)
    async with database.acting_as(self_of(caller), Lane.ANSWERS) as connection:
        await answer.receive(
            connection,
            AlertId(alert_id),
            caller.volunteer_id,
            data.channel,
            shown_at,
            now,
            data.revision,
            data.word_id,
        )
        return await own_alert(connection, caller, AlertId(alert_id), now)


@post(
    "/mobile/v1/alerts/{alert_id:uuid}/accept",
    guards=[volunteer(Limit.ANSWERS)],
    status_code=200,
    opt=answers({409: "No place is left, or you are engaged elsewhere", **ENDED}),
)
async def accept(
    alert_id: FromPath[UUID],
    data: JSONBody[Acceptance],  # noqa: ARG001 - its time is read by clients' own logs; the server's decides
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> Alert:
    """Accept

    The answer tells role and address. Accepting twice gives the same answer. A late yes counts while a role is free.
    """

    async def decide(connection: Connection, actor: Actor) -> Answer:
        return await answer.accept(connection, actor, AlertId(alert_id), caller.volunteer_id, clock.now())

    return await answered(database, caller, AlertId(alert_id), clock, decide)


@post(
    "/mobile/v1/alerts/{alert_id:uuid}/decline",
    guards=[volunteer(Limit.ANSWERS)],
    status_code=200,
    opt=answers({409: "You have accepted: give up instead", **ENDED}),
)
async def decline(
    alert_id: FromPath[UUID],
    data: JSONBody[Refusal],  # noqa: ARG001 - an empty object, so that something can be added to it
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> Alert:
    """Decline"""

    async def decide(connection: Connection, actor: Actor) -> Answer:
        return await answer.decline(connection, actor, AlertId(alert_id), caller.volunteer_id, clock.now())

    return await answered(database, caller, AlertId(alert_id), clock, decide)


routes = (
    read_alerts,
    follow_alerts,
    read_alert,
    send_receipt,
    accept,
    decline,
)
