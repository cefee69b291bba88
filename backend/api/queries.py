"""The few statements the edge itself needs: following the journal, and asking the server how it is."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.foundation.database import Connection, fetch_all, fetch_one
from backend.foundation.journal import Entry


class ServerState(msgspec.Struct, frozen=True):
    """What the database server says of itself: its clock, and the migrations it has seen."""

    at: datetime
    migrations: list[str]


async def newest_entry_id(connection: Connection) -> int:
    newest = await connection.fetchval("SELECT foundation.newest_entry()")
    return int(newest)


class Written(msgspec.Struct, frozen=True):
    """That something was written about an incident of a centre; what it is, is for who has entered the centre."""

    id: int
    centre_id: UUID


async def written_after(connection: Connection, after_id: int, limit: int) -> list[Written]:
    """Entries about incidents of every centre with an id above `after_id`, oldest first: their ids."""
    return await fetch_all(
        connection, Written, "SELECT id, centre_id FROM foundation.entries_after($1, $2)", after_id, limit
    )


async def entries(connection: Connection, ids: Sequence[int]) -> list[Entry]:
    """These entries, as far as they are of the centre that was entered."""
    return await fetch_all(
        connection,
        Entry,
        """
        SELECT id, incident_id, seq, event, at, kind, centre_id, facts FROM foundation.journal_entry
        WHERE id = ANY($1::bigint[]) ORDER BY id
        """,
        list(ids),
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
