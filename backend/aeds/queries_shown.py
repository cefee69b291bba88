"""SQL on defibrillators as whoever leads an alarm sees them: all that are about, taken ones and broken ones too."""

from collections.abc import Sequence

import msgspec

from backend.aeds.aed import Condition
from backend.foundation.database import Connection, fetch_all
from backend.foundation.ids import AedId


class Standing(msgspec.Struct, frozen=True):
    """One that its source still has. `reserved`: by somebody, of whatever incident."""

    id: AedId
    cell_r9: int
    lat: float
    lon: float
    name: str | None
    opening_hours: str | None
    state: Condition
    reserved: bool
    made_up: bool


async def standing_in(connection: Connection, cells_r9: Sequence[int], also: Sequence[AedId]) -> list[Standing]:
    """Those in some cells, and these wherever they are."""
    return await fetch_all(
        connection,
        Standing,
        """
        SELECT a.id, a.cell_r9, a.lat, a.lon, a.name, a.opening_hours, a.state, s.made_up,
               EXISTS (SELECT FROM aeds.reservation r WHERE r.aed_id = a.id) AS reserved
        FROM aeds.aed a JOIN aeds.import_source s ON s.source = a.source
        WHERE (a.cell_r9 = ANY($1::bigint[]) AND a.gone_at IS NULL) OR a.id = ANY($2::uuid[])
        """,
        list(cells_r9),
        list(also),
    )
