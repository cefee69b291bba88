"""SQL on identity.refresh_token."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.foundation.database import Connection, fetch_one
from backend.foundation.ids import DeviceId, VolunteerId


class TokenRow(msgspec.Struct, frozen=True):
    id: UUID
    family_id: UUID
    volunteer_id: VolunteerId
    device_id: DeviceId
    device_key: str | None
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None
    spent_with: list[bytes]


class Binding(msgspec.Struct, frozen=True):
    """The key a family is bound to, if it is."""

    device_key: str | None


async def lock_volunteer(connection: Connection, volunteer_id: VolunteerId) -> None:
    """One change at a time to a volunteer's tokens, until the transaction ends."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text, 2))", volunteer_id)


async def owner_of(connection: Connection, token_hash: bytes) -> VolunteerId | None:
    """Whose token it is, before anybody is known."""
    found: VolunteerId | None = await connection.fetchval("SELECT identity.of_refresh_token($1)", token_hash)
    return found


async def owner_of_family(connection: Connection, family_id: UUID) -> VolunteerId | None:
    """Whose log-in it is, before anybody is known."""
    found: VolunteerId | None = await connection.fetchval("SELECT identity.of_refresh_family($1)", family_id)
    return found


async def binding_of(connection: Connection, family_id: UUID) -> Binding | None:
    """None where nothing of the family is kept."""
    return await fetch_one(
        connection, Binding, "SELECT device_key FROM identity.refresh_token WHERE family_id = $1 LIMIT 1", family_id
    )


async def read_token(connection: Connection, token_hash: bytes) -> TokenRow | None:
    return await fetch_one(
        connection,
        TokenRow,
        """
        SELECT id, family_id, volunteer_id, device_id, device_key, expires_at, used_at, revoked_at, spent_with
        FROM identity.refresh_token WHERE token_hash = $1
        """,
        token_hash,
    )


async def insert_token(
    connection: Connection,
    token_id: UUID,
    family_id: UUID,
    volunteer_id: VolunteerId,
    device_id: DeviceId,
    device_key: str | None,
    token_hash: bytes,
    now: datetime,
    expires_at: datetime,
) -> None:
    await connection.execute(
        """
        INSERT INTO identity.refresh_token
          (id, family_id, volunteer_id, device_id, device_key, token_hash, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        token_id,
        family_id,
        volunteer_id,
        device_id,
        device_key,
        token_hash,
        now,
        expires_at,
    )


async def mark_used(connection: Connection, token_id: UUID, proofs: Sequence[bytes], now: datetime) -> None:
    """Spent, perhaps again; `proofs` are the digests of those that were shown for it now."""
    await connection.execute(
        "UPDATE identity.refresh_token SET used_at = $2, spent_with = spent_with || $3::bytea[] WHERE id = $1",
        token_id,
        now,
        list(proofs),
    )


async def delete_others(connection: Connection, family_id: UUID, token_id: UUID) -> None:
    """What a family had before one of its tokens was spent, and what was given beside that one."""
    await connection.execute(
        "DELETE FROM identity.refresh_token WHERE family_id = $1 AND id <> $2", family_id, token_id
    )


async def revoke_family(connection: Connection, family_id: UUID, now: datetime) -> None:
    await connection.execute(
        "UPDATE identity.refresh_token SET revoked_at = $2 WHERE family_id = $1 AND revoked_at IS NULL", family_id, now
    )


async def revoke_device(connection: Connection, volunteer_id: VolunteerId, device_id: DeviceId, now: datetime) -> None:
    await connection.execute(
        """
        UPDATE identity.refresh_token SET revoked_at = $3
        WHERE volunteer_id = $1 AND device_id = $2 AND revoked_at IS NULL
        """,
        volunteer_id,
        device_id,
        now,
    )


async def delete_of_volunteer(connection: Connection, volunteer_id: VolunteerId) -> None:
    await connection.execute("DELETE FROM identity.refresh_token WHERE volunteer_id = $1", volunteer_id)


async def delete_expired(connection: Connection, now: datetime) -> int:
    done = await connection.execute("DELETE FROM identity.refresh_token WHERE expires_at < $1", now)
    return int(done.rsplit(" ", 1)[-1])
