"""That it was shown, yes, no, and no longer."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from backend.alerts.decision import Answer
from backend.api.contract import answers
from backend.api.guards import volunteer
from backend.api.limits import Limit
from backend.api.mobile.alert_view import Alert
from backend.api.mobile.alerts.deciding import ENDED, Aware, answered, itself, own_alert
from backend.delivery.message import Channel
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Connection, Database, Lane
from backend.foundation.ids import AlertId
from backend.identity.caller import Caller
from backend.responses import answer
from backend.responses.status import GiveUpReason, on_our_clock


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


class GivingUp(msgspec.Struct, frozen=True):
    reason: GiveUpReason


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
    async with database.acting_as(itself(caller), Lane.ANSWERS) as connection:
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


@post(
    "/mobile/v1/alerts/{alert_id:uuid}/give-up",
    guards=[volunteer(Limit.ANSWERS)],
    status_code=200,
    opt=answers(ENDED),
)
async def give_up(
    alert_id: FromPath[UUID],
    data: JSONBody[GivingUp],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> Alert:
    """Say that one cannot go on

    Role and defibrillator are free at once.
    """

    async def decide(connection: Connection, actor: Actor) -> Answer:
        volunteer_id = caller.volunteer_id
        return await answer.give_up(connection, actor, AlertId(alert_id), volunteer_id, data.reason, clock.now())

    return await answered(database, caller, AlertId(alert_id), clock, decide)
