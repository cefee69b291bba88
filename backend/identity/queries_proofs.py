"""SQL on identity.used_proof and identity.client_clock."""

from datetime import datetime
from uuid import UUID

import msgspec

from backend.foundation.database import Connection, fetch_all, fetch_one

USE_PROOF = "SELECT identity.use_proof($1, $2, $3, $4, $5)"
"""digest, until, client, seconds its clock is off (NULL: not worth telling), now → a `Use`."""


class ClientClock(msgspec.Struct, frozen=True):
    """A client whose clock was off when it was last heard with it: by how much, and when that was."""

    client_id: str
    ahead_s: float
    seen_at: datetime


async def delete_before(connection: Connection, now: datetime) -> int:
    done = await connection.execute("DELETE FROM identity.used_proof WHERE forget_at < $1", now)
    return int(done.rsplit(" ", 1)[-1])


async def clock_of(connection: Connection, client: UUID, since: datetime) -> ClientClock | None:
    """How far this client's clock was off, where it was since a moment."""
    return await fetch_one(
        connection,
        ClientClock,
        """
        SELECT c.client_id, k.ahead_s, k.seen_at FROM identity.client_clock k
        JOIN identity.client c ON c.id = k.client_id WHERE k.client_id = $1 AND k.seen_at >= $2
        """,
        client,
        since,
    )


async def clocks_off(connection: Connection, since: datetime) -> list[ClientClock]:
    """Every client whose clock was off since a moment."""
    return await fetch_all(
        connection,
        ClientClock,
        """
        SELECT c.client_id, k.ahead_s, k.seen_at FROM identity.client_clock k
        JOIN identity.client c ON c.id = k.client_id WHERE k.seen_at >= $1 AND c.disabled_at IS NULL
        """,
        since,
    )
