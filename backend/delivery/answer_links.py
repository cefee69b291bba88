"""The link in an SMS: it lets one person answer one alert without the app. Only its hash is kept; never logged."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from backend.foundation.database import Connection, fetch_one
from backend.foundation.ids import MessageId, VolunteerId
from backend.foundation.kinds import Kind

OPENS_FOR = timedelta(hours=4)
"""Longer than any incident without news stays open; what a link may still do is the alert's state, not its age."""
_TOKEN_BYTES = 16


class Link(msgspec.Struct, frozen=True):
    """What a link opens."""

    message_id: MessageId
    subject_id: UUID
    volunteer_id: VolunteerId
    kind: Kind
    language: str
    answered_at: datetime | None


async def make(connection: Connection, message_ids: Sequence[MessageId], now: datetime) -> list[str]:
    """A new secret for each message, to be sent and forgotten: 22 characters that stand in a URL as they are."""
    tokens = [secrets.token_urlsafe(_TOKEN_BYTES) for _ in message_ids]
    await connection.execute(
        """
        INSERT INTO delivery.answer_link (token_hash, message_id, expires_at)
        SELECT token_hash, message_id, $3 FROM unnest($1::bytea[], $2::uuid[]) AS l (token_hash, message_id)
        """,
        [_hash(token) for token in tokens],
        list(message_ids),
        now + OPENS_FOR,
    )
    return tokens


async def resolve(connection: Connection, token: str, now: datetime) -> Link | None:
    """What `token` opens; None for one that was never given or is over."""
    return await fetch_one(
        connection,
        Link,
        """
        SELECT l.message_id, m.subject_id, m.volunteer_id, m.kind, l.answered_at, coalesce((
                 SELECT d.language FROM volunteers.device d WHERE d.volunteer_id = m.volunteer_id
                 ORDER BY d.last_seen_at DESC LIMIT 1), 'da') AS language
        FROM delivery.answer_link l JOIN delivery.message m ON m.id = l.message_id
        WHERE l.token_hash = $1 AND l.expires_at > $2 AND m.volunteer_id IS NOT NULL
        """,
        _hash(token),
        now,
    )


async def mark_answered(connection: Connection, token: str, now: datetime) -> None:
    """The link was used to answer: from now on it only shows the state."""
    await connection.execute(
        "UPDATE delivery.answer_link SET answered_at = coalesce(answered_at, $2) WHERE token_hash = $1",
        _hash(token),
        now,
    )


async def forget_old(connection: Connection, now: datetime) -> int:
    """Delete links that open nothing any more; how many."""
    done: str = await connection.execute("DELETE FROM delivery.answer_link WHERE expires_at <= $1", now)
    return int(done.rpartition(" ")[2])


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
