"""Where somebody who was asked is taken to be: the one rule, as they were chosen."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.foundation.database import Connection
from backend.foundation.ids import VolunteerId
from backend.locations import queries
from backend.locations.cells import centre_of, metres_between, res9_of
from backend.locations.water import Ground, over_water

Point = tuple[float, float]


class Here(msgspec.Struct, frozen=True):
    """A place in degrees, and whether it is over the water from the patient."""

    point: Point
    over_water: bool


async def whereabouts(
    connection: Connection,
    volunteer_ids: Sequence[VolunteerId],
    incident_id: UUID,
    patient: Point,
    ground: Ground,
    max_position_age_s: int,
    now: datetime,
) -> dict[VolunteerId, Here]:
    """Where these volunteers are, seen from a patient; left out is whoever we know no place of that still counts.

    The exact point of a mission for this incident; else the live position, not older than `max_position_age_s`; else
    of home and work the nearest to the patient, those on this side of the water first: whoever was chosen at work
    is not let go for living far away.
    """
    known = await queries.whereabouts(connection, volunteer_ids, incident_id, max_position_age_s, now)
    points = {each.volunteer_id: _points(each) for each in known}
    wet = await over_water(connection, ground, [res9_of(*point) for each in points.values() for point in each])
    return {volunteer_id: _best(each, patient, wet) for volunteer_id, each in points.items()}


def _points(known: queries.Whereabouts) -> list[Point]:
    if known.lat is not None and known.lon is not None:
        return [(known.lat, known.lon)]
    return [centre_of(cell) for cell in known.cells]


def _best(points: Sequence[Point], patient: Point, wet: set[int]) -> Here:
    ranked = [(res9_of(*point) in wet, metres_between(*point, *patient), point) for point in points]
    is_over_water, _, nearest = min(ranked)
    return Here(nearest, is_over_water)
