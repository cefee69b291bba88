"""SQL on people's data keys and sealed values, many at a time: sealing what is in the clear, and wrapping anew."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from backend.foundation.database import Connection, fetch_all
from backend.foundation.ids import VolunteerId
from backend.foundation.kinds import Kind
from backend.identity.data_keys import StoredKey, WrappedKey, Wraps


class InClear(msgspec.Struct, frozen=True):
    volunteer_id: VolunteerId
    phone: str
    name: str

    def __repr__(self) -> str:
        return f"InClear({self.volunteer_id})"


async def in_clear(connection: Connection, limit: int) -> list[InClear]:
    """People as they were kept before 0027; such columns are there until 0035 only."""
    return await fetch_all(
        connection,
        InClear,
        "SELECT volunteer_id, phone, name FROM volunteers.volunteer_identity WHERE phone_sealed IS NULL LIMIT $1",
        limit,
    )


async def put_sealed(
    connection: Connection,
    ids: Sequence[VolunteerId],
    phones: Sequence[bytes],
    names: Sequence[bytes],
    keys: Sequence[WrappedKey],
) -> None:
    await connection.execute(
        """
        WITH sealed AS (
          SELECT id, phone, name, key_id, wrapped
          FROM unnest($1::uuid[], $2::bytea[], $3::bytea[], $4::text[], $5::bytea[])
            AS s (id, phone, name, key_id, wrapped)),
        kept AS (
          INSERT INTO volunteers.data_key (volunteer_id, key_id, wrapped) SELECT id, key_id, wrapped FROM sealed)
        UPDATE volunteers.volunteer_identity i
        SET phone_sealed = s.phone, name_sealed = s.name, phone = NULL, name = NULL
        FROM sealed s WHERE i.volunteer_id = s.id
        """,
        list(ids),
        list(phones),
        list(names),
        [key.key_id for key in keys],
        [key.wrapped for key in keys],
    )


async def not_under(connection: Connection, key_id: str, after: UUID, limit: int) -> list[StoredKey]:
    """Locks nothing: whoever changed a row meanwhile is seen when it is written."""
    return await fetch_all(
        connection,
        StoredKey,
        """
        SELECT volunteer_id AS owner, key_id, wrapped FROM volunteers.data_key
        WHERE volunteer_id > $2 AND key_id <> $1 ORDER BY volunteer_id LIMIT $3
        """,
        key_id,
        after,
        limit,
    )


async def put_wrapped(connection: Connection, before: Sequence[StoredKey], after: Sequence[WrappedKey]) -> None:
    """Those that still read as they did."""
    await connection.execute(
        """
        UPDATE volunteers.data_key k SET key_id = n.key_id, wrapped = n.wrapped
        FROM unnest($1::uuid[], $2::bytea[], $3::text[], $4::bytea[]) AS n (owner, was, key_id, wrapped)
        WHERE k.volunteer_id = n.owner AND k.wrapped = n.was
        """,
        [row.owner for row in before],
        [row.wrapped for row in before],
        [key.key_id for key in after],
        [key.wrapped for key in after],
    )


async def counts(connection: Connection) -> list[Wraps]:
    """How many people's keys each wrapping key wraps."""
    return await fetch_all(
        connection,
        Wraps,
        "SELECT key_id, count(*) AS count FROM volunteers.data_key GROUP BY key_id ORDER BY key_id",
    )


class HashedPhone(msgspec.Struct, frozen=True):
    """What is needed to hash somebody's phone anew."""

    volunteer_id: VolunteerId
    kind: Kind
    phone_hash: bytes
    phone_sealed: bytes
    key_id: str | None
    wrapped: bytes | None


async def hashed_phones(connection: Connection, after: UUID, limit: int) -> list[HashedPhone]:
    return await fetch_all(
        connection,
        HashedPhone,
        """
        SELECT i.volunteer_id, v.kind, i.phone_hash, i.phone_sealed, k.key_id, k.wrapped
        FROM volunteers.volunteer_identity i JOIN volunteers.volunteer v ON v.id = i.volunteer_id
        LEFT JOIN volunteers.data_key k ON k.volunteer_id = i.volunteer_id
        WHERE i.volunteer_id > $1 ORDER BY i.volunteer_id LIMIT $2
        """,
        after,
        limit,
    )


async def put_hashes(connection: Connection, before: Sequence[HashedPhone], after: Sequence[bytes]) -> None:
    await connection.execute(
        """
        UPDATE volunteers.volunteer_identity i SET phone_hash = n.hash
        FROM unnest($1::uuid[], $2::bytea[], $3::bytea[]) AS n (volunteer_id, was, hash)
        WHERE i.volunteer_id = n.volunteer_id AND i.phone_hash = n.was
        """,
        [row.volunteer_id for row in before],
        [row.phone_hash for row in before],
        list(after),
    )
