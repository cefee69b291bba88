"""What every one of these routes does alike: whose alert it is, and deciding about it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

from msgspec import Meta

from backend.alerts.apply import Contended
from backend.alerts.decision import Answer
from backend.api.mobile.alert_view import Alert, as_alert
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Connection, Database, Lane, Role
from backend.foundation.ids import AlertId
from backend.foundation.problems import Problem
from backend.identity.caller import Caller
from backend.incidents.view import Viewer
from backend.responses import answer
from backend.responses.own_alerts import own, viewer_of
from backend.responses.refusal import refusal_of

Aware = Annotated[datetime, Meta(tz=True)]
ENDED = {410: "The alarm has ended; `reason` says why"}
Decide = Callable[[Connection, Actor], Awaitable[Answer]]


async def answered(database: Database, caller: Caller, alert_id: AlertId, clock: Clock, decide: Decide) -> Alert:
    """Decide in one transaction; refuse only after it is committed, so that what a refusal wrote is kept."""
    actor = itself(caller)

    async def work(connection: Connection) -> tuple[Problem | None, Alert | None]:
        refused = refusal_of(await decide(connection, actor))
        return refused, None if refused else await own_alert(connection, caller, alert_id, clock.now())

    refused, seen = await database.in_transaction(actor, Lane.ANSWERS, work, again_on=(Contended,))
    if refused:
        raise refused
    assert seen is not None
    return seen


def itself(caller: Caller) -> Actor:
    return Actor(Role.API, person_id=caller.volunteer_id)


def viewer(caller: Caller) -> Viewer:
    return viewer_of(caller.volunteer_id, caller.device_id)


async def own_alert(connection: Connection, caller: Caller, alert_id: AlertId, now: datetime) -> Alert:
    found = await answer.own_alert(connection, alert_id, caller.volunteer_id)
    return as_alert(await own(connection, found, viewer(caller), now))
