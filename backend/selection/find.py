"""Finding candidates: cells from the inside out, exact metres last."""

import math
from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import datetime

import msgspec

from backend.foundation.clock import COPENHAGEN
from backend.foundation.database import Connection
from backend.foundation.ids import IncidentId, VolunteerId
from backend.foundation.kinds import Kind
from backend.locations.cells import Ring, metres_to_cells, parts_around, res9_parent, rings_around
from backend.locations.water import NO_MATTER_WHERE, ground_of
from backend.selection import queries
from backend.selection.candidate import Candidate, FromPlace, Verdict, lot_of
from backend.selection.policy import Policy
from backend.selection.queries import Search

# More than are needed, since some turn out to be rung by another alarm in the same moment.
SPARE = 10
# Parts of cells so many steps around: enough where people live close together, and quickly reckoned. Where they do not
# suffice so many rings of whole cells are read, then all in reach.
_PART_STEPS, _FIRST_RINGS = 6, 7
# Times as many as are wanted: some cannot be asked, and in whole cells some are further away than those not read.
_PARTS, _RINGS, _MORE = 1.5, 2.5, 4
_FIRST_PART, _LAST_PART = 0, 2**63 - 1


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

    Stops only when nobody unseen can be nearer than the last one needed. Each look reads anew from the middle, and
    further than the one before: what it found is of one moment.
    """
    ground = NO_MATTER_WHERE if policy.over_water else ground_of(lat, lon, accuracy_m)
    wanted = count + SPARE
    for search in _searches(lat, lon, reach_m):
        rows = math.ceil((_PARTS if search.measured else _RINGS) * wanted) + len(asked_already)
        while True:
            seen = await queries.available_in_turn(
                connection, search, rows, kind, policy.max_position_age_s, minute_of_week(now), now, ground
            )
            unseen_m = _unseen_m(search, seen, rows)
            found = _candidates(incident_id, lat, lon, search, seen)
            usable = _nearest_of_each(c for c in found if c.obstacle is None and c.volunteer_id not in asked_already)
            # Candidates carry whole metres: half a one may have been rounded off.
            if unseen_m > reach_m + 1 or (len(usable) >= wanted and usable[wanted - 1] + 1 < unseen_m):
                return Found(found, len(usable), whole=unseen_m > reach_m + 1)
            if len(seen) < rows:  # all these cells are read
                break
            rows *= _MORE
    raise AssertionError("the last search is of everything in reach")


def _searches(lat: float, lon: float, reach_m: int) -> Iterator[Search]:
    """Each larger than the one before, and the last of everything in reach."""
    parts = parts_around(lat, lon, reach_m, _PART_STEPS)
    parents = list(map(res9_parent, parts.cells))
    yield Search(parents, parts.cells, parts.cells, parts.metres, parts.beyond_m, measured=True)
    rings = rings_around(lat, lon, reach_m)
    if len(rings) > _FIRST_RINGS:
        yield _of_rings(rings[:_FIRST_RINGS], beyond_m=rings[_FIRST_RINGS].nearest_m)
    yield _of_rings(rings, beyond_m=math.inf)


def _of_rings(rings: Sequence[Ring], beyond_m: float) -> Search:
    cells = [(cell, ring.nearest_m) for ring in rings for cell in ring.cells]
    return Search(
        cells_r9=[cell for cell, _ in cells],
        first_parts=[_FIRST_PART] * len(cells),
        last_parts=[_LAST_PART] * len(cells),
        nearest_m=[nearest_m for _, nearest_m in cells],
        beyond_m=beyond_m,
        measured=False,
    )


def _unseen_m(search: Search, seen: Sequence[queries.Seen], rows: int) -> float:
    """Nobody who was not read is nearer than this."""
    read = max(row.turn for row in seen) if len(seen) >= rows else len(search.cells_r9)
    return min(search.beyond_m, search.nearest_m[read]) if read < len(search.cells_r9) else search.beyond_m


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


def _candidates(
    incident_id: IncidentId, lat: float, lon: float, search: Search, seen: Sequence[queries.Seen]
) -> list[Candidate]:
    there = [row for row in seen if row.there]
    if search.measured:
        metres = [search.nearest_m[row.turn - 1] for row in there]
    else:
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
