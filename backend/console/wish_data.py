"""What somebody at the console does with a running incident by script: stand down, ask more, say a word, revise."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from backend.api.contract import answers
from backend.api.dispatch_centre.act import Revision, StandDown, Stopped, end_own, revise_own
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
from backend.console.chosen_place import Where
from backend.console.visit import AnyRequest
from backend.console.who import here_of, must_be_signed_in
from backend.foundation.clock import Clock
from backend.foundation.database import Database
from backend.foundation.kinds import Kind
from backend.identity.staff import May
from backend.incidents.incident import EndReason
from backend.regions.find import Borders

INCIDENT = DATA + "/haendelser/{incident_id:uuid}"


class BetterPlace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place that was chosen on the map or in the one box. Without a text the address stays as it is.

    `based_on`: the revision the page showed: what somebody else has revised since is not overwritten unseen.
    """

    where: Where
    based_on: Annotated[int, Meta(ge=1, le=2**31 - 1)]

    def revision(self) -> Revision:
        address = None if self.where.text is None else self.where.address
        return Revision(self.where.position, self.where.accuracy_m, address, self.based_on)


def _wish(path: str, refused: str | None = None) -> Callable[[Any], HTTPRouteHandler]:
    """A route of a script that acts. `refused`: what a 409 says."""
    more = {} if refused is None else answers({409: refused})
    guards = [must_be_signed_in, must_bring_the_word]
    return post(INCIDENT + path, guards=guards, opt={"may": May.ACT, **more}, status_code=200)


@_wish("/aflys")
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


@_wish("/aflys-en", "This hjerteløber neither rings nor goes")
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


@_wish("/flere", "The incident has ended or is excluded, or as many go as may")
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


@_wish("/ord", "The incident has ended, or nobody meant is on the way")
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


@_wish("/ret", "The incident has ended, or it was revised after `based_on`")
async def revise_place(
    request: AnyRequest,
    incident_id: FromPath[UUID],
    data: JSONBody[BetterPlace],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    borders: NamedDependency[Borders],
    kind: OfKind = Kind.LIVE,
) -> Incident:
    """Send a better place

    Everybody going is told at once, on every channel. `revision` of the answer is `based_on` where nothing was better.
    """
    caller = caller_at(here_of(request), kind)
    return await revise_own(database, caller, incident_id, data.revision(), borders, clock.now())


routes = (stand_all_down, stand_one_down, ask_for_more, say_to_volunteers, revise_place)
