"""SQL on incidents of the synthetic alarm whose time is over."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from backend.foundation.database import Connection, fetch_all
from backend.foundation.ids import IncidentId


class _Row(msgspec.Struct, frozen=True):
    id: IncidentId


async def ended_before(connection: Connection, before: datetime, limit: int) -> list[IncidentId]:
    """The oldest first."""
    rows = await fetch_all(
        connection,
        _Row,
        "SELECT ended AS id FROM incidents.synthetic_ended($1, $2) AS ended",
        before,
        limit,
    )
    return [row.id for row in rows]


async def forget(connection: Connection, incident_ids: Sequence[IncidentId]) -> int:
    """As far as they are synthetic: the database looks itself. Last, when nothing points to them any more."""
    return int(await connection.fetchval("SELECT incidents.forget_synthetic($1::uuid[])", list(incident_ids)))
