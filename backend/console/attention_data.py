"""What needs a person, for the console's scripts; and that somebody has taken it up."""

from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from backend.api.dispatch_centre.attention import AllAttention, Attention, acknowledge_own, attention_of
from backend.console.acting import caller_at
from backend.console.board_data import OfKind
from backend.console.by_script import DATA, must_bring_the_word
from backend.console.visit import AnyRequest
from backend.console.who import here_of, must_be_signed_in
from backend.foundation.database import Database
from backend.foundation.kinds import Kind
from backend.identity.staff import May


@get(DATA + "/opmaerksomhed", guards=[must_be_signed_in], opt={"may": May.FOLLOW, "by_itself": True})
async def read_needs(
    request: AnyRequest, database: NamedDependency[Database], kind: OfKind = Kind.LIVE
) -> AllAttention:
    """See what needs a person

    At the session's centres. What `sounds` does so at every console of the centre, until somebody has taken it up.
    """
    here = here_of(request)
    return await attention_of(database, caller_at(here, kind), here.now)


@post(
    DATA + "/opmaerksomhed/{item_id:uuid}/kvitter",
    guards=[must_be_signed_in, must_bring_the_word],
    opt={"may": May.ACT},
    status_code=200,
)
async def take_up(
    request: AnyRequest, item_id: FromPath[UUID], database: NamedDependency[Database], kind: OfKind = Kind.LIVE
) -> Attention:
    """Take up what needs a person

    From then on it is quiet at the whole centre. Who did so first, and when, is kept.
    """
    here = here_of(request)
    return await acknowledge_own(database, caller_at(here, kind), item_id, here.now)


routes = (read_needs,)
alarms = (take_up,)
"""Not to be kept back: what nobody takes up goes on sounding, and a neighbour is called for it."""
