"""SQL on regions.access."""

from datetime import datetime
from uuid import UUID

import msgspec

from backend.foundation.database import Connection, fetch_all
from backend.foundation.ids import CentreId


class GrantRow(msgspec.Struct, frozen=True):
    centre_id: CentreId
    acting_id: CentreId
    why: str
    valid_from: datetime
    valid_to: datetime | None


async def grants(connection: Connection) -> list[GrantRow]:
    """Those of today, those to come and those that were."""
    return await fetch_all(
        connection,
        GrantRow,
        """
        SELECT centre_id, acting_id, why, lower(valid) AS valid_from, upper(valid) AS valid_to FROM regions.access
        ORDER BY lower(valid), id
        """,
    )


class Named(msgspec.Struct, frozen=True):
    """As an operator reads it: by the centres' codes."""

    centre: str
    acting: str
    why: str
    valid_from: datetime
    valid_to: datetime | None


async def named(connection: Connection, at: datetime) -> list[Named]:
    """What holds, and what will."""
    return await fetch_all(
        connection,
        Named,
        """
        SELECT c.code AS centre, a.code AS acting, g.why, lower(g.valid) AS valid_from, upper(g.valid) AS valid_to
        FROM regions.access g JOIN regions.dispatch_centre c ON c.id = g.centre_id
        JOIN regions.dispatch_centre a ON a.id = g.acting_id
        WHERE upper_inf(g.valid) OR upper(g.valid) > $1 ORDER BY lower(g.valid), c.code
        """,
        at,
    )


async def insert_grant(
    connection: Connection,
    row_id: UUID,
    centre_id: CentreId,
    acting_id: CentreId,
    why: str,
    valid_from: datetime,
    valid_to: datetime | None,
    author: str,
    now: datetime,
) -> None:
    await connection.execute(
        """
        INSERT INTO regions.access (id, centre_id, acting_id, why, valid, author, made_at)
        VALUES ($1, $2, $3, $4, tstzrange($5, $6), $7, $8)
        """,
        row_id,
        centre_id,
        acting_id,
        why,
        valid_from,
        valid_to,
        author,
        now,
    )


async def insert_agreed(
    connection: Connection,
    row_id: UUID,
    centre_id: CentreId,
    acting_id: CentreId,
    now: datetime,
    until: datetime,
    author: str,
) -> bool:
    """False where it is lent so at that time already: the table allows it once."""
    inserted = await connection.fetchval(
        """
        INSERT INTO regions.access (id, centre_id, acting_id, why, valid, author, made_at)
        VALUES ($1, $2, $3, 'agreement', tstzrange($4, $5), $6, $4) ON CONFLICT DO NOTHING RETURNING true
        """,
        row_id,
        centre_id,
        acting_id,
        now,
        until,
        author,
    )
    return bool(inserted)


async def end_overflow(connection: Connection, centre_id: CentreId, acting_id: CentreId, now: datetime) -> bool:
    """False when nothing is lent at that moment."""
    ended = await connection.fetch(
        """
        UPDATE regions.access SET valid = tstzrange(lower(valid), $3)
        WHERE centre_id = $1 AND acting_id = $2 AND why IN ('overflow', 'agreement')
          AND valid @> $3::timestamptz AND lower(valid) < $3
        RETURNING id
        """,
        centre_id,
        acting_id,
        now,
    )
    return bool(ended)
