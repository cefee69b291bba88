"""Which defibrillators could be fetched now, and what going by one of them costs."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from backend.aeds import queries
from backend.aeds.aed import AedOption, Open
from backend.aeds.hours import open_at
from backend.aeds.queries import AedRow
from backend.foundation.database import Connection
from backend.foundation.ids import AedId
from backend.locations.cells import cells_within, metres_between

Point = tuple[float, float]
"""(lat, lon) in degrees."""


class Detour(msgspec.Struct, frozen=True):
    """An option seen from one volunteer: the way by it to the patient, and how much longer than going straight."""

    option: AedOption
    way_m: float
    detour_m: float


async def options(connection: Connection, lat: float, lon: float, reach_m: float, at: datetime) -> list[AedOption]:
    """Free defibrillators within `reach_m` metres of a point, nearest first; closed ones too, each with its hours."""
    rows = await queries.free_in(connection, cells_within(lat, lon, reach_m), at)
    found = [as_option(row, lat, lon, at) for row in rows]
    return sorted(
        (option for option in found if option.metres <= reach_m), key=lambda option: (option.metres, option.aed_id)
    )


async def one(connection: Connection, aed_id: AedId, lat: float, lon: float, at: datetime) -> AedOption | None:
    """A single defibrillator as seen from a point, whatever its condition: the one a volunteer already has."""
    row = await queries.by_id(connection, aed_id)
    return None if row is None else as_option(row, lat, lon, at)


def by_detour(found: Iterable[AedOption], start: Point, patient: Point, detour_max_m: float | None) -> list[Detour]:
    """The open options of one volunteer, the best first; none with a longer detour than allowed.

    Best is the shortest way, a doubtful one counting as twice as long (`reliability`); hours nobody knows are not open.
    """
    straight = metres_between(*start, *patient)
    ways = []
    for option in found:
        if option.open is not Open.OPEN:
            continue
        way = metres_between(*start, option.lat, option.lon) + metres_between(option.lat, option.lon, *patient)
        detour = Detour(option=option, way_m=way, detour_m=way - straight)
        if detour_max_m is None or detour.detour_m <= detour_max_m:
            ways.append(detour)
    return sorted(ways, key=lambda each: (each.way_m / each.option.reliability, each.option.aed_id))


def as_option(row: AedRow, lat: float, lon: float, at: datetime) -> AedOption:
    """A row as it is offered at a moment to somebody at a point."""
    return AedOption(
        aed_id=row.id,
        lat=row.lat,
        lon=row.lon,
        open=open_at(row.opening_hours, at),
        metres=metres_between(lat, lon, row.lat, row.lon),
        name=row.name,
        location_text=row.location_text,
        floor=row.floor,
        indoor=row.indoor,
        cabinet_code=row.cabinet_code,
        phone=row.phone,
        reliability=0.5**row.problems,
        source=row.source,
        attribution=row.attribution,
        made_up=row.made_up,
    )
