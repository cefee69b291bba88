"""SQL on identity.seat."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.foundation.database import Connection, fetch_all, fetch_one
from backend.foundation.ids import CentreId
from backend.identity.data_keys import StoredKey, WrappedKey, Wraps
from backend.identity.staff import Seat, SeatId


class Known(msgspec.Struct, frozen=True):
    id: SeatId
    centre_id: CentreId


class SealedRow(msgspec.Struct, frozen=True):
    key_id: str
    wrapped: bytes
    totp_sealed: bytes
    envelope_hash: str
    last_step: int
    tries: int
    tries_since: datetime | None


class Listed(msgspec.Struct, frozen=True):
    """`known`: a browser is this seat's."""

    id: SeatId
    centre_id: CentreId
    name: str
    known: bool


async def insert_seat(
    connection: Connection,
    seat_id: SeatId,
    centre_id: CentreId,
    name: str,
    code_hash: bytes,
    key: WrappedKey,
    totp_sealed: bytes,
    envelope_hash: str,
    now: datetime,
) -> bool:
    """False when the centre has a seat of that name."""
    done = await connection.fetchval(
        """
        INSERT INTO identity.seat (
          id, centre_id, name, code_hash, totp_sealed, envelope_hash, created_at, key_id, wrapped)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING true
        """,
        seat_id,
        centre_id,
        name,
        code_hash,
        totp_sealed,
        envelope_hash,
        now,
        key.key_id,
        key.wrapped,
    )
    return bool(done)


async def seat_of_code(connection: Connection, code_hash: bytes) -> Known | None:
    """Asked before any centre is known."""
    return await fetch_one(connection, Known, "SELECT id, centre_id FROM identity.seat_of_code($1)", code_hash)


async def seat_of_browser(connection: Connection, browser_hash: bytes) -> Known | None:
    """As :func:`seat_of_code`."""
    return await fetch_one(connection, Known, "SELECT id, centre_id FROM identity.seat_of_browser($1)", browser_hash)


async def read_seat(connection: Connection, seat_id: SeatId) -> Seat | None:
    return await fetch_one(
        connection,
        Seat,
        "SELECT id, centre_id, name FROM identity.seat WHERE id = $1 AND withdrawn_at IS NULL",
        seat_id,
    )


async def take_browser(connection: Connection, seat_id: SeatId, code_hash: bytes, browser_hash: bytes) -> bool:
    """False where another browser was faster: a code is good for one."""
    done = await connection.fetchval(
        """
        UPDATE identity.seat SET browser_hash = $3, code_hash = NULL WHERE id = $1 AND code_hash = $2 RETURNING true
        """,
        seat_id,
        code_hash,
        browser_hash,
    )
    return bool(done)


async def lock_seat(connection: Connection, seat_id: SeatId) -> SealedRow | None:
    """Held until the transaction ends, so that one code is tried at a time."""
    return await fetch_one(
        connection,
        SealedRow,
        """
        SELECT key_id, wrapped, totp_sealed, envelope_hash, last_step, tries, tries_since FROM identity.seat
        WHERE id = $1 AND withdrawn_at IS NULL FOR UPDATE
        """,
        seat_id,
    )


async def count_try(connection: Connection, seat_id: SeatId, tries: int, since: datetime) -> None:
    await connection.execute(
        "UPDATE identity.seat SET tries = $2, tries_since = $3 WHERE id = $1", seat_id, tries, since
    )


async def spend_step(connection: Connection, seat_id: SeatId, step: int) -> None:
    await connection.execute(
        "UPDATE identity.seat SET last_step = $2, tries = 0, tries_since = NULL WHERE id = $1", seat_id, step
    )


async def withdraw_seat(connection: Connection, centre_id: CentreId, name: str, now: datetime) -> SeatId | None:
    """None where the centre has none of that name."""
    seat_id: SeatId | None = await connection.fetchval(
        """
        UPDATE identity.seat SET withdrawn_at = $3, browser_hash = NULL, code_hash = NULL
        WHERE centre_id = $1 AND name = $2 AND withdrawn_at IS NULL RETURNING id
        """,
        centre_id,
        name,
        now,
    )
    return seat_id


async def listed(connection: Connection) -> list[Listed]:
    return await fetch_all(
        connection,
        Listed,
        """
        SELECT id, centre_id, name, browser_hash IS NOT NULL AS known FROM identity.seat
        WHERE withdrawn_at IS NULL ORDER BY centre_id, name
        """,
    )


async def not_under(connection: Connection, key_id: str, after: UUID, limit: int) -> list[StoredKey]:
    """Seats' own keys that another one than `key_id` wraps."""
    return await fetch_all(
        connection,
        StoredKey,
        """
        SELECT id AS owner, key_id, wrapped FROM identity.seat WHERE id > $2 AND key_id <> $1 ORDER BY id LIMIT $3
        """,
        key_id,
        after,
        limit,
    )


async def put_wrapped(connection: Connection, before: Sequence[StoredKey], after: Sequence[WrappedKey]) -> None:
    """Those that still read as they did."""
    await connection.execute(
        """
        UPDATE identity.seat k SET key_id = n.key_id, wrapped = n.wrapped
        FROM unnest($1::uuid[], $2::bytea[], $3::text[], $4::bytea[]) AS n (owner, was, key_id, wrapped)
        WHERE k.id = n.owner AND k.wrapped = n.was
        """,
        [row.owner for row in before],
        [row.wrapped for row in before],
        [key.key_id for key in after],
        [key.wrapped for key in after],
    )


async def counts(connection: Connection) -> list[Wraps]:
    """How many seats' keys each wrapping key wraps."""
    return await fetch_all(
        connection, Wraps, "SELECT key_id, count(*) AS count FROM identity.seat GROUP BY key_id ORDER BY key_id"
    )
