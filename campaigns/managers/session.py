"""Being signed in: by a secret in a cookie, of which only the hash is kept."""

from datetime import datetime, timedelta

from backend.public.store import Connection
from campaigns.managers import queries_sessions
from campaigns.managers.manager import Manager
from campaigns.managers.queries_sessions import Session
from campaigns.managers.secret import Secret, draw, hash_of

LONGEST = timedelta(hours=8)
"""A day at work: who comes tomorrow signs in anew."""
IDLE = timedelta(hours=1)
_FINE = timedelta(minutes=1)
"""How finely the last use is kept: not every page of a dashboard is a write."""


async def begin(connection: Connection, manager: Manager, now: datetime) -> Secret:
    """The secret of a new session; those that are over are deleted."""
    secret = draw()
    await queries_sessions.delete_old_sessions(connection, now, now - IDLE)
    await queries_sessions.insert_session(connection, hash_of(secret), Session(manager.id, now, now, now + LONGEST))
    return secret


async def signed_in(connection: Connection, secret: str, now: datetime) -> Manager | None:
    """Whose secret it is; None for one that is unknown, over, or was not used for too long."""
    known = hash_of(secret)
    session = await queries_sessions.session_by(connection, known)
    if session is None or not holds(session, now):
        return None
    if now - session.used_at >= _FINE:
        await queries_sessions.use_session(connection, known, now)
    return await queries_sessions.manager_of(connection, known)


def holds(session: Session, now: datetime) -> bool:
    return now < session.expires_at and now - session.used_at < IDLE


async def end(connection: Connection, secret: str) -> None:
    """Again does no harm."""
    await queries_sessions.delete_session(connection, hash_of(secret))
