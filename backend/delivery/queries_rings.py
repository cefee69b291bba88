"""SQL on how an incident's rings fared, by channel."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.delivery.message import Channel
from backend.foundation.database import Connection, fetch_all


class Rings(msgspec.Struct, frozen=True):
    """One channel's: how many rings were to go by it, and what became of them; the two first times are null at none.

    `shown`: the app said that it showed them.
    """

    channel: Channel
    rings: int
    waiting: int
    accepted: int
    failed: int
    not_needed: int
    shown: int
    first_accepted_at: datetime | None
    first_shown_at: datetime | None


async def rings(connection: Connection, subject_ids: Sequence[UUID]) -> list[Rings]:
    """Of the ring messages of these alerts, first rings and later ones."""
    return await fetch_all(
        connection,
        Rings,
        """
        SELECT d.channel, count(*) AS rings,
               count(*) FILTER (WHERE d.state IN ('queued', 'leased')) AS waiting,
               count(*) FILTER (WHERE d.state = 'accepted') AS accepted,
               count(*) FILTER (WHERE d.state IN ('rejected', 'expired')) AS failed,
               count(*) FILTER (WHERE d.state IN ('stopped', 'not_needed')) AS not_needed,
               count(r.delivery_id) AS shown,
               min(d.settled_at) FILTER (WHERE d.state = 'accepted') AS first_accepted_at,
               min(r.received_at) AS first_shown_at
        FROM delivery.message m JOIN delivery.delivery d ON d.message_id = m.id
        LEFT JOIN delivery.receipt r ON r.delivery_id = d.id
        WHERE m.subject_id = ANY($1::uuid[]) AND m.what = 'ring'
        GROUP BY d.channel ORDER BY d.channel
        """,
        list(subject_ids),
    )
