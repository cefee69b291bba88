"""SQL of answer links."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.foundation.database import Connection, fetch_one
from backend.foundation.ids import MessageId, VolunteerId
from backend.foundation.kinds import Kind


class Link(msgspec.Struct, frozen=True):
    """What a link opens."""

    message_id: MessageId
    subject_id: UUID
    volunteer_id: VolunteerId
    kind: Kind
    language: str
    answered_at: datetime | None


async def insert(
    connection: Connection, token_hashes: Sequence[bytes], message_ids: Sequence[MessageId], expires_at: datetime
) -> None:
    await connection.execute(
        """
        INSERT INTO delivery.answer_link (token_hash, message_id, expires_at)
        SELECT token_hash, message_id, $3 FROM unnest($1::bytea[], $2::uuid[]) AS l (token_hash, message_id)
        """,
        list(token_hashes),
        list(message_ids),
        expires_at,
    )


async def owner_of(connection: Connection, token_hash: bytes) -> VolunteerId | None:
    """Whose link it is, before anybody is known."""
    found: VolunteerId | None = await connection.fetchval("SELECT delivery.of_answer_link($1)", token_hash)
    return found


async def find(connection: Connection, token_hash: bytes, now: datetime) -> Link | None:
    """The link that opens at `now`; its language is that of the newest device."""
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
        token_hash,
        now,
    )


async def mark_answered(connection: Connection, token_hash: bytes, now: datetime) -> None:
    """The first time stands."""
    await connection.execute(
        "UPDATE delivery.answer_link SET answered_at = coalesce(answered_at, $2) WHERE token_hash = $1", token_hash, now
    )


async def delete_expired(connection: Connection, now: datetime) -> int:
    done: str = await connection.execute("DELETE FROM delivery.answer_link WHERE expires_at <= $1", now)
    return int(done.rpartition(" ")[2])
