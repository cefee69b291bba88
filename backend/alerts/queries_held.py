"""SQL of who has been held by an alarm for long: so long they are asked for no other."""

from datetime import datetime

import msgspec

from backend.alerts.alert import AlertState
from backend.foundation.database import Connection, fetch_all, fetch_one
from backend.foundation.ids import AlertId, CentreId, IncidentId, VolunteerId
from backend.foundation.kinds import Kind


class Held(msgspec.Struct, frozen=True):
    """Somebody by the pseudonym of one incident, and what holds them. `ended`: the incident is over."""

    alert_id: AlertId
    pseudonym: str
    case_number: str
    kind: Kind
    engaged: str
    since: datetime
    last_sign_at: datetime
    alert_state: AlertState
    ended: bool


class Whose(msgspec.Struct, frozen=True):
    """Whom an alert is about; `held`: by it, still."""

    incident_id: IncidentId
    volunteer_id: VolunteerId
    held: bool


async def held(
    connection: Connection, centre_id: CentreId, rang_before: datetime, went_before: datetime, at_most: int
) -> list[Held]:
    """By a centre's alarms, the longest first: ringing since before `rang_before`, on a mission since `went_before`."""
    return await fetch_all(
        connection,
        Held,
        """
        SELECT a.id AS alert_id, a.pseudonym, i.case_number, i.kind, e.state AS engaged, e.since, a.last_sign_at,
               a.state AS alert_state, i.state = 'ended' AS ended
        FROM volunteers.engagement e
        JOIN incidents.incident i ON i.id = e.incident_id
        JOIN alerts.alert a ON a.incident_id = e.incident_id AND a.volunteer_id = e.volunteer_id
        WHERE i.centre_id = $1 AND e.kind IN ('live', 'exercise')
          AND e.since < CASE e.state WHEN 'ringing' THEN $2::timestamptz ELSE $3::timestamptz END
        ORDER BY e.since, a.id LIMIT $4
        """,
        centre_id,
        rang_before,
        went_before,
        at_most,
    )


async def whose(connection: Connection, centre_id: CentreId, alert_id: AlertId) -> Whose | None:
    """None for an alert that is not the centre's."""
    return await fetch_one(
        connection,
        Whose,
        """
        SELECT a.incident_id, a.volunteer_id,
               EXISTS (SELECT FROM volunteers.engagement e
                       WHERE e.volunteer_id = a.volunteer_id AND e.incident_id = a.incident_id) AS held
        FROM alerts.alert a WHERE a.id = $2 AND a.centre_id = $1
        """,
        centre_id,
        alert_id,
    )
