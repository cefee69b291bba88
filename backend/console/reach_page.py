"""Operations: how many of those signed up an alarm would reach, by municipality."""

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Response

from backend.console.operations import REACH, operations_words_of, show_operations
from backend.console.visit import AnyRequest
from backend.console.who import here_of, must_be_signed_in
from backend.console.words_operations import OperationsWords
from backend.foundation.database import Database
from backend.foundation.problems import Problem
from backend.identity.staff import May
from backend.locations.reachable import STEP, Reachable, reachable


@get(REACH, guards=[must_be_signed_in], opt={"may": May.OPERATE})
async def reach_page(request: AnyRequest, database: NamedDependency[Database]) -> Response[str]:
    """How many hjerteløbere of each municipality an alarm would reach now"""
    here, said = here_of(request), operations_words_of(request)
    found: Reachable | None = None
    try:
        async with database.statistics() as connection:
            found = await reachable(connection, here.now)
    except Problem:
        pass  # an alarm is under way, or it took too long
    sentence = said.no_figures_now if found is None else first_sentence(said, found)
    return show_operations(
        request,
        "operations_reach.html",
        sentence,
        wrong=False,
        found=found,
        step=STEP,
        whole=at_least,
    )


def first_sentence(said: OperationsWords, found: Reachable) -> str:
    whole = found.whole
    if whole.share is None:
        return said.reach_nobody
    return said.reach_whole.format(at_least(whole.share), whole.reachable, whole.people)


def at_least(share: float) -> str:
    return f"{int(share * 100)} %"


routes = (reach_page,)
