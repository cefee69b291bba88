"""The few statements the edge itself needs: following the journal, and asking the server how it is."""

from datetime import datetime

import msgspec

from backend.foundation.database import Connection, fetch_all, fetch_one
from backend.foundation.journal import Entry


class ServerState(msgspec.Struct, frozen=True):
    """What the database server says of itself: its clock, and the migrations it has seen."""

    at: datetime
    migrations: list[str]


async def newest_entry_id(connection: Connection) -> int:
    newest = await connection.fetchval("SELECT coalesce(max(id), 0) FROM foundation.journal_entry")
    return int(newest)


async def entries_after(connection: Connection, after_id: int, limit: int = 2000) -> list[Entry]:
    """Entries about incidents of every centre with an id above `after_id`, oldest first."""
    return await fetch_all(
        connection,
        Entry,
        """
        SELECT id, incident_id, seq, event, at, kind, centre_id, facts FROM foundation.journal_entry
        WHERE id > $1 AND incident_id IS NOT NULL ORDER BY id LIMIT $2
        """,
        after_id,
        limit,
    )


async def server_state(connection: Connection) -> ServerState:
    found = await fetch_one(
        connection,
        ServerState,
        """
        SELECT clock_timestamp() AS at, (SELECT array_agg(name ORDER BY name) FROM foundation.migration) AS migrations
        """,
    )
    assert found is not None
    return found


async def announce(connection: Connection, channel: str) -> None:
    """Wake whoever listens; there is nothing to be said but that."""
    await connection.execute("SELECT pg_notify($1, '')", channel)
