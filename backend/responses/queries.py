"""All SQL of the room."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from backend.foundation.database import Connection, fetch_all
from backend.foundation.ids import AlertId, CentreId, IncidentId, VolunteerId
from backend.responses.status import Status


async def insert_status(
    connection: Connection, alert_id: AlertId, centre_id: CentreId, status: Status, happened_at: datetime, now: datetime
) -> bool:
    """False when this was told before."""
    inserted = await connection.fetchval(
        """
        INSERT INTO responses.status (alert_id, centre_id, status, happened_at, received_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (alert_id, status) DO NOTHING RETURNING true
        """,
        alert_id,
        centre_id,
        status.value,
        happened_at,
        now,
    )
    return bool(inserted)


class StatusRow(msgspec.Struct, frozen=True):
    alert_id: AlertId
    status: Status
    happened_at: datetime
    received_at: datetime


async def statuses(connection: Connection, alert_ids: Sequence[AlertId]) -> list[StatusRow]:
    """What was told about these alerts, in the order it happened."""
    return await fetch_all(
        connection,
        StatusRow,
        """
        SELECT alert_id, status, happened_at, received_at FROM responses.status
        WHERE alert_id = ANY($1::uuid[]) ORDER BY happened_at, status
        """,
        list(alert_ids),
    )


async def carry_status(connection: Connection, told: StatusRow, new: AlertId, centre_id: CentreId) -> bool:
    """What was told about one alert stands for another as well; False when it stood there before."""
    carried = await connection.fetchval(
        """
        INSERT INTO responses.status (alert_id, centre_id, status, happened_at, received_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (alert_id, status) DO NOTHING RETURNING true
        """,
        new,
        centre_id,
        told.status.value,
        told.happened_at,
        told.received_at,
    )
    return bool(carried)


class ReceiptRow(msgspec.Struct, frozen=True):
    alert_id: AlertId
    received_at: datetime


async def receipts(connection: Connection, incident_ids: Sequence[IncidentId]) -> list[ReceiptRow]:
    """When each alert of these incidents was first shown, as it was or changed, as far as a phone said so."""
    return await fetch_all(
        connection,
        ReceiptRow,
        """
        SELECT a.id AS alert_id, min(r.received_at) AS received_at
        FROM alerts.alert a
        JOIN delivery.message m ON m.subject_id = a.id AND m.what IN ('ring', 'revision') AND m.created_at >= a.asked_at
        JOIN delivery.delivery d ON d.message_id = m.id
        JOIN delivery.receipt r ON r.delivery_id = d.id
        WHERE a.incident_id = ANY($1::uuid[]) GROUP BY a.id
        """,
        list(incident_ids),
    )


async def engaged_with(connection: Connection, volunteer_id: VolunteerId) -> IncidentId | None:
    """The incident a volunteer rings or runs for, if any."""
    found: IncidentId | None = await connection.fetchval(
        "SELECT incident_id FROM volunteers.engagement WHERE volunteer_id = $1", volunteer_id
    )
    return found


async def rings(connection: Connection, volunteer_id: VolunteerId) -> bool:
    """Whether an alarm rings for a volunteer."""
    found: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM volunteers.engagement WHERE volunteer_id = $1 AND state = 'ringing')",
        volunteer_id,
    )
    return found


async def rings_or_runs(connection: Connection, volunteer_id: VolunteerId) -> bool:
    """Whether an alert engages a volunteer that is not over."""
    found: bool = await connection.fetchval(
        """
        SELECT EXISTS (
          SELECT FROM volunteers.engagement e
          JOIN alerts.alert a ON a.incident_id = e.incident_id AND a.volunteer_id = e.volunteer_id
          WHERE e.volunteer_id = $1 AND a.state IN ('ringing', 'accepted'))
        """,
        volunteer_id,
    )
    return found


async def is_erased(connection: Connection, volunteer_id: VolunteerId) -> bool:
    """Of whoever acts: an access token outlives its owner's erasure by minutes."""
    found: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM volunteers.volunteer WHERE id = $1 AND state = 'erased')", volunteer_id
    )
    return found


async def forget_synthetic(connection: Connection, incident_ids: Sequence[IncidentId]) -> None:
    """What was told on missions of the synthetic alarm, and of no other: the database looks itself."""
    await connection.execute("SELECT responses.forget_synthetic($1::uuid[])", list(incident_ids))
