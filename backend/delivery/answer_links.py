"""The link in an SMS: it lets one person answer one alert without the app. Only its hash is kept; never logged."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from backend.delivery import queries_links, queries_person
from backend.delivery.queries_links import Link
from backend.foundation.database import Connection, become
from backend.foundation.ids import MessageId, VolunteerId

OPENS_FOR = timedelta(hours=4)
"""Longer than any incident without news stays open; what a link may still do is the alert's state, not its age."""
_TOKEN_BYTES = 16


async def make(connection: Connection, message_ids: Sequence[MessageId], now: datetime) -> list[str]:
    """A new secret for each message, to be sent and forgotten: 22 characters that stand in a URL as they are."""
    tokens = [secrets.token_urlsafe(_TOKEN_BYTES) for _ in message_ids]
    await queries_links.insert(connection, [_hash(token) for token in tokens], message_ids, now + OPENS_FOR)
    return tokens


async def resolve(connection: Connection, token: str, now: datetime) -> Link | None:
    """What `token` opens; None for one that was never given or is over. From then on its owner is who is acted for."""
    owner = await queries_links.owner_of(connection, _hash(token))
    if owner is None:
        return None
    await become(connection, owner)
    return await queries_links.find(connection, _hash(token), now)


async def mark_answered(connection: Connection, token: str, now: datetime) -> None:
    """The link was used to answer: from now on it only shows the state."""
    await queries_links.mark_answered(connection, _hash(token), now)


async def forget_old(connection: Connection, now: datetime) -> int:
    """Delete links that open nothing any more; how many."""
    return await queries_links.delete_expired(connection, now)


async def forget_of(connection: Connection, volunteer_id: VolunteerId) -> None:
    """Whatever was sent to this person opens nothing any more."""
    await queries_person.delete_links_of(connection, volunteer_id)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
