"""All SQL of the room. The role of statistics may read every centre: so each statement names whose or which."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.alerts.alert import NO_CHANNEL_ACCEPTED, OUTAGE, AlertState
from backend.foundation.database import Connection, fetch_all
from backend.foundation.ids import AlertId, CentreId, IncidentId
from backend.foundation.kinds import Kind
from backend.incidents.incident import Asking, EndReason, State
from backend.responses.status import Status

_ARRIVED = (Status.ON_SCENE.value, Status.WITH_PATIENT.value)


class IncidentRow(msgspec.Struct, frozen=True):
    id: UUID
    opened_at: datetime
    centre_id: CentreId
    centre: str
    region: str | None
    region_da: str | None
    region_en: str | None
    region_since: datetime | None
    region_until: datetime | None
    state: State
    asking: Asking
    end_reason: EndReason | None


async def incidents(
    connection: Connection, centres: Sequence[CentreId], kind: Kind, since: datetime, until: datetime, limit: int
) -> list[IncidentRow]:
    """What opened in `[since, until)` at these centres, newest first, with the names that were in force then."""
    return await fetch_all(
        connection,
        IncidentRow,
        """
        SELECT i.id, i.opened_at, i.centre_id, c.name AS centre, i.region, r.name_da AS region_da,
               r.name_en AS region_en, lower(r.valid) AS region_since, upper(r.valid) AS region_until,
               i.state, i.asking, i.end_reason
        FROM incidents.incident i
        JOIN regions.dispatch_centre c ON c.id = i.centre_id
        LEFT JOIN regions.area r ON r.level = 'region' AND r.code = i.region AND r.valid @> i.opened_at
        WHERE i.centre_id = ANY($1::uuid[]) AND i.kind = $2 AND i.opened_at >= $3 AND i.opened_at < $4
        ORDER BY i.opened_at DESC LIMIT $5
        """,
        list(centres),
        kind.value,
        since,
        until,
        limit,
    )


class AskedRow(msgspec.Struct, frozen=True):
    incident_id: UUID
    alerted: int
    accepted: int
    stood_down: int
    silent: int
    first_accept_at: datetime | None
    arrivals: list[datetime]


async def asked(connection: Connection, incident_ids: Sequence[UUID]) -> list[AskedRow]:
    """What became of everybody who was asked, added up by incident. An incident that asked nobody has no row."""
    return await fetch_all(
        connection,
        AskedRow,
        """
        SELECT a.incident_id,
          count(*) FILTER (WHERE a.state <> $2 AND NOT (a.state = $3 AND coalesce(a.reason = ANY($4), false)))
            AS alerted,
          count(*) FILTER (WHERE a.place IS NOT NULL) AS accepted,
          count(*) FILTER (WHERE a.place IS NOT NULL AND a.state = $5 AND s.arrived_at IS NULL) AS stood_down,
          count(*) FILTER (WHERE a.place IS NOT NULL AND a.state <> $6 AND s.arrived_at IS NULL) AS silent,
          min(a.answered_at) FILTER (WHERE a.place IS NOT NULL) AS first_accept_at,
          coalesce(array_agg(s.arrived_at) FILTER (WHERE s.arrived_at IS NOT NULL), '{}') AS arrivals
        FROM alerts.alert a
        CROSS JOIN LATERAL (
          SELECT min(t.happened_at) AS arrived_at FROM responses.status t
          WHERE t.alert_id = a.id AND t.status = ANY($7)) s
        WHERE a.incident_id = ANY($1::uuid[]) GROUP BY a.incident_id
        """,
        list(incident_ids),
        AlertState.UNREACHABLE.value,
        AlertState.MISSED.value,
        [OUTAGE, NO_CHANNEL_ACCEPTED],
        AlertState.STOOD_DOWN.value,
        AlertState.GAVE_UP.value,
        list(_ARRIVED),
    )


class PushRow(msgspec.Struct, frozen=True):
    incident_id: UUID
    first_push_at: datetime


async def first_pushes(connection: Connection, incident_ids: Sequence[UUID]) -> list[PushRow]:
    """When a provider first took a ring of each incident, as far as one said that it did."""
    return await fetch_all(
        connection,
        PushRow,
        """
        SELECT a.incident_id, min(d.settled_at) AS first_push_at
        FROM alerts.alert a
        JOIN delivery.message m ON m.subject_id = a.id AND m.what = 'ring'
        JOIN delivery.delivery d ON d.message_id = m.id AND d.state = 'accepted'
        WHERE a.incident_id = ANY($1::uuid[]) GROUP BY a.incident_id
        """,
        list(incident_ids),
    )


class CentreRow(msgspec.Struct, frozen=True):
    id: CentreId
    name: str
    valid_from: datetime | None
    valid_to: datetime | None


async def centres(connection: Connection, ids: Sequence[CentreId] | None) -> list[CentreRow]:
    """These centres, or (None) every one there is, was or will be, by name."""
    return await fetch_all(
        connection,
        CentreRow,
        """
        SELECT id, name, lower(valid) AS valid_from, upper(valid) AS valid_to FROM regions.dispatch_centre
        WHERE $1::uuid[] IS NULL OR id = ANY($1) ORDER BY name, lower(valid)
        """,
        None if ids is None else list(ids),
    )


async def erased_of(connection: Connection, incident_id: IncidentId) -> list[AlertId]:
    """Alerts of an incident whose hjerteløber has been erased since. As the incident's centre."""
    rows = await connection.fetch(
        """
        SELECT a.id FROM alerts.alert a JOIN volunteers.volunteer v ON v.id = a.volunteer_id
        WHERE a.incident_id = $1 AND v.state = 'erased'
        """,
        incident_id,
    )
    return [row["id"] for row in rows]


class Kept(msgspec.Struct, frozen=True):
    """What is still there of an incident beside its journal."""

    place: bool
    candidates: bool


async def kept_of(connection: Connection, incident_id: IncidentId) -> Kept:
    """As the incident's centre."""
    row = await connection.fetchrow(
        """
        SELECT EXISTS (SELECT FROM incidents.incident_place WHERE incident_id = $1) AS place,
               EXISTS (SELECT FROM selection.candidate WHERE incident_id = $1) AS candidates
        """,
        incident_id,
    )
    assert row is not None
    return Kept(row["place"], row["candidates"])
