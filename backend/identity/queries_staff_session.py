"""SQL on identity.staff_session."""

from datetime import datetime

import msgspec

from backend.foundation.database import Connection, fetch_all, fetch_one
from backend.foundation.ids import CentreId
from backend.identity.shift import How, Parked, Session
from backend.identity.staff import SeatId, SessionId, StaffId


class Known(msgspec.Struct, frozen=True):
    id: SessionId
    staff_id: StaffId
    centre_id: CentreId | None


class PinRow(msgspec.Struct, frozen=True):
    pin_hash: str | None
    pin_tries: int


async def session_of(connection: Connection, token_hash: bytes) -> Known | None:
    """Whose secret it is, asked before anybody is known."""
    return await fetch_one(
        connection, Known, "SELECT id, staff_id, centre_id FROM identity.staff_session_of($1)", token_hash
    )


async def read_session(connection: Connection, session_id: SessionId) -> Session | None:
    return await fetch_one(
        connection,
        Session,
        """
        SELECT id, staff_id, centre_id, seat_id, how, began_at, used_at, expires_at, fresh_at,
               pin_hash IS NOT NULL AS has_pin
        FROM identity.staff_session WHERE id = $1
        """,
        session_id,
    )


async def insert_session(
    connection: Connection,
    session_id: SessionId,
    token_hash: bytes,
    staff_id: StaffId,
    centre_id: CentreId | None,
    seat_id: SeatId | None,
    how: How,
    fresh_at: datetime | None,
    now: datetime,
    expires_at: datetime,
) -> None:
    await connection.execute(
        """
        INSERT INTO identity.staff_session (
          id, token_hash, staff_id, centre_id, seat_id, how, began_at, used_at, expires_at, fresh_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9)
        """,
        session_id,
        token_hash,
        staff_id,
        centre_id,
        seat_id,
        how.value,
        now,
        expires_at,
        fresh_at,
    )


async def use_session(connection: Connection, session_id: SessionId, now: datetime) -> None:
    await connection.execute("UPDATE identity.staff_session SET used_at = $2 WHERE id = $1", session_id, now)


async def renew_session(connection: Connection, session_id: SessionId, token_hash: bytes, fresh_at: datetime) -> None:
    await connection.execute(
        "UPDATE identity.staff_session SET token_hash = $2, fresh_at = $3 WHERE id = $1",
        session_id,
        token_hash,
        fresh_at,
    )


async def move_session(connection: Connection, session_id: SessionId, centre_id: CentreId) -> None:
    await connection.execute("UPDATE identity.staff_session SET centre_id = $2 WHERE id = $1", session_id, centre_id)


async def keep_pin(connection: Connection, session_id: SessionId, pin_hash: str) -> None:
    await connection.execute(
        "UPDATE identity.staff_session SET pin_hash = $2, pin_tries = 0 WHERE id = $1", session_id, pin_hash
    )


async def park_session(connection: Connection, session_id: SessionId, token_hash: bytes, now: datetime) -> None:
    await connection.execute(
        "UPDATE identity.staff_session SET token_hash = $2, parked_at = $3, fresh_at = NULL WHERE id = $1",
        session_id,
        token_hash,
        now,
    )


async def unpark_session(connection: Connection, session_id: SessionId, token_hash: bytes, now: datetime) -> None:
    await connection.execute(
        """
        UPDATE identity.staff_session SET token_hash = $2, parked_at = NULL, used_at = $3, pin_tries = 0 WHERE id = $1
        """,
        session_id,
        token_hash,
        now,
    )


async def count_pin_try(connection: Connection, session_id: SessionId) -> PinRow | None:
    """One more try, and what it is held against; the row is locked until the transaction ends."""
    return await fetch_one(
        connection,
        PinRow,
        """
        UPDATE identity.staff_session SET pin_tries = pin_tries + 1 WHERE id = $1 AND parked_at IS NOT NULL
        RETURNING pin_hash, pin_tries
        """,
        session_id,
    )


async def parked_at(connection: Connection, seat_id: SeatId) -> list[Parked]:
    return await fetch_all(
        connection,
        Parked,
        """
        SELECT id, staff_id, used_at, expires_at, pin_hash IS NOT NULL AS has_pin FROM identity.staff_session
        WHERE seat_id = $1 AND parked_at IS NOT NULL ORDER BY parked_at DESC
        """,
        seat_id,
    )


async def delete_session(connection: Connection, session_id: SessionId) -> None:
    await connection.execute("DELETE FROM identity.staff_session WHERE id = $1", session_id)


async def delete_parked(connection: Connection, staff_id: StaffId, seat_id: SeatId) -> None:
    await connection.execute(
        "DELETE FROM identity.staff_session WHERE staff_id = $1 AND seat_id = $2 AND parked_at IS NOT NULL",
        staff_id,
        seat_id,
    )


async def delete_sessions_of(connection: Connection, staff_id: StaffId) -> int:
    """An operator's: wherever they are signed in."""
    rows = await connection.fetch("DELETE FROM identity.staff_session WHERE staff_id = $1 RETURNING id", staff_id)
    return len(rows)


async def delete_sessions_at(connection: Connection, seat_id: SeatId) -> None:
    """An operator's: whoever sits there, or would come back."""
    await connection.execute("DELETE FROM identity.staff_session WHERE seat_id = $1", seat_id)


async def count_sealed(connection: Connection, now: datetime) -> int:
    """Sessions on their shift that began with an envelope."""
    found: int = await connection.fetchval(
        "SELECT count(*) FROM identity.staff_session WHERE how = 'sealed' AND expires_at > $1", now
    )
    return found


async def delete_before(connection: Connection, expired: datetime) -> int:
    rows = await connection.fetch("DELETE FROM identity.staff_session WHERE expires_at < $1 RETURNING id", expired)
    return len(rows)
