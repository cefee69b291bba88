"""Who and what is over the water from a patient: where both lands are certain, and no fixed link joins them."""

from collections.abc import Sequence
from typing import Final

import msgspec

from backend.foundation.database import Connection
from backend.locations import queries_land
from backend.locations.cells import cells_within, res9_of

KNOWN_WITHIN_M = 2_500.0
"""A patient may be anywhere within the accuracy told: known no better than this, on which land is unknown. Ours ††."""


class Ground(msgspec.Struct, frozen=True):
    """The cell a patient's place lies in, and every cell the patient may be in. None: nobody is over the water."""

    cell: int | None
    may_be: list[int]


NO_MATTER_WHERE: Final = Ground(None, [])


def ground_of(lat: float, lon: float, accuracy_m: float | None) -> Ground:
    """For a place in degrees that is known to some metres; None: told without an accuracy, taken as exact."""
    within_m = accuracy_m or 0.0
    if within_m > KNOWN_WITHIN_M:
        return NO_MATTER_WHERE
    return Ground(res9_of(lat, lon), cells_within(lat, lon, within_m))


async def over_water(connection: Connection, ground: Ground, cells_r9: Sequence[int]) -> set[int]:
    """Those of some resolution 9 cells that are over the water from a patient. `selection` has it in its own SQL."""
    return await queries_land.over_water(connection, ground.cell, ground.may_be, cells_r9)
