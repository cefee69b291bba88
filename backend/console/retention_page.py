"""Operations: what housekeeping removed and when, and what is overdue."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.response import Response

from backend.console.operations import RETENTION, moment, operations_words_of, show_operations
from backend.console.visit import AnyRequest
from backend.console.who import here_of, must_be_signed_in
from backend.console.words_operations import OperationsWords
from backend.foundation import chores
from backend.foundation.chores import Day, State
from backend.foundation.clock import COPENHAGEN
from backend.foundation.database import Database, Lane
from backend.identity.staff import May

DAYS = 7


class Done(msgspec.Struct, frozen=True):
    """A chore: how it is doing, its newest day, and what it removed on all of them."""

    state: State
    newest: Day
    removed: int


@get(RETENTION, guards=[must_be_signed_in], opt={"may": May.OPERATE})
async def retention_page(request: AnyRequest, database: NamedDependency[Database]) -> Response[str]:
    """What was removed because its time was over, when it was looked, and what is overdue"""
    here, said = here_of(request), operations_words_of(request)
    today = here.now.astimezone(COPENHAGEN).date()
    async with database.acting_as(here.actor, Lane.REST) as connection:
        days = await chores.days(connection, today - timedelta(days=DAYS - 1))
    done = [_done(list(of_one), here.now) for _, of_one in groupby(days, key=lambda each: each.what)]
    done.sort(key=lambda each: (list(State).index(each.state), each.newest.what))
    return show_operations(
        request,
        "operations_retention.html",
        first_sentence(said, done),
        wrong=not done or done[0].state is not State.FINE,
        done=done,
        today=today,
        history=sorted(
            (each for each in days if each.removed or each.failed), key=lambda d: (d.day, d.what), reverse=True
        ),
    )


def _done(days: Sequence[Day], now: datetime) -> Done:
    return Done(chores.state_of(days[0], now), days[0], sum(each.removed for each in days))


def first_sentence(said: OperationsWords, done: Sequence[Done]) -> str:
    if not done:
        return said.nothing_looked
    worst = done[0]
    name = said.chores.get(worst.newest.what, worst.newest.what)
    at = moment(worst.newest.looked_at)
    if worst.state is State.STUCK:
        return said.retention_stuck.format(name, worst.newest.last_due, at)
    if worst.state is State.FAILED:
        return said.retention_failed.format(name, at)
    if worst.state is State.SILENT:
        return said.retention_silent.format(name, at)
    latest = max(each.newest.looked_at for each in done)
    return said.retention_fine.format(sum(each.removed for each in done), DAYS, moment(latest))


routes = (retention_page,)
