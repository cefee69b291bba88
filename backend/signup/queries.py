"""SQL on signup.session and signup.codes_sent."""

from datetime import datetime

import msgspec

from backend.foundation.database import Connection, fetch_one


class Kept(msgspec.Struct, frozen=True):
    sealed: bytes


class Sent(msgspec.Struct, frozen=True):
    of_network: int
    of_all: int


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


async def codes_sent_since(connection: Connection, network_hash: bytes, all_networks: bytes, since: datetime) -> Sent:
    found = await fetch_one(
        connection,
        Sent,
        """
        SELECT coalesce(sum(codes) FILTER (WHERE network_hash = $1), 0)::int AS of_network,
               coalesce(sum(codes) FILTER (WHERE network_hash = $2), 0)::int AS of_all
        FROM signup.codes_sent WHERE network_hash IN ($1, $2) AND minute > $3
        """,
        network_hash,
        all_networks,
        since,
    )
    assert found is not None, "a sum is always there"
    return found


async def count_code(connection: Connection, network_hash: bytes, all_networks: bytes, minute: datetime) -> None:
    """One more for both. The row everybody shares is locked last, so nobody waits for two in another order."""
    await connection.execute(
        """
        INSERT INTO signup.codes_sent (network_hash, minute, codes) VALUES ($1, $3, 1), ($2, $3, 1)
        ON CONFLICT (network_hash, minute) DO UPDATE SET codes = codes_sent.codes + 1
        """,
        network_hash,
        all_networks,
        minute,
    )


async def delete_counts_before(connection: Connection, before: datetime) -> int:
    done = await connection.execute("DELETE FROM signup.codes_sent WHERE minute <= $1", before)
    return int(done.rsplit(" ", 1)[-1])
