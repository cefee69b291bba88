"""Where a phone is: one's position, "still here", home and work. A coordinate becomes a cell here and is forgotten."""

from datetime import datetime
from functools import cache
from typing import Annotated

import msgspec
from litestar import Request, delete, post, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta
from prometheus_client import Counter

from backend.alerts.queries import sign_of_life_of
from backend.api.contract import answers
from backend.api.guards import volunteer
from backend.api.limits import Limit
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Database, Lane, Role
from backend.foundation.problems import Problem, bad_field, unauthorised
from backend.foundation.telemetry import positions_total
from backend.identity.caller import Caller
from backend.locations import places
from backend.locations.gather import Gatherer
from backend.locations.position import FixedPlace, Judged, Outcome, Reason, Report
from backend.locations.report import keep_exact, report
from backend.locations.still_here import still_here

Aware = Annotated[datetime, Meta(tz=True)]


class Position(msgspec.Struct, frozen=True):
    """One measurement. Every item is judged alone, so a wrong one is refused without its neighbours."""

    lat: Annotated[float, Meta(description="Degrees, WGS84, north positive")]
    lon: Annotated[float, Meta(description="Degrees, WGS84, east positive")]
    measured_at: Annotated[Aware, Meta(description="By the phone's clock")]
    accuracy_m: Annotated[float, Meta(description="Radius in metres; null where the phone does not know")] | None = None


class Positions(msgspec.Struct, frozen=True):
    """One measurement or a batch, in any order; repeats do no harm."""

    sent_at: Annotated[Aware, Meta(description="The same clock at the moment of sending: puts a wrong clock right")]
    positions: Annotated[list[Position], Meta(min_length=1, max_length=100)]


class PositionResult(msgspec.Struct, frozen=True):
    """`older`: a newer position is known. `blackout`: here nothing is stored, and what was known is forgotten: say so
    to the phone's owner, who is not asked while here. More outcomes and reasons may come."""

    outcome: Outcome
    reason: Reason | None


class PositionResults(msgspec.Struct, frozen=True):
    """One result for each position, in the order they were sent."""

    results: list[PositionResult]


class StillHere(msgspec.Struct, frozen=True):
    """A heartbeat, sent live and never kept for later: it says that somebody is there now."""

    sent_at: Aware


class StillKnown(msgspec.Struct, frozen=True):
    """False: nothing is known any more, the phone should send a position (and may hear `blackout` for an answer)."""

    position_known: bool


class PlaceOfMine(msgspec.Struct, frozen=True):
    """Home or work. Kept as a cell of about 150 m, never as a point, and shown to nobody."""

    lat: Annotated[float, Meta(ge=-90, le=90, description="Degrees, WGS84")]
    lon: Annotated[float, Meta(ge=-180, le=180, description="Degrees, WGS84")]


@post("/mobile/v1/positions", guards=[volunteer(Limit.POSITIONS)], status_code=200)
async def report_positions(data: JSONBody[Positions], request: Request[Caller, int, State]) -> PositionResults:
    """Report where one is

    Only the latest position is kept, as a cell, for 72 hours after the last report or heartbeat. Answered after it is
    saved; safe to repeat.
    """
    # By thousands a second: of what a request costs a fifth went into asking for what it needs by name.
    caller, database, gatherer, clock = _what_it_needs(request)
    reports = [Report(each.lat, each.lon, each.accuracy_m, each.measured_at) for each in data.positions]
    now = clock.now()
    reported = await report(gatherer.keep, caller.volunteer_id, reports, data.sent_at, now)
    if reported.mission is not None:
        async with database.acting_as(_self(caller), Lane.LOCATIONS) as connection:
            if reported.exact is not None:
                await keep_exact(connection, caller.volunteer_id, reported.mission, reported.exact)
            await sign_of_life_of(connection, caller.volunteer_id, now)
    for each in reported.judged:
        _counter(each.outcome).inc()
    return PositionResults([PositionResult(each.outcome, each.reason) for each in reported.judged])


@post("/mobile/v1/still-here", guards=[volunteer(Limit.POSITIONS)], status_code=200)
async def say_still_here(
    data: JSONBody[StillHere],  # noqa: ARG001 – read for its form; the time that counts is ours
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> StillKnown:
    """Say that one has not moved

    Renews the age of the known position, so that somebody who stays at home does not vanish after 72 hours.
    """
    async with database.acting_as(_self(caller), Lane.LOCATIONS) as connection:
        return StillKnown(await still_here(connection, caller.volunteer_id, clock.now()))


@put(
    "/mobile/v1/me/places/{place:str}",
    guards=[volunteer(Limit.PROFILE)],
    status_code=204,
    opt=answers({409: "There is no consent to location, or the place is in an area where nothing is stored"}),
)
async def set_place_of_mine(
    place: FromPath[FixedPlace],
    data: JSONBody[PlaceOfMine],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
) -> None:
    """Set home or work

    Serves when the live position is missing or too old. Delete it at any time.
    """
    async with database.acting_as(_self(caller), Lane.LOCATIONS) as connection:
        judged = await places.set_place(connection, caller.volunteer_id, place, data.lat, data.lon, clock.now())
    if judged.outcome is not Outcome.ACCEPTED:
        raise _refusal(judged)


@delete("/mobile/v1/me/places/{place:str}", guards=[volunteer(Limit.PROFILE)])
async def delete_place_of_mine(
    place: FromPath[FixedPlace], caller: NamedDependency[Caller], database: NamedDependency[Database]
) -> None:
    """Forget home or work

    The same answer whether it was set or not.
    """
    async with database.acting_as(_self(caller), Lane.LOCATIONS) as connection:
        await places.delete_place(connection, caller.volunteer_id, place)


def _what_it_needs(request: Request[Caller, int, State]) -> tuple[Caller, Database, Gatherer, Clock]:
    state = request.app.state
    return request.user, state.database, state.gatherer, state.clock


@cache
def _counter(outcome: Outcome) -> Counter:
    return positions_total.labels(outcome=outcome.value)


def _self(caller: Caller) -> Actor:
    return Actor(Role.API, person_id=caller.volunteer_id)


def _refusal(judged: Judged) -> Problem:
    match judged.reason:
        case Reason.WITHDRAWN:
            return unauthorised("This account is no longer there: sign up again.")
        case Reason.NO_LOCATION_CONSENT:
            return Problem(
                409,
                "no-location-consent",
                "No consent to location",
                "Give the consent `location` first: without it no place is kept.",
            )
        case Reason.BLACKOUT:
            return Problem(
                409,
                "blackout-area",
                "Nothing is stored here",
                "This is in an area where no place is stored, or too near to tell. Set another place, or none.",
            )
        case _:
            return bad_field("/lat", "latitude and longitude in degrees")


routes = (report_positions, say_still_here, set_place_of_mine, delete_place_of_mine)
