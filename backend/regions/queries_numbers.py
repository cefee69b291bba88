"""SQL on regions.centre_number."""

from datetime import datetime
from uuid import UUID

from backend.foundation.database import Connection
from backend.foundation.ids import CentreId


async def number_of(connection: Connection, centre_id: CentreId, at: datetime) -> str | None:
    """As of a moment; seen by whoever acts for the centre or is on the way for it."""
    found: str | None = await connection.fetchval(
        "SELECT number FROM regions.centre_number WHERE centre_id = $1 AND valid @> $2::timestamptz", centre_id, at
    )
    return found


async def end(connection: Connection, centre_id: CentreId, at: datetime) -> None:
    """What holds at a moment, and what was to come, holds no more."""
    await connection.execute(
        """
        UPDATE regions.centre_number SET valid = tstzrange(lower(valid), greatest($2, lower(valid) + interval '1 us'))
        WHERE centre_id = $1 AND (upper_inf(valid) OR upper(valid) > $2)
        """,
        centre_id,
        at,
    )


async def insert(
    connection: Connection, row_id: UUID, centre_id: CentreId, number: str, author: str, now: datetime
) -> None:
    await connection.execute(
        """
        INSERT INTO regions.centre_number (id, centre_id, number, valid, author, made_at)
        VALUES ($1, $2, $3, tstzrange($5, NULL), $4, $5)
        """,
        row_id,
        centre_id,
        number,
        author,
        now,
    )
