"""Finding candidates: cells from the inside out, exact metres last."""

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import datetime

import msgspec

from backend.foundation.clock import COPENHAGEN
from backend.foundation.database import Connection
from backend.foundation.ids import IncidentId, VolunteerId
from backend.foundation.kinds import Kind
from backend.locations.cells import Around, cells_around, metres_to_cells, parts_around
from backend.locations.water import NO_MATTER_WHERE, ground_of
from backend.selection import queries
from backend.selection.candidate import Candidate, FromPlace, Verdict, lot_of
from backend.selection.policy import Policy

# More than are needed, since some turn out to be rung by another alarm in the same moment.
SPARE = 10
# Parts of cells so many steps around: enough where people live close together, and quickly reckoned. Where they do not
# suffice whole cells are read, so many steps around, then all in reach.
_PART_STEPS, _CELL_STEPS = 5, 6
# Times as many are looked for in whole cells: some are further away than those of the next may be.
_CELLS = 1.25
_ALL = 2**31 - 1
_FROM_PLACE = {each.value: each for each in FromPlace}


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

    Stops only when nobody unseen can be nearer than the last one needed.
    """
    ground = NO_MATTER_WHERE if policy.over_water else ground_of(lat, lon, accuracy_m)
    minute = minute_of_week(now)
    wanted = count + SPARE
    found: list[Candidate] = []
    usable: list[int] = []
    for around in _wider_and_wider(lat, lon, reach_m):
        found, usable = [], []
        read, end = 0, len(around.cells_r9)
        times = 1 if around.parts else _CELLS
        while read < len(around.cells_r9):
            if len(usable) < wanted:
                at_least = math.ceil(times * max(wanted - len(usable), SPARE)) + len(asked_already)
            else:  # every cell in which somebody may be nearer
                at_least, end = _ALL, bisect_right(around.nearest_m, usable[wanted - 1] + 1)
            cells, parts = around.cells_r9[read:end], around.parts[read:end]
            seen = await queries.available_in_turn(
                connection, cells, parts, at_least, kind, policy.max_position_age_s, minute, now, ground
            )
            found += _candidates(incident_id, lat, lon, around, read, seen)
            stopped = sum(row.askable for row in seen) >= at_least
            read = read + max(row.turn for row in seen) if stopped else end
            usable = _nearest_of_each(c for c in found if c.obstacle is None and c.volunteer_id not in asked_already)
            unseen_m = around.nearest_m[read] if read < len(around.cells_r9) else around.beyond_m
            whole = unseen_m > reach_m + 1
            # Candidates carry whole metres: half a one may have been rounded off.
            if whole or (len(usable) >= wanted and usable[wanted - 1] + 1 < unseen_m):
                return Found(found, len(usable), whole)
    return Found(found, len(usable), whole=True)


def _wider_and_wider(lat: float, lon: float, reach_m: int) -> Iterator[Around]:
    """Each more than the one before, and reckoned when asked for; the last is everything in reach."""
    yield parts_around(lat, lon, reach_m, _PART_STEPS)
    yield cells_around(lat, lon, reach_m, _CELL_STEPS)
    yield cells_around(lat, lon, reach_m)


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
    incident_id: IncidentId, lat: float, lon: float, around: Around, begin: int, seen: Sequence[queries.Seen]
) -> list[Candidate]:
    if around.parts:
        metres = [around.nearest_m[begin + row.turn - 1] for row in seen]
    else:
        metres = metres_to_cells(lat, lon, [row.cell for row in seen])
    return [
        Candidate(
            volunteer_id=row.volunteer_id,
            metres=round(far),
            age_s=row.age_s,
            from_place=_FROM_PLACE[row.from_place],
            obstacle=_obstacle(row),
            lot=lot_of(incident_id, row.volunteer_id),
            cell=row.cell,
        )
        for row, far in zip(seen, metres, strict=True)
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
