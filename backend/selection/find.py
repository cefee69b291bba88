"""Finding candidates: rings of cells from the inside out, exact metres last."""

from collections.abc import Iterable, Set
from datetime import datetime

import msgspec

from backend.foundation.clock import COPENHAGEN
from backend.foundation.database import Connection
from backend.foundation.ids import IncidentId, VolunteerId
from backend.foundation.kinds import Kind
from backend.locations.cells import metres_to_cells, rings_around
from backend.locations.water import NO_MATTER_WHERE, ground_of
from backend.selection import queries
from backend.selection.candidate import Candidate, FromPlace, Verdict, lot_of
from backend.selection.policy import Policy

# How many rings each look takes in: a town is answered by the first, open country needs them all. Few round trips
# where people are few, few rows where they are many.
_RINGS_A_LOOK = (2, 1, 2, 3, 5)
# More than are needed, since some turn out to be rung by another alarm in the same moment.
SPARE = 10


class Found(msgspec.Struct, frozen=True):
    """Everybody looked at; `whole`: the whole reach was searched, nobody else is there."""

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
    """Everybody looked at until the `count` nearest usable people and some spare are certain, or `reach_m` is searched.

    Stops only when no unseen cell can hold somebody nearer than the last one needed.
    """
    rings = rings_around(lat, lon, reach_m)
    ground = NO_MATTER_WHERE if policy.over_water else ground_of(lat, lon, accuracy_m)
    found: list[Candidate] = []
    usable: list[int] = []
    done, look = 0, 0
    while done < len(rings):
        size = _RINGS_A_LOOK[look] if look < len(_RINGS_A_LOOK) else len(rings)
        cells = [cell for ring in rings[done : done + size] for cell in ring.cells]
        rows = await queries.available_in_cells(
            connection, cells, kind, policy.max_position_age_s, minute_of_week(now), now, ground
        )
        metres = metres_to_cells(lat, lon, [row.cell for row in rows])
        found += [_candidate(incident_id, row, far) for row, far in zip(rows, metres, strict=True)]
        done, look = done + size, look + 1
        usable = _nearest_of_each(c for c in found if c.obstacle is None and c.volunteer_id not in asked_already)
        wanted = count + SPARE
        # Candidates carry whole metres: half a one may have been rounded off.
        if done < len(rings) and len(usable) >= wanted and usable[wanted - 1] + 1 < rings[done].nearest_m:
            break
    return Found(found, len(usable), whole=done >= len(rings))


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


def _candidate(incident_id: IncidentId, row: queries.Seen, metres: float) -> Candidate:
    return Candidate(
        volunteer_id=row.volunteer_id,
        metres=round(metres),
        age_s=row.age_s,
        from_place=FromPlace(row.from_place),
        obstacle=_obstacle(row),
        lot=lot_of(incident_id, row.volunteer_id),
        cell=row.cell,
    )


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
