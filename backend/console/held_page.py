"""Operations: who has been held by an alarm for longer than usual, and letting go of them."""

from datetime import timedelta
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from backend.alerts import held, queries_held
from backend.alerts.apply import Contended
from backend.alerts.queries_held import Held
from backend.console.operations import HELD, operations_words_of, show_operations
from backend.console.visit import AnyRequest, form_of, go, told
from backend.console.who import Here, here_of, must_be_signed_in
from backend.console.words_operations import OperationsWords
from backend.foundation.database import Connection, Database, Lane, enter
from backend.foundation.ids import AlertId
from backend.foundation.problems import not_found
from backend.identity.staff import May


@get(HELD, guards=[must_be_signed_in], opt={"may": May.OPERATE})
async def held_page(request: AnyRequest, database: NamedDependency[Database]) -> Response[str]:
    """Who cannot be asked because an alarm has held them for longer than usual; no names"""
    here, said = here_of(request), operations_words_of(request)
    found: list[Held] = []
    async with database.acting_as(here.actor, Lane.REST) as connection:
        for centre_id in here.own_centres if here.roles else ():  # its own, and where its work has moved to
            await enter(connection, centre_id)
            found += await held.held(connection, centre_id, here.now)
    found.sort(key=lambda each: each.since)
    return show_operations(
        request,
        "operations_held.html",
        first_sentence(said, found),
        wrong=bool(found),
        held=found,
        ago=lambda at: minutes(here.now - at),
        usual=(minutes(held.MISSION_LASTS), minutes(held.RINGS_AT_MOST)),
    )


@post(HELD + "/{alert_id:uuid}", guards=[must_be_signed_in], opt={"may": May.OPERATE, "then": HELD})
async def let_go(request: AnyRequest, alert_id: FromPath[UUID], database: NamedDependency[Database]) -> Response[str]:
    """Let go of somebody: the mission ends, they can be asked again, and it is written down who said so"""
    here, said = here_of(request), operations_words_of(request)
    await form_of(request, here.token)
    done = await database.in_transaction(
        here.actor, Lane.REST, lambda c: _let_go(c, here, AlertId(alert_id)), again_on=(Contended,)
    )
    return go(HELD) if done else told(request, 409, *said.not_let_go, again=HELD)


async def _let_go(connection: Connection, here: Here, alert_id: AlertId) -> bool:
    for centre_id in here.own_centres if here.roles else ():
        await enter(connection, centre_id)
        if await queries_held.whose(connection, centre_id, alert_id) is not None:
            return await held.let_go(connection, here.actor, centre_id, alert_id, here.now)
    raise not_found("alert")


def first_sentence(said: OperationsWords, found: list[Held]) -> str:
    if not found:
        return said.nobody_held
    return said.some_held.format(len(found), sum(each.ended for each in found))


def minutes(long: timedelta) -> int:
    return int(long.total_seconds() // 60)


routes = (held_page, let_go)
