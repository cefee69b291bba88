"""Finding candidates: rings of cells from the inside out, exact metres last."""

import math
from collections.abc import Iterable, Sequence, Set
from datetime import datetime

import msgspec

from backend.foundation.clock import COPENHAGEN
from backend.foundation.database import Connection
from backend.foundation.ids import IncidentId, VolunteerId
from backend.foundation.kinds import Kind
from backend.locations.cells import MEAN_CELL_R9_M2, Ring, metres_to_cells, parts_of, rings_around
from backend.locations.water import NO_MATTER_WHERE, ground_of
from backend.selection import queries
from backend.selection.candidate import Candidate, FromPlace, Verdict, lot_of
from backend.selection.policy import Policy

# Where people live close together the first two rings hold enough, and only the nearest in them are looked at.
_FIRST_RINGS = 2
# More than are needed, since some turn out to be rung by another alarm in the same moment.
SPARE = 10
# Of those looked at some cannot be asked: so many times as many are looked at as are wanted.
_MARGIN = 1.5


class Found(msgspec.Struct, frozen=True):
    """Everybody looked at; `whole`: everybody in reach was, nobody else is there."""

    candidates: list[Candidate]
    usable: int  # people who can be asked and have not been
    whole: bool


async def find(
    connection: Connection,
    incident_id: IncidentId,
    kind: Kind,
    lat: float,
    lon: float,
    policy: Policy,
    reach_m: int,
    count: int,
    asked_already: Set[VolunteerId],
    now: datetime,
    accuracy_m: float | None,
) -> Found:
    """Those looked at until the `count` nearest usable people and some spare are certain, or `reach_m` is searched.

    Stops only when nobody unseen can be nearer than the last one needed: neither in a cell not looked at, nor among
    those of a cell who were further away than all who were looked at.
    """
    rings = rings_around(lat, lon, reach_m)
    ground = NO_MATTER_WHERE if policy.over_water else ground_of(lat, lon, accuracy_m)
    wanted = count + SPARE

    async def look(upon: Sequence[Ring], at_most: int | None) -> tuple[list[Candidate], bool]:
        """Whom these rings hold; and whether there may be more."""
        cells = [cell for ring in upon for cell in ring.cells]
        nearest = queries.EVERYBODY if at_most is None else _nearest(lat, lon, cells, at_most)
        rows = await queries.available_in_cells(
            connection, cells, nearest, kind, policy.max_position_age_s, minute_of_week(now), now, ground
        )
        return _candidates(incident_id, lat, lon, rows), len(rows) >= nearest.at_most

    def usable_of(candidates: Iterable[Candidate]) -> list[int]:
        return _nearest_of_each(c for c in candidates if c.obstacle is None and c.volunteer_id not in asked_already)

    done = min(_FIRST_RINGS, len(rings))
    at_most = math.ceil(_MARGIN * wanted) + len(asked_already)
    found, more = await look(rings[:done], at_most)
    while more and len(usable_of(found)) < wanted:
        at_most *= 4
        found, more = await look(rings[:done], at_most)
    usable = usable_of(found)
    # Candidates carry whole metres: half a one may have been rounded off.
    while done < len(rings) and not (len(usable) >= wanted and usable[wanted - 1] + 1 < rings[done].nearest_m):
        enough = _rings_enough(rings, done, len(usable), wanted)
        found += (await look(rings[done:enough], None))[0]
        usable, done = usable_of(found), enough
    return Found(found, len(usable), whole=done >= len(rings) and not more)


def _nearest(lat: float, lon: float, cells_r9: Sequence[int], at_most: int) -> queries.Nearest:
    parts = parts_of(cells_r9)
    return queries.Nearest(parts, [round(metres) for metres in metres_to_cells(lat, lon, parts)], at_most)


def _rings_enough(rings: Sequence[Ring], done: int, usable: int, wanted: int) -> int:
    """How many rings should hold enough people, if they live as close together as those found in the first `done`."""
    cells = 1 + 3 * done * (done - 1)
    furthest_m = math.sqrt(_MARGIN * wanted / max(usable, 1) * cells * MEAN_CELL_R9_M2 / math.pi)
    enough = next((k for k, ring in enumerate(rings) if ring.nearest_m > furthest_m), len(rings))
    return max(done + 1, enough)


def _nearest_of_each(candidates: Iterable[Candidate]) -> list[int]:
    """How far away each person is, nearest first: whoever has home and work near by is one person."""
    nearest: dict[VolunteerId, int] = {}
    for each in candidates:
        nearest[each.volunteer_id] = min(each.metres, nearest.get(each.volunteer_id, each.metres))
    return sorted(nearest.values())


def minute_of_week(now: datetime) -> int:
    """Minutes since Monday 00:00 on Danish clocks: what quiet hours are kept in."""
    local = now.astimezone(COPENHAGEN)
    return local.weekday() * 1440 + local.hour * 60 + local.minute


def _candidates(incident_id: IncidentId, lat: float, lon: float, rows: Sequence[queries.Seen]) -> list[Candidate]:
    there = [row for row in rows if row.there]
    metres = metres_to_cells(lat, lon, [row.cell for row in there])
    return [
        Candidate(
            volunteer_id=row.volunteer_id,
            metres=round(far),
            age_s=row.age_s,
            from_place=FromPlace(row.from_place),
            obstacle=_obstacle(row),
            lot=lot_of(incident_id, row.volunteer_id),
            cell=row.cell,
        )
        for row, far in zip(there, metres, strict=True)
    ]


def _obstacle(row: queries.Seen) -> Verdict | None:
    """Of several the one that lasts: whoever is busy is looked at again, water stays. Old positions prove nothing."""
    if row.over_water and not row.too_old:
        return Verdict.WATER_BETWEEN
    if row.engaged is not None:
        return Verdict.RINGING_ELSEWHERE if row.engaged == "ringing" else Verdict.ON_MISSION_ELSEWHERE
    if row.too_old:
        return Verdict.POSITION_TOO_OLD
    if row.snoozed:
        return Verdict.SNOOZED
    if row.quiet:
        return Verdict.QUIET_HOURS
    if not row.has_address:
        return Verdict.NO_ADDRESS
    return None
