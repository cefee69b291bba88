"""When those on the way are expected, by road where somebody knows the roads. Pure but for reading where they are.

By road it counts from where they are by now, as a cell, up to the next hundred metres: no nearer than a centre sees
them. By the straight line it counts from where they were when they said yes. Which of the two it is stands beside it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import msgspec

from backend.alerts.alert import Alert
from backend.alerts.arrival import Arrival, arrival
from backend.alerts.distance import rounded_m
from backend.console.board import Defibrillator, Stage
from backend.console.incident import ArrivalBy, Asked, IncidentSeen, marked
from backend.console.osrm import Pair
from backend.console.roads import Roads
from backend.foundation.database import Connection
from backend.foundation.ids import IncidentId
from backend.incidents.incident import Place
from backend.locations.cells import cell_of
from backend.locations.queries_going import Going, going

THERE = frozenset({Stage.ON_SCENE, Stage.WITH_PATIENT})


class Way(msgspec.Struct, frozen=True):
    """The cells one person still has to come through, and as of when that was so."""

    cells: tuple[int, ...]
    since: datetime

    @property
    def legs(self) -> list[Pair]:
        return list(pairwise(self.cells))


Ways = Mapping[str, Way]
"""By pseudonym."""


async def read_ways(
    connection: Connection,
    incident_id: IncidentId,
    place: Place,
    alerts: Sequence[Alert],
    asked: Sequence[Asked],
    aeds: Sequence[Defibrillator],
) -> Ways:
    """Of everybody who is on the way and not yet there."""
    expected = {each.pseudonym: each for each in asked if each.arrival is not None and each.stage not in THERE}
    those = [each for each in alerts if each.pseudonym in expected]
    where = {each.volunteer_id: each for each in await going(connection, incident_id, [a.volunteer_id for a in those])}
    at = {each.id: cell_of(each.lat, each.lon) for each in aeds}
    ways: dict[str, Way] = {}
    for each in those:
        here = where.get(each.volunteer_id)
        if here is None or each.answered_at is None:
            continue
        through = None if each.aed_id is None or expected[each.pseudonym].has_aed else at.get(each.aed_id)
        cells = [_cell(here), *([] if through is None else [through]), cell_of(place.lat, place.lon)]
        ways[each.pseudonym] = Way(tuple(cells), max(here.measured_at, each.answered_at))
    return ways


def _cell(here: Going) -> int:
    if here.lat is not None and here.lon is not None:
        return cell_of(here.lat, here.lon)
    assert here.cell is not None, "one of the two is there"
    return here.cell


async def with_roads(seen: IncidentSeen, ways: Ways, roads: Roads | None) -> IncidentSeen:
    """Asked outside every transaction. Whatever the service does, what is known without it is shown in time."""
    if roads is None or not ways:
        return marked(seen)
    metres = await roads.metres([leg for way in ways.values() for leg in way.legs if leg[0] != leg[1]])
    return marked(msgspec.structs.replace(seen, asked=[_by_road(each, ways, metres, seen.at) for each in seen.asked]))


def _by_road(each: Asked, ways: Ways, metres: Mapping[Pair, int], now: datetime) -> Asked:
    way = ways.get(each.pseudonym)
    found = None if way is None else expected_by_road(way, metres)
    if found is None:
        return each
    return msgspec.structs.replace(each, arrival=found, arrival_by=ArrivalBy.ROAD, late=found.is_late(now))


def expected_by_road(way: Way, metres: Mapping[Pair, int]) -> Arrival | None:
    """None where a leg of it is not known."""
    legs = [0 if start == end else metres.get((start, end)) for start, end in way.legs]
    known = [each for each in legs if each is not None]
    return arrival(way.since, rounded_m(sum(known)), along_roads) if len(known) == len(legs) else None


def along_roads(metres: int, metres_per_second: float) -> timedelta:
    """Of metres that are a way's own: no factor stands for the roads."""
    return timedelta(seconds=metres / metres_per_second)
