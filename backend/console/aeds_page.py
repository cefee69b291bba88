"""Operations: defibrillators that somebody has to look after, and where the lists come from."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from backend.aeds import queries_review, review
from backend.aeds.aed import Condition
from backend.aeds.queries_review import Counted, ToReview
from backend.console.operations import AEDS, moment, operations_words_of, show_operations
from backend.console.visit import AnyRequest, form_of, go, told
from backend.console.who import here_of, must_be_signed_in
from backend.console.words_operations import OperationsWords
from backend.foundation.database import Database, Lane
from backend.foundation.ids import AedId
from backend.foundation.problems import bad_field
from backend.identity.staff import May

AT_MOST = 200
OLD_AFTER = timedelta(days=30)
"""A list this old says little about today. Ours ††."""


@get(AEDS, guards=[must_be_signed_in], opt={"may": May.OPERATE})
async def aeds_page(request: AnyRequest, database: NamedDependency[Database]) -> Response[str]:
    """Defibrillators reported as not there, locked or dead, or taken and not back; and when lists were imported"""
    here, said = here_of(request), operations_words_of(request)
    async with database.acting_as(here.actor, Lane.REST) as connection:
        waiting = await queries_review.to_review(connection, AT_MOST)
        counts = await queries_review.conditions(connection)
        sources = await queries_review.sources(connection)
    return show_operations(
        request,
        "operations_aeds.html",
        first_sentence(said, counts, waiting),
        wrong=bool(waiting),
        waiting=waiting,
        counts={each.state: each.how_many for each in counts},
        conditions=list(Condition),
        sources=sources,
        old_before=here.now - OLD_AFTER,
        at_most=AT_MOST,
    )


@post(AEDS + "/{aed_id:uuid}", guards=[must_be_signed_in], opt={"may": May.OPERATE, "then": AEDS})
async def settle(request: AnyRequest, aed_id: FromPath[UUID], database: NamedDependency[Database]) -> Response[str]:
    """Say of a defibrillator that it hangs in its place and works, or that it is gone"""
    here, said = here_of(request), operations_words_of(request)
    form = await form_of(request, here.token)
    if form.get("fund") not in list(review.Finding):
        raise bad_field("/fund", f"one of: {', '.join(review.Finding)}")
    async with database.acting_as(here.actor, Lane.REST) as connection:
        done = await review.settle(connection, here.actor, AedId(aed_id), review.Finding(form["fund"]), here.now)
    return go(AEDS) if done else told(request, 409, *said.aed_not_settled, again=AEDS)


def first_sentence(said: OperationsWords, counts: Sequence[Counted], waiting: Sequence[ToReview]) -> str:
    standing = sum(each.how_many for each in counts)
    to_review = sum(each.how_many for each in counts if each.state is not Condition.IN_PLACE)
    if standing == 0:
        return said.no_aeds
    if not waiting:
        return said.aeds_fine.format(standing)
    taken = sum(each.how_many for each in counts if each.state is Condition.PICKED_UP)
    return said.aeds_waiting.format(to_review, standing, taken, moment(_first(waiting)))


def _first(waiting: Sequence[ToReview]) -> datetime:
    return min(each.state_at for each in waiting)


routes = (aeds_page, settle)
