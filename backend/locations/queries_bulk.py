"""SQL for many positions at once."""

from collections.abc import Sequence
from datetime import datetime

from backend.foundation.database import Connection
from backend.foundation.ids import VolunteerId


async def renew(
    connection: Connection,
    volunteer_ids: Sequence[VolunteerId],
    cells: Sequence[int],
    cells_r9: Sequence[int],
    seen_at: Sequence[datetime],
) -> None:
    """Latest positions of active people who chose no coarser cells, whether newer than what is known or not."""
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
        list(volunteer_ids),
        list(cells),
        list(cells_r9),
        list(seen_at),
    )
