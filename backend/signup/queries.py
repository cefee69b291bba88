"""SQL on signup.session."""

from datetime import datetime

import msgspec

from backend.foundation.database import Connection, fetch_one


class Kept(msgspec.Struct, frozen=True):
    sealed: bytes


async def upsert_session(connection: Connection, id_hash: bytes, sealed: bytes, expires_at: datetime) -> None:
    await connection.execute(
        """
        INSERT INTO signup.session (id_hash, sealed, expires_at) VALUES ($1, $2, $3)
        ON CONFLICT (id_hash) DO UPDATE SET sealed = excluded.sealed, expires_at = excluded.expires_at
        """,
        id_hash,
        sealed,
        expires_at,
    )


async def lock_session(connection: Connection, id_hash: bytes, now: datetime) -> Kept | None:
    """Nobody else goes on with it until the transaction ends."""
    return await fetch_one(
        connection,
        Kept,
        "SELECT sealed FROM signup.session WHERE id_hash = $1 AND expires_at > $2 FOR UPDATE",
        id_hash,
        now,
    )


async def delete_session(connection: Connection, id_hash: bytes) -> None:
    await connection.execute("DELETE FROM signup.session WHERE id_hash = $1", id_hash)


async def delete_sessions_before(connection: Connection, now: datetime) -> int:
    done = await connection.execute("DELETE FROM signup.session WHERE expires_at <= $1", now)
    return int(done.rsplit(" ", 1)[-1])
