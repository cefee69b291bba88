"""Finding candidates: rings of cells from the inside out, exact metres last."""

import math
from collections.abc import Iterable, Sequence, Set
from datetime import datetime
from itertools import accumulate, chain

import msgspec

from backend.foundation.clock import COPENHAGEN
from backend.foundation.database import Connection
from backend.foundation.ids import IncidentId, VolunteerId
from backend.foundation.kinds import Kind
from backend.locations.cells import Ring, metres_to_cells, parts_of, rings_around
from backend.locations.water import NO_MATTER_WHERE, ground_of
from backend.selection import queries
from backend.selection.candidate import Candidate, FromPlace, Verdict, lot_of
from backend.selection.policy import Policy

# Where people live close together so many rings hold enough. The metres of all their parts are reckoned before, so
# that only the nearest of those read are looked at; for more rings, where few live, that would cost more than it saves.
_MEASURED_RINGS = 3
# More than are needed, since some turn out to be rung by another alarm in the same moment.
SPARE = 10
# Times as many as are wanted: some cannot be asked, and some are further away than the rings not read yet may begin.
_NEAREST = 1.5
_MEASURED_ROWS, _ROWS = 8, 3


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

    async def look(begin: int, end: int, nearest: int | None) -> tuple[list[Candidate], int, bool]:
        """Whom these rings hold, up to which of them everybody was looked at, and whether only the nearest were."""
        search = _search(lat, lon, rings[begin:end], wanted, len(asked_already), nearest)
        rows = await queries.available_in_rings(
            connection, search, kind, policy.max_position_age_s, minute_of_week(now), now, ground
        )
        read = rows[0].rows_read if rows else 0
        through = begin + search.rings_in(rows[0].last_group) if read >= search.rows else end
        return _candidates(incident_id, lat, lon, rows), through, len(rows) < read

    def usable_of(candidates: Iterable[Candidate]) -> list[int]:
        return _nearest_of_each(c for c in candidates if c.obstacle is None and c.volunteer_id not in asked_already)

    first = min(_MEASURED_RINGS, len(rings))
    nearest = math.ceil(_NEAREST * wanted) + len(asked_already)
    found, done, cut = await look(0, first, nearest)
    while cut and len(usable_of(found)) < wanted:
        nearest *= 4
        found, done, cut = await look(0, first, nearest)
    usable = usable_of(found)
    # Candidates carry whole metres: half a one may have been rounded off.
    while done < len(rings) and not (len(usable) >= wanted and usable[wanted - 1] + 1 < rings[done].nearest_m):
        more, done, _everybody = await look(done, len(rings), None)
        found += more
        usable = usable_of(found)
    return Found(found, len(usable), whole=done >= len(rings) and not cut)


def _search(
    lat: float, lon: float, rings: Sequence[Ring], wanted: int, asked_already: int, nearest: int | None
) -> queries.Search:
    """Ring by ring, the two in the middle as one: neither is certain without the other. `nearest` None: everybody."""
    cells = [ring.cells for ring in rings]
    groups = [list(chain.from_iterable(cells[:2])), *cells[2:]]
    ends = list(accumulate(map(len, groups)))
    parts = [] if nearest is None else parts_of(chain.from_iterable(cells))
    metres = sorted(zip(map(round, metres_to_cells(lat, lon, parts)), parts, strict=True))
    return queries.Search(
        cells=list(chain.from_iterable(groups)),
        begins=[end - len(group) + 1 for end, group in zip(ends, groups, strict=True)],
        ends=ends,
        parts=[part for _, part in metres],
        metres=[far for far, _ in metres],
        rows=(_ROWS if nearest is None else _MEASURED_ROWS) * wanted + asked_already,
        nearest=1 if nearest is None else nearest,
    )


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
