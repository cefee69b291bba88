"""Many positions at once, for seeding a simulated country and for benches: 100,000 in a second or two."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from backend.foundation.database import Connection
from backend.foundation.ids import VolunteerId
from backend.locations.cells import cell_of, coarsened, res9_parent


class Seed(msgspec.Struct, frozen=True):
    """Where one volunteer is put. The volunteer must exist and have no position yet."""

    volunteer_id: VolunteerId
    lat: float
    lon: float
    seen_at: datetime
    available: bool = True
    coarse: bool = False
    accuracy_m: float | None = None


async def seed_positions(connection: Connection, seeds: Iterable[Seed]) -> int:
    """Copy positions in; returns how many. Fails as a whole where a volunteer has a position already."""
    records = [_record(seed) for seed in seeds]
    await connection.copy_records_to_table(
        "position",
        schema_name="locations",
        columns=("volunteer_id", "cell", "cell_r9", "accuracy_m", "coarse", "available", "measured_at", "seen_at"),
        records=records,
    )
    return len(records)


def _record(seed: Seed) -> tuple[VolunteerId, int, int, float | None, bool, bool, datetime, datetime]:
    cell = cell_of(seed.lat, seed.lon)
    if seed.coarse:
        cell = coarsened(cell)
    return (
        seed.volunteer_id,
        cell,
        res9_parent(cell),
        seed.accuracy_m,
        seed.coarse,
        seed.available,
        seed.seen_at,
        seed.seen_at,
    )
