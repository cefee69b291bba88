"""How many would be asked at a place, before any alarm: in bands, so that nobody is found by asking again elsewhere.

The place is taken to the middle of its resolution 8 cell first (about 500 m to a corner): two questions a few metres
apart get one answer, and no border of anybody's reach can be felt for.
"""

from datetime import datetime
from enum import StrEnum

import msgspec

from backend.foundation.database import Connection
from backend.foundation.ids import CentreId, IncidentId, without_time
from backend.foundation.kinds import Kind
from backend.locations.cells import cell_of, centre_of, coarsened
from backend.selection import policies
from backend.selection.find import find
from backend.selection.policy import read_policy
from backend.selection.rank import rank

STEP_M = 500


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
    found = await find(
        connection, nobodys, kind, *blurred(lat, lon), policy, policy.reach_m, policy.at_once, frozenset(), now, None
    )
    chosen = rank(found.candidates, policy.reach_m, policy.at_once, frozenset()).chosen
    nearest = in_steps(chosen[0].metres) if chosen else None
    return Preview(band_of(len(chosen)), nearest, policy.reach_m, policy.name)
