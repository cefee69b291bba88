"""How many would be asked at a place, before any alarm: in bands, so that nobody is found by asking again elsewhere.

The place is taken to the middle of its resolution 8 cell first (about 500 m to a corner), and so is everybody who may
be asked: two questions a few metres apart get one answer, and from however many places somebody asks, the circles meet
in the middle of such a cell and never at a person.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from backend.foundation.database import Connection
from backend.foundation.ids import CentreId, IncidentId, without_time
from backend.foundation.kinds import Kind
from backend.locations.cells import LARGEST_REACH_M, cell_of, centre_of, coarsened, metres_to_cells
from backend.selection import policies
from backend.selection.candidate import Candidate
from backend.selection.find import find
from backend.selection.policy import read_policy
from backend.selection.rank import rank

STEP_M = 500
BLURRED_BY_M = 700
"""Nobody is further than this from the middle of their resolution 8 cell."""


class Band(StrEnum):
    """How many."""

    NOBODY = "0"
    FEW = "1-4"
    SOME = "5-19"
    MANY = "20+"


class Preview(msgspec.Struct, frozen=True):
    """`nearest_within_m`: the nearest is no further away than that, in steps of 500 m; None where nobody is."""

    would_be_asked: Band
    nearest_within_m: int | None
    reach_m: int
    policy: str


def band_of(people: int) -> Band:
    if people == 0:
        return Band.NOBODY
    return Band.FEW if people < 5 else Band.SOME if people < 20 else Band.MANY


def in_steps(metres: int) -> int:
    """Up to the next whole step; nobody is within 0 m."""
    return max(1, -(-metres // STEP_M)) * STEP_M


def blurred(lat: float, lon: float) -> tuple[float, float]:
    """What is asked about instead of a point."""
    return centre_of(coarsened(cell_of(lat, lon)))


async def preview(
    connection: Connection, centre_id: CentreId, kind: Kind, lat: float, lon: float, now: datetime
) -> Preview:
    """Whom the first wave would ask near a point, by the centre's policy in force. Asks and engages nobody."""
    policy = read_policy((await policies.in_force(connection, centre_id, None, now)).fields)
    nobodys = IncidentId(without_time())  # whose lots are drawn by an incident of its own
    here, look_m = blurred(lat, lon), min(policy.reach_m + BLURRED_BY_M, LARGEST_REACH_M)
    found = await find(connection, nobodys, kind, *here, policy, look_m, policy.at_once, frozenset(), now, None)
    candidates = _blurred_too(*here, found.candidates)
    chosen = rank(candidates, policy.reach_m, policy.at_once, frozenset()).chosen
    nearest = in_steps(chosen[0].metres) if chosen else None
    return Preview(band_of(len(chosen)), nearest, policy.reach_m, policy.name)


def _blurred_too(lat: float, lon: float, candidates: Sequence[Candidate]) -> list[Candidate]:
    """As far away as the middle of their resolution 8 cell is."""
    metres = metres_to_cells(lat, lon, [coarsened(each.cell) for each in candidates])
    return [replace(each, metres=round(far)) for each, far in zip(candidates, metres, strict=True)]
