"""Many phones at once say that they are still where they were: how a simulated country wakes up."""

from collections.abc import Sequence

from backend.foundation.database import Connection
from backend.locations.bulk import Seed
from backend.locations.cells import cell_of, res9_parent


async def renew_positions(connection: Connection, seeds: Sequence[Seed]) -> None:
    """Put everybody where their seed says; whoever is off duty, coarse or gone meanwhile stays so."""
    cells = [cell_of(seed.lat, seed.lon) for seed in seeds]
    await connection.execute(
        """
        INSERT INTO locations.position AS p
          (volunteer_id, cell, cell_r9, accuracy_m, coarse, available, measured_at, seen_at)
        SELECT told.volunteer_id, told.cell, told.cell_r9, NULL, false, v.on_duty, told.seen_at, told.seen_at
        FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::timestamptz[])
          AS told (volunteer_id, cell, cell_r9, seen_at)
        JOIN volunteers.volunteer v ON v.id = told.volunteer_id AND v.state = 'active' AND NOT v.coarse_position
        ON CONFLICT (volunteer_id) DO UPDATE
        SET cell = EXCLUDED.cell, cell_r9 = EXCLUDED.cell_r9, measured_at = EXCLUDED.measured_at,
          seen_at = EXCLUDED.seen_at
        WHERE NOT p.coarse
        """,
        [seed.volunteer_id for seed in seeds],
        cells,
        [res9_parent(cell) for cell in cells],
        [seed.seen_at for seed in seeds],
    )
