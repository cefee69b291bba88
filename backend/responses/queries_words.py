"""SQL on responses.word."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.alerts.alert import Alert
from backend.foundation.database import Connection, fetch_all
from backend.foundation.ids import AlertId, CentreId


class WordRow(msgspec.Struct, frozen=True):
    alert_id: AlertId
    id: UUID
    from_centre: bool
    word: str
    said_at: datetime


async def insert(
    connection: Connection, alerts: Sequence[Alert], word_id: UUID, word: str, now: datetime, *, from_centre: bool
) -> None:
    """One word, about each of these alerts."""
    await connection.execute(
        """
        INSERT INTO responses.word (alert_id, id, centre_id, from_centre, word, said_at)
        SELECT a.id, $3, a.centre_id, $4, $5, $6 FROM unnest($1::uuid[], $2::uuid[]) AS a (id, centre_id)
        ON CONFLICT (alert_id, id) DO NOTHING
        """,
        [alert.id for alert in alerts],
        [alert.centre_id for alert in alerts],
        word_id,
        from_centre,
        word,
        now,
    )


async def has(connection: Connection, alert_id: AlertId, word_id: UUID) -> bool:
    found: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM responses.word WHERE alert_id = $1 AND id = $2)", alert_id, word_id
    )
    return found


async def of_alerts(connection: Connection, alert_ids: Sequence[AlertId]) -> list[WordRow]:
    """What either side said about these alerts, in the order it was said."""
    return await fetch_all(
        connection,
        WordRow,
        """
        SELECT alert_id, id, from_centre, word, said_at FROM responses.word
        WHERE alert_id = ANY($1::uuid[]) ORDER BY said_at, id
        """,
        list(alert_ids),
    )


async def shown(connection: Connection, alert_ids: Sequence[AlertId]) -> set[tuple[AlertId, UUID]]:
    """Which of the centre's words some phone said it showed."""
    rows = await connection.fetch(
        """
        SELECT DISTINCT m.subject_id AS alert_id, (m.content ->> 'word_id')::uuid AS id
        FROM delivery.message m JOIN delivery.delivery d ON d.message_id = m.id
        JOIN delivery.receipt r ON r.delivery_id = d.id
        WHERE m.subject_id = ANY($1::uuid[]) AND m.what = 'word'
        """,
        list(alert_ids),
    )
    return {(row["alert_id"], row["id"]) for row in rows}


async def carry(connection: Connection, row: WordRow, alert_id: AlertId, centre_id: CentreId) -> bool:
    """The same word, about the alert somebody goes by from now on. False where it is there already."""
    carried = await connection.fetchval(
        """
        INSERT INTO responses.word (alert_id, id, centre_id, from_centre, word, said_at) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (alert_id, id) DO NOTHING RETURNING true
        """,
        alert_id,
        row.id,
        centre_id,
        row.from_centre,
        row.word,
        row.said_at,
    )
    return bool(carried)
