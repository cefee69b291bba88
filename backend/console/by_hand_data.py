"""What the page for an alarm by hand calls: places for what was typed, what would happen, and the alarm itself.

A live alarm and an exercise have addresses of their own, since they need rights of their own.
"""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta

from backend.addresses.coordinates import How
from backend.addresses.search import LONGEST_TYPED, Hit, What, search
from backend.console.by_hand import ByHand, Foresee, Foreseen, Raised, foresee, raise_alarm
from backend.console.by_script import DATA, must_bring_the_word
from backend.console.who import Here, here_of, must_be_signed_in
from backend.foundation.database import Connection, Database, Lane
from backend.foundation.kinds import Kind
from backend.identity.staff import May
from backend.regions.find import Borders
from backend.regions.queries import municipalities_of_centre

PLACES, ALARMS, EXERCISES = f"{DATA}/steder", f"{DATA}/alarmer", f"{DATA}/oevelser"
_GUARDS = [must_be_signed_in, must_bring_the_word]
AnyRequest = Request[Any, Any, Any]


class FindPlace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands in the box."""

    typed: Annotated[str, Meta(max_length=LONGEST_TYPED)]


class PlaceFound(msgspec.Struct, frozen=True):
    """One that may be meant. `accuracy_m` null: to the metre. `goes_on`: a street whose house is still to come.

    `how` and `swapped`: how a pair of coordinates was understood.
    """

    what: What
    text: str
    detail: str
    lat: float
    lon: float
    accuracy_m: int | None
    dar_id: UUID | None
    floor: str | None
    door: str | None
    goes_on: bool
    how: How | None
    swapped: bool


class PlacesFound(msgspec.Struct, frozen=True):
    """For `typed`, the likeliest first; nine at most."""

    typed: str
    places: list[PlaceFound]


@post(PLACES, guards=_GUARDS, status_code=200)
async def find_place(
    request: AnyRequest, data: JSONBody[FindPlace], database: NamedDependency[Database]
) -> PlacesFound:
    """Find a place by what is typed

    An address, a street, a town, a postcode or coordinates, from what this installation has itself.
    """
    return PlacesFound(data.typed, [found(hit) for hit in await places(database, here_of(request), data.typed)])


@post(ALARMS + "/forhaandsvisning", guards=_GUARDS, opt={"may": May.TRIGGER}, status_code=200)
async def foresee_alarm(
    request: AnyRequest,
    data: JSONBody[Foresee],
    database: NamedDependency[Database],
    borders: NamedDependency[Borders],
) -> Foreseen:
    """See what a live alarm would do

    In bands, and written down. No alarm needs it.
    """
    here = here_of(request)
    return await foresee(database, here, Kind.LIVE, data, borders, here.now)


@post(EXERCISES + "/forhaandsvisning", guards=_GUARDS, opt={"may": May.EXERCISE}, status_code=200)
async def foresee_exercise(
    request: AnyRequest,
    data: JSONBody[Foresee],
    database: NamedDependency[Database],
    borders: NamedDependency[Borders],
) -> Foreseen:
    """See what an exercise would do

    In bands, and written down. Only those who take part in exercises count.
    """
    here = here_of(request)
    return await foresee(database, here, Kind.EXERCISE, data, borders, here.now)


@post(ALARMS, guards=_GUARDS, opt={"may": May.TRIGGER}, status_code=201)
async def raise_live_alarm(
    request: AnyRequest,
    data: JSONBody[ByHand],
    database: NamedDependency[Database],
    borders: NamedDependency[Borders],
) -> Raised:
    """Raise a live alarm by hand

    It goes out at once, as a dispatch system's report does; the same body again is the same alarm. Beyond what one
    person does alone a second one is called, and may stop it.
    """
    here = here_of(request)
    return await raise_alarm(database, here, Kind.LIVE, data, borders, here.now)


@post(EXERCISES, guards=_GUARDS, opt={"may": May.EXERCISE}, status_code=201)
async def raise_exercise(
    request: AnyRequest,
    data: JSONBody[ByHand],
    database: NamedDependency[Database],
    borders: NamedDependency[Borders],
) -> Raised:
    """Raise an exercise by hand

    Only those who take part in exercises are asked.
    """
    here = here_of(request)
    return await raise_alarm(database, here, Kind.EXERCISE, data, borders, here.now)


async def places(database: Database, here: Here, typed: str) -> list[Hit]:
    """Streets where the session's centres answer come before others of their name."""
    async with database.acting_as(here.actor, Lane.REST) as connection:
        return await search(connection, typed, await _own(connection, here))


async def _own(connection: Connection, here: Here) -> list[str]:
    return [code for centre in here.centres for code in await municipalities_of_centre(connection, centre, here.now)]


def found(hit: Hit) -> PlaceFound:
    return msgspec.convert(msgspec.to_builtins(hit), PlaceFound)


routes = (find_place, foresee_alarm, foresee_exercise, raise_exercise)
alarms = (raise_live_alarm,)
"""What no other call of the console's may keep back."""
