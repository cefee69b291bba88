"""SQL on identity.seat."""

from datetime import datetime

import msgspec

from backend.foundation.database import Connection, fetch_all, fetch_one
from backend.foundation.ids import CentreId
from backend.identity.staff import Seat, SeatId


class Known(msgspec.Struct, frozen=True):
    id: SeatId
    centre_id: CentreId


class SealedRow(msgspec.Struct, frozen=True):
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
    totp_sealed: bytes,
    envelope_hash: str,
    now: datetime,
) -> bool:
    """False when the centre has a seat of that name."""
    done = await connection.fetchval(
        """
        INSERT INTO identity.seat (id, centre_id, name, code_hash, totp_sealed, envelope_hash, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING true
        """,
        seat_id,
        centre_id,
        name,
        code_hash,
        totp_sealed,
        envelope_hash,
        now,
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
        SELECT totp_sealed, envelope_hash, last_step, tries, tries_since FROM identity.seat
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


async def withdraw_seat(connection: Connection, centre_id: CentreId, name: str, now: datetime) -> bool:
    done = await connection.fetchval(
        """
        UPDATE identity.seat SET withdrawn_at = $3, browser_hash = NULL, code_hash = NULL
        WHERE centre_id = $1 AND name = $2 AND withdrawn_at IS NULL RETURNING true
        """,
        centre_id,
        name,
        now,
    )
    return bool(done)


async def listed(connection: Connection) -> list[Listed]:
    return await fetch_all(
        connection,
        Listed,
        """
        SELECT id, centre_id, name, browser_hash IS NOT NULL AS known FROM identity.seat
        WHERE withdrawn_at IS NULL ORDER BY centre_id, name
        """,
    )
