"""SQL of possible duplicates: two reports that may be one arrest."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from backend.foundation.database import Connection, fetch_all
from backend.foundation.ids import CentreId, IncidentId
from backend.foundation.kinds import Kind
from backend.identity.data_keys import stored
from backend.identity.ring import ring_of
from backend.incidents.sealed_place import open_point
from backend.locations.cells import metres_between


class Near(msgspec.Struct, frozen=True):
    incident_id: IncidentId
    centre_id: CentreId
    metres: int


class _Row(msgspec.Struct, frozen=True):
    incident_id: IncidentId
    centre_id: CentreId
    cell_r9: int
    point_sealed: bytes
    key_id: str | None
    wrapped: bytes | None


async def open_near(
    connection: Connection, kind: Kind, since: datetime, lat: float, lon: float, within_m: float
) -> list[Near]:
    """Open incidents of a kind, of every centre, opened since a moment, around a point; never at which address."""
    rows = await fetch_all(
        connection,
        _Row,
        """
        SELECT incident_id, centre_id, cell_r9, point_sealed, key_id, wrapped FROM incidents.open_since($1, $2)
        """,
        kind.value,
        since,
    )
    ring = ring_of(connection)
    near = []
    for row in rows:
        wrapped = stored(row.key_id, row.wrapped)
        there = open_point(ring, row.incident_id, row.point_sealed, wrapped, row.cell_r9)
        metres = round(metres_between(lat, lon, *there))
        if metres <= within_m:
            near.append(Near(row.incident_id, row.centre_id, metres))
    return near


async def insert_possible_duplicates(
    connection: Connection, incident_id: IncidentId, centre_id: CentreId, others: Sequence[Near]
) -> None:
    """Mark both sides, so that each centre sees it in its own; in one order, so that two who mark wait in no circle."""
    await connection.execute(
        """
        INSERT INTO incidents.possible_duplicate (incident_id, other_id, centre_id, metres)
        SELECT $1, other, $2, metres FROM unnest($3::uuid[], $4::int[]) AS o (other, metres)
        UNION ALL
        SELECT other, $1, other_centre, metres
        FROM unnest($3::uuid[], $5::uuid[], $4::int[]) AS o (other, other_centre, metres)
        ORDER BY 1, 2
        ON CONFLICT DO NOTHING
        """,
        incident_id,
        centre_id,
        [o.incident_id for o in others],
        [o.metres for o in others],
        [o.centre_id for o in others],
    )


class DuplicateRow(msgspec.Struct, frozen=True):
    incident_id: IncidentId
    other_id: IncidentId


async def possible_duplicates(connection: Connection, incident_ids: Sequence[IncidentId]) -> list[DuplicateRow]:
    """What each of these may be a second report of."""
    return await fetch_all(
        connection,
        DuplicateRow,
        "SELECT incident_id, other_id FROM incidents.possible_duplicate WHERE incident_id = ANY($1::uuid[])",
        list(incident_ids),
    )


async def are_possible_duplicates(connection: Connection, one: IncidentId, other: IncidentId) -> bool:
    """Whether these two were marked as perhaps one arrest, reported twice."""
    found = await connection.fetchval(
        "SELECT true FROM incidents.possible_duplicate WHERE incident_id = $1 AND other_id = $2", one, other
    )
    return bool(found)
