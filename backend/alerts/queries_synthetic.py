"""SQL on alerts of the synthetic alarm whose time is over."""

from collections.abc import Sequence

import msgspec

from backend.foundation.database import Connection, fetch_all
from backend.foundation.ids import AlertId, IncidentId


class _Row(msgspec.Struct, frozen=True):
    id: AlertId


async def forget(connection: Connection, incident_ids: Sequence[IncidentId]) -> list[AlertId]:
    """As far as they are synthetic: the database looks itself. Gives what is no more, for those who wrote about it."""
    sql = "SELECT gone AS id FROM alerts.forget_synthetic($1::uuid[]) AS gone"
    return [row.id for row in await fetch_all(connection, _Row, sql, list(incident_ids))]
