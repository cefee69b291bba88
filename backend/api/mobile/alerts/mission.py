"""On the way: how it goes, a word to the centre, the defibrillator."""

from uuid import UUID

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from backend.aeds.aed import Trouble
from backend.alerts.apply import Contended
from backend.alerts.decision import Answer
from backend.alerts.word import ToCentre
from backend.api.contract import answers
from backend.api.guards import volunteer
from backend.api.limits import Limit
from backend.api.mobile.alert_view import Alert
from backend.api.mobile.alerts.deciding import ENDED, Aware, answered, itself, own_alert
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Connection, Database, Lane
from backend.foundation.ids import AedId, AlertId
from backend.identity.caller import Caller
from backend.responses import answer, tell, words
from backend.responses.aed_returned import aed_returned
from backend.responses.status import Status, on_our_clock


class StatusReport(msgspec.Struct, frozen=True):
    status: Status
    happened_at: Aware
    sent_at: Aware


class WordToCentre(msgspec.Struct, frozen=True):
    """One tap, no free text. `id`: made by the app; sent again with it, it is the same word."""

    id: UUID
    word: ToCentre


class AedProblem(msgspec.Struct, frozen=True):
    """Name the one it is about: then sending it again does no harm to the next one."""

    problem: Trouble
    aed_id: UUID | None = None


@post(
    "/mobile/v1/alerts/{alert_id:uuid}/status",
    guards=[volunteer(Limit.ANSWERS)],
    status_code=200,
    opt=answers({409: "Not accepted", 410: "Happened after the mission ended, or told more than 10 minutes late"}),
)
async def tell_status(
    alert_id: FromPath[UUID],
    data: JSONBody[StatusReport],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> Alert:
    """Tell how the mission goes

    Each status once, with its own time; telling it again changes nothing. What happened before the mission's end is
    taken up to 10 minutes after it.
    """
    now = clock.now()
    happened_at = on_our_clock(data.happened_at, data.sent_at, now)
    actor = itself(caller)

    async def work(connection: Connection) -> Alert:
        volunteer_id = caller.volunteer_id
        await tell.tell_status(connection, actor, AlertId(alert_id), volunteer_id, data.status, happened_at, now)
        return await own_alert(connection, caller, AlertId(alert_id), now)

    return await database.in_transaction(actor, Lane.ANSWERS, work, again_on=(Contended,))


@post(
    "/mobile/v1/alerts/{alert_id:uuid}/words",
    guards=[volunteer(Limit.ANSWERS)],
    status_code=200,
    opt=answers({409: "Not accepted", **ENDED}),
)
async def say_word(
    alert_id: FromPath[UUID],
    data: JSONBody[WordToCentre],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> Alert:
    """Tell the dispatch centre something by one tap

    While on the mission. Everybody at the centre sees it at once; what needs an answer sounds there until somebody has
    taken it up. Saying it again with its id changes nothing, nor does a second tap within 10 s.
    """
    now, actor = clock.now(), itself(caller)
    async with database.acting_as(actor, Lane.ANSWERS) as connection:
        await words.say(connection, actor, AlertId(alert_id), caller.volunteer_id, data.word, data.id, now)
        return await own_alert(connection, caller, AlertId(alert_id), now)


@post(
    "/mobile/v1/alerts/{alert_id:uuid}/aed-problem",
    guards=[volunteer(Limit.ANSWERS)],
    status_code=200,
    opt=answers({409: "No defibrillator is reserved for you", **ENDED}),
)
async def report_aed_problem(
    alert_id: FromPath[UUID],
    data: JSONBody[AedProblem],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> Alert:
    """Say that the defibrillator is not there, locked or dead

    The answer names the next open one, or the role direct.
    """

    async def decide(connection: Connection, actor: Actor) -> Answer:
        volunteer_id = caller.volunteer_id
        which = None if data.aed_id is None else AedId(data.aed_id)
        return await answer.lose_aed(
            connection, actor, AlertId(alert_id), volunteer_id, data.problem, clock.now(), which
        )

    return await answered(database, caller, AlertId(alert_id), clock, decide)


@post(
    "/mobile/v1/alerts/{alert_id:uuid}/aed-returned",
    guards=[volunteer(Limit.ANSWERS)],
    status_code=200,
    opt=answers({409: "You picked no defibrillator up on this mission"}),
)
async def tell_aed_returned(
    alert_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> Alert:
    """Say that the defibrillator is back in its place

    Also after the mission. Until then, or until the dispatch centre confirms it, nobody is sent for it.
    """
    now = clock.now()
    async with database.acting_as(itself(caller), Lane.ANSWERS) as connection:
        await aed_returned(connection, AlertId(alert_id), caller.volunteer_id, now)
        return await own_alert(connection, caller, AlertId(alert_id), now)
