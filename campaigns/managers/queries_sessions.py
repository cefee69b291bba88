"""Statements about who is signed in."""

from datetime import datetime

import msgspec

from backend.public.store import Connection, fetch_one
from campaigns.managers.manager import Manager, ManagerId
from campaigns.managers.secret import Hash


class Session(msgspec.Struct, frozen=True):
    """Until `expires_at`, and as long as it is used."""

    manager_id: ManagerId
    began_at: datetime
    used_at: datetime
    expires_at: datetime


async def insert_session(connection: Connection, hash_: Hash, session: Session) -> None:
    await connection.execute(
        "INSERT INTO campaigns.session (hash, manager_id, began_at, used_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
        hash_,
        session.manager_id,
        session.began_at,
        session.used_at,
        session.expires_at,
    )


async def session_by(connection: Connection, hash_: Hash) -> Session | None:
    return await fetch_one(
        connection,
        Session,
        "SELECT manager_id, began_at, used_at, expires_at FROM campaigns.session WHERE hash = $1",
        hash_,
    )


async def manager_of(connection: Connection, hash_: Hash) -> Manager | None:
    """Whose session it is, if it is anybody's."""
    return await fetch_one(
        connection,
        Manager,
        """
        SELECT m.id, m.email, m.name, m.issuer, m.subject
        FROM campaigns.session s JOIN campaigns.manager m ON m.id = s.manager_id WHERE s.hash = $1
        """,
        hash_,
    )


async def use_session(connection: Connection, hash_: Hash, now: datetime) -> None:
    await connection.execute("UPDATE campaigns.session SET used_at = $2 WHERE hash = $1", hash_, now)


async def delete_session(connection: Connection, hash_: Hash) -> None:
    await connection.execute("DELETE FROM campaigns.session WHERE hash = $1", hash_)


async def delete_sessions_of(connection: Connection, manager_id: ManagerId) -> None:
    await connection.execute("DELETE FROM campaigns.session WHERE manager_id = $1", manager_id)


async def delete_old_sessions(connection: Connection, expired: datetime, unused_since: datetime) -> None:
    await connection.execute(
        "DELETE FROM campaigns.session WHERE expires_at <= $1 OR used_at <= $2", expired, unused_since
    )
