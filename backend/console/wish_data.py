"""What somebody at the console does with a running incident: stand down one or all, ask more, say a word."""

from uuid import UUID

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from backend.api.contract import answers
from backend.api.dispatch_centre.act import StandDown, Stopped, end_own
from backend.api.dispatch_centre.view import Incident
from backend.api.dispatch_centre.wishes import (
    AskMore,
    StandDownOne,
    StoppedOne,
    WordToVolunteers,
    ask_more_own,
    stand_down_one_own,
    tell_word_own,
)
from backend.console.acting import caller_at
from backend.console.board_data import OfKind
from backend.console.by_script import DATA, must_bring_the_word
from backend.console.visit import AnyRequest
from backend.console.who import here_of, must_be_signed_in
from backend.foundation.clock import Clock
from backend.foundation.database import Database
from backend.foundation.kinds import Kind
from backend.identity.staff import May
from backend.incidents.incident import EndReason

INCIDENT = DATA + "/haendelser/{incident_id:uuid}"


@post(INCIDENT + "/aflys", guards=[must_be_signed_in, must_bring_the_word], opt={"may": May.ACT}, status_code=200)
async def stand_all_down(
    request: AnyRequest,
    incident_id: FromPath[UUID],
    data: JSONBody[StandDown],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    kind: OfKind = Kind.LIVE,
) -> Stopped:
    """Stand everybody down

    Ends the incident: whoever rings or goes is told why. When the answer comes, no ring starts any more.
    """
    caller = caller_at(here_of(request), kind)
    return await end_own(database, caller, incident_id, EndReason(data.reason.value), clock)


@post(
    INCIDENT + "/aflys-en",
    guards=[must_be_signed_in, must_bring_the_word],
    opt={"may": May.ACT, **answers({409: "This hjerteløber neither rings nor goes"})},
    status_code=200,
)
async def stand_one_down(
    request: AnyRequest,
    incident_id: FromPath[UUID],
    data: JSONBody[StandDownOne],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    kind: OfKind = Kind.LIVE,
) -> StoppedOne:
    """Stand one hjerteløber down"""
    return await stand_down_one_own(database, caller_at(here_of(request), kind), incident_id, data, clock)


@post(
    INCIDENT + "/flere",
    guards=[must_be_signed_in, must_bring_the_word],
    opt={"may": May.ACT, **answers({409: "The incident has ended or is excluded, or as many go as may"})},
    status_code=200,
)
async def ask_for_more(
    request: AnyRequest,
    incident_id: FromPath[UUID],
    data: JSONBody[AskMore],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    kind: OfKind = Kind.LIVE,
) -> Incident:
    """Ask more hjerteløbere, now"""
    return await ask_more_own(database, caller_at(here_of(request), kind), incident_id, data, clock)


@post(
    INCIDENT + "/ord",
    guards=[must_be_signed_in, must_bring_the_word],
    opt={"may": May.ACT, **answers({409: "The incident has ended, or nobody meant is on the way"})},
    status_code=200,
)
async def say_to_volunteers(
    request: AnyRequest,
    incident_id: FromPath[UUID],
    data: JSONBody[WordToVolunteers],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    kind: OfKind = Kind.LIVE,
) -> Incident:
    """Tell those on the way something by one tap"""
    return await tell_word_own(database, caller_at(here_of(request), kind), incident_id, data, clock)


routes = (stand_all_down, stand_one_down, ask_for_more, say_to_volunteers)
