"""SQL of who was reached and who was not, by subject."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.delivery.message import Channel
from backend.foundation.database import Connection, fetch_all


class Told(msgspec.Struct, frozen=True):
    """What is known of one subject: by which channels its ring went out, and whether its newest revision was shown."""

    subject_id: UUID
    reached_by: list[Channel]
    revision_received: bool | None  # None: nothing was revised


class _Subject(msgspec.Struct, frozen=True):
    subject_id: UUID


class _Unaccepted(msgspec.Struct, frozen=True):
    subject_id: UUID
    tried: bool


class _Unheard(msgspec.Struct, frozen=True):
    subject_id: UUID
    queued_at: datetime


async def unreached(connection: Connection, subject_ids: Sequence[UUID], reason: str, now: datetime) -> set[UUID]:
    """Subjects whose newest ring was neither accepted nor received and waits for no worker any more.

    What waits beyond its time no worker will take. Whom a timer of `reason` gives time still has it.
    """
    found = await fetch_all(
        connection,
        _Subject,
        """
        SELECT m.subject_id FROM (
          SELECT DISTINCT ON (subject_id) subject_id, id FROM delivery.message
          WHERE subject_id = ANY($1::uuid[]) AND what = 'ring' ORDER BY subject_id, created_at DESC, id DESC) m
        WHERE NOT EXISTS (
          SELECT 1 FROM delivery.delivery d
          WHERE d.message_id = m.id
            AND (d.state = 'accepted' OR d.state = 'leased'
                 OR (d.state = 'queued' AND d.channel <> 'in_app' AND d.expires_at > $3)
                 OR EXISTS (SELECT 1 FROM delivery.receipt r WHERE r.delivery_id = d.id)))
          AND NOT EXISTS (
            SELECT 1 FROM foundation.timer t WHERE t.subject_id = m.subject_id AND t.reason = $2 AND t.due_at > $3)
        """,
        list(subject_ids),
        reason,
        now,
    )
    return {row.subject_id for row in found}


async def unaccepted(connection: Connection, subject_ids: Sequence[UUID]) -> dict[UUID, bool]:
    """Subjects whose newest ring no channel has accepted and no phone has shown, with whether it was ever tried."""
    found = await fetch_all(
        connection,
        _Unaccepted,
        """
        SELECT m.subject_id, EXISTS (
                 SELECT 1 FROM delivery.delivery d WHERE d.message_id = m.id AND d.attempts > 0) AS tried
        FROM (
          SELECT DISTINCT ON (subject_id) subject_id, id FROM delivery.message
          WHERE subject_id = ANY($1::uuid[]) AND what = 'ring' ORDER BY subject_id, created_at DESC, id DESC) m
        WHERE NOT EXISTS (
          SELECT 1 FROM delivery.delivery d
          WHERE d.message_id = m.id
            AND (d.state = 'accepted' OR EXISTS (SELECT 1 FROM delivery.receipt r WHERE r.delivery_id = d.id)))
        """,
        list(subject_ids),
    )
    return {row.subject_id: row.tried for row in found}


async def unheard(connection: Connection, subject_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """Subjects whose newest revision message is not stopped and has no receipt, with when it was queued."""
    found = await fetch_all(
        connection,
        _Unheard,
        """
        SELECT m.subject_id, m.created_at AS queued_at FROM (
          SELECT DISTINCT ON (subject_id) subject_id, id, created_at, stopped_at FROM delivery.message
          WHERE subject_id = ANY($1::uuid[]) AND what = 'revision'
          ORDER BY subject_id, created_at DESC, id DESC) m
        WHERE m.stopped_at IS NULL AND NOT EXISTS (
          SELECT 1 FROM delivery.delivery d JOIN delivery.receipt r ON r.delivery_id = d.id WHERE d.message_id = m.id)
        """,
        list(subject_ids),
    )
    return {row.subject_id: row.queued_at for row in found}


async def told(connection: Connection, subject_ids: Sequence[UUID]) -> list[Told]:
    """For each subject: the channels whose provider took its newest ring, and whether its newest revision was shown."""
    return await fetch_all(
        connection,
        Told,
        """
        SELECT s.subject_id,
               ARRAY(SELECT DISTINCT d.channel FROM delivery.delivery d
                     WHERE d.message_id = ring.id AND d.state = 'accepted' ORDER BY d.channel) AS reached_by,
               CASE WHEN revision.id IS NOT NULL THEN EXISTS (
                 SELECT 1 FROM delivery.delivery d JOIN delivery.receipt r ON r.delivery_id = d.id
                 WHERE d.message_id = revision.id) END AS revision_received
        FROM unnest($1::uuid[]) AS s (subject_id)
        LEFT JOIN LATERAL (
          SELECT id FROM delivery.message WHERE subject_id = s.subject_id AND what = 'ring'
          ORDER BY created_at DESC, id DESC LIMIT 1) ring ON true
        LEFT JOIN LATERAL (
          SELECT id FROM delivery.message WHERE subject_id = s.subject_id AND what = 'revision'
          ORDER BY created_at DESC, id DESC LIMIT 1) revision ON true
        """,
        list(subject_ids),
    )
