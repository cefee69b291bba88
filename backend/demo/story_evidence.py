"""What the three witnesses of a story say: the database, the push provider's log, the phones' own log."""

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from backend.aeds.aed import Open
from backend.aeds.hours import open_at
from backend.demo.phones.book import Book
from backend.foundation.database import Connection, connect, fetch_all
from backend.foundation.ids import VolunteerId
from backend.foundation.journal import Entry, of_incident
from backend.identity.data_keys import KeyRing
from backend.locations.cells import cell_of, centre_of
from backend.volunteers.queries import read_person

Point = tuple[float, float]
"""(lat, lon) in degrees."""


class AlertRow(msgspec.Struct, frozen=True):
    """An alert as the database has it at the end. `phone` is whose it is."""

    id: UUID
    phone: str
    wave: int
    state: str
    reason: str | None
    place: int | None
    role: str | None
    aed_id: UUID | None
    received: bool


class _Row(msgspec.Struct, frozen=True):
    id: UUID
    volunteer_id: VolunteerId
    wave: int
    state: str
    reason: str | None
    place: int | None
    role: str | None
    aed_id: UUID | None
    received: bool


class DeliveryRow(msgspec.Struct, frozen=True):
    alert_id: UUID
    what: str
    channel: str
    state: str
    ambiguous: bool


class AedRow(msgspec.Struct, frozen=True):
    id: UUID
    lat: float
    lon: float
    opening_hours: str | None


class Push(msgspec.Struct, frozen=True):
    """One line of the push provider's own log."""

    to: str
    at: datetime
    data: dict[str, str]


class Note(msgspec.Struct, frozen=True):
    """One line of the phones' own log."""

    at: datetime
    phone: str
    what: str
    alert_id: str | None = None
    status: int | None = None
    answer: str | None = None
    channel: str | None = None
    state: str | None = None
    reason: str | None = None
    why: str | None = None
    shows_address: bool = False
    has_link: bool = False


class Aed(msgspec.Struct, frozen=True):
    id: UUID
    at: Point
    open: bool


class Evidence(msgspec.Struct, frozen=True):
    """Everything the checks look at. `starts`: the middle of the cell each phone lay in when it rang, by number."""

    patient: Point
    policy: dict[str, Any]
    alerts: list[AlertRow]
    deliveries: list[DeliveryRow]
    journal: list[Entry]
    aeds: list[Aed]
    pushes: list[Push]
    notes: list[Note]
    push_addresses: dict[str, str]
    starts: dict[str, Point]


async def gather(
    dsn: str,
    ring: KeyRing,
    incident_id: UUID,
    patient: Point,
    asked_at: datetime,
    book: Book,
    fcm_log: Path,
    phones_log: Path,
) -> Evidence:
    """Ask every witness once, after everything has come to its end."""
    connection = await connect(dsn, ring)
    try:
        alerts = await _alerts(connection, incident_id)
        known = {str(alert.id) for alert in alerts}
        entries = [book.by_phone[alert.phone] for alert in alerts]
        return Evidence(
            patient=patient,
            policy=await connection.fetchval("SELECT policy FROM incidents.incident WHERE id = $1", incident_id),
            alerts=alerts,
            deliveries=await _deliveries(connection, incident_id),
            journal=await of_incident(connection, incident_id),
            aeds=await _aeds(connection, asked_at),
            pushes=[push for push in read_pushes(fcm_log) if push.data.get("alert_id") in known],
            notes=read_notes(phones_log),
            push_addresses={entry.phone: entry.push for entry in entries if entry.push is not None},
            starts={entry.phone: centre_of(cell_of(entry.lat, entry.lon)) for entry in entries},
        )
    finally:
        await connection.close()


def read_pushes(log: Path) -> list[Push]:
    return [msgspec.json.decode(line, type=Push) for line in log.read_bytes().splitlines()]


def read_notes(log: Path) -> list[Note]:
    return [msgspec.json.decode(line, type=Note) for line in log.read_bytes().splitlines()]


async def _alerts(connection: Connection, incident_id: UUID) -> list[AlertRow]:
    rows = await fetch_all(
        connection,
        _Row,
        """
        SELECT alert.id, alert.volunteer_id, alert.wave, alert.state, alert.reason, alert.place, alert.role,
               alert.aed_id, EXISTS (
                 SELECT FROM delivery.message JOIN delivery.delivery ON delivery.message_id = message.id
                 JOIN delivery.receipt ON receipt.delivery_id = delivery.id
                 WHERE message.subject_id = alert.id AND message.what = 'ring') AS received
        FROM alerts.alert WHERE alert.incident_id = $1 ORDER BY alert.asked_at, alert.metres
        """,
        incident_id,
    )
    found = []
    for row in rows:
        person = await read_person(connection, row.volunteer_id)
        assert person is not None, "nobody leaves in the story"
        seen = (row.wave, row.state, row.reason, row.place, row.role, row.aed_id, row.received)
        found.append(AlertRow(row.id, person.phone, *seen))
    return found


async def _deliveries(connection: Connection, incident_id: UUID) -> list[DeliveryRow]:
    return await fetch_all(
        connection,
        DeliveryRow,
        """
        SELECT message.subject_id AS alert_id, message.what, delivery.channel, delivery.state, delivery.ambiguous
        FROM alerts.alert JOIN delivery.message ON message.subject_id = alert.id
        JOIN delivery.delivery ON delivery.message_id = message.id
        WHERE alert.incident_id = $1
        """,
        incident_id,
    )


async def _aeds(connection: Connection, at: datetime) -> list[Aed]:
    rows = await fetch_all(connection, AedRow, "SELECT id, lat, lon, opening_hours FROM aeds.aed WHERE gone_at IS NULL")
    return [Aed(row.id, (row.lat, row.lon), open_at(row.opening_hours, at) is Open.OPEN) for row in rows]
