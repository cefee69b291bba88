"""Many phones at once say that they are still where they were: how a simulated country wakes up."""

from collections.abc import Sequence

from backend.foundation.database import Connection
from backend.locations import queries_bulk
from backend.locations.bulk import Seed
from backend.locations.cells import cell_of, res9_parent


async def renew_positions(connection: Connection, seeds: Sequence[Seed]) -> None:
    """Put everybody where their seed says; whoever is off duty, coarse or gone meanwhile stays so."""
    cells = [cell_of(seed.lat, seed.lon) for seed in seeds]
    await queries_bulk.renew(
        connection,
        [seed.volunteer_id for seed in seeds],
        cells,
        [res9_parent(cell) for cell in cells],
        [seed.seen_at for seed in seeds],
    )
