"""SQL on identity.one_time_code."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.foundation.database import Connection, fetch_all, fetch_one


class LiveCode(msgspec.Struct, frozen=True):
    id: UUID
    code_hash: bytes
    created_at: datetime
    counted_in: list[bytes]


class IssuedAt(msgspec.Struct, frozen=True):
    created_at: datetime


class Newest(msgspec.Struct, frozen=True):
    tries: int
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


async def newest(connection: Connection, phone_hash: bytes) -> Newest | None:
    return await fetch_one(
        connection,
        Newest,
        """
        SELECT tries, created_at, expires_at, used_at FROM identity.one_time_code
        WHERE phone_hash = $1 ORDER BY created_at DESC LIMIT 1
        """,
        phone_hash,
    )


async def lock_phone(connection: Connection, phone_hash: bytes) -> None:
    """One request at a time for a phone, until the transaction ends: limits and tries are counted exactly."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(encode($1, 'hex'), 1))", phone_hash)


async def issued_since(connection: Connection, phone_hash: bytes, since: datetime) -> list[datetime]:
    rows = await fetch_all(
        connection,
        IssuedAt,
        "SELECT created_at FROM identity.one_time_code WHERE phone_hash = $1 AND created_at > $2",
        phone_hash,
        since,
    )
    return [row.created_at for row in rows]


async def insert_code(
    connection: Connection,
    code_id: UUID,
    phone_hash: bytes,
    code_hash: bytes,
    now: datetime,
    expires_at: datetime,
    counted_in: Sequence[bytes],
) -> None:
    await connection.execute(
        """
        INSERT INTO identity.one_time_code (id, phone_hash, code_hash, created_at, expires_at, counted_in)
        VALUES ($1, $2, $3, $4, $5, $6)
        """,
        code_id,
        phone_hash,
        code_hash,
        now,
        expires_at,
        list(counted_in),
    )


async def used_since(connection: Connection, phone_hash: bytes, since: datetime) -> bool:
    """Whether any code of the phone issued since was the right one. Of those sent beside it all are marked as used."""
    used: bool = await connection.fetchval(
        """
        SELECT EXISTS (SELECT FROM identity.one_time_code
                       WHERE phone_hash = $1 AND created_at > $2 AND used_at IS NOT NULL)
        """,
        phone_hash,
        since,
    )
    return used


async def count_try(connection: Connection, phone_hash: bytes, most_tries: int, now: datetime) -> list[LiveCode]:
    """Count one try on every code of the phone that still has one; gives those codes."""
    return await fetch_all(
        connection,
        LiveCode,
        """
        UPDATE identity.one_time_code SET tries = tries + 1
        WHERE phone_hash = $1 AND used_at IS NULL AND expires_at > $3 AND tries < $2
        RETURNING id, code_hash, created_at, counted_in
        """,
        phone_hash,
        most_tries,
        now,
    )


async def spend(connection: Connection, phone_hash: bytes, now: datetime) -> None:
    await connection.execute(
        "UPDATE identity.one_time_code SET used_at = $2 WHERE phone_hash = $1 AND used_at IS NULL", phone_hash, now
    )


async def delete_before(connection: Connection, before: datetime) -> int:
    done = await connection.execute("DELETE FROM identity.one_time_code WHERE created_at < $1", before)
    return int(done.rsplit(" ", 1)[-1])


async def delete_of_phone(connection: Connection, phone_hash: bytes) -> None:
    await connection.execute("DELETE FROM identity.one_time_code WHERE phone_hash = $1", phone_hash)
