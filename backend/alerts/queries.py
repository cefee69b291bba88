"""All SQL of the room."""

from collections.abc import Sequence
from datetime import datetime

from backend.alerts.alert import Alert
from backend.foundation.database import Connection, fetch_all, fetch_one
from backend.foundation.ids import AlertId, IncidentId, VolunteerId

VOLUNTEER_CHANNEL = "hjerteloeber_volunteer"
"""NOTIFY channel; the payload is a volunteer id: their phone's stream reads its alerts again."""


async def insert(connection: Connection, alerts: Sequence[Alert]) -> list[AlertId]:
    """Write new alerts in volunteer-id order; one that exists already is left alone. Returns those written."""
    if not alerts:
        return []
    in_order = sorted(alerts, key=lambda a: a.volunteer_id.bytes)
    rows = await connection.fetch(
        """
        INSERT INTO alerts.alert (id, incident_id, volunteer_id, kind, centre_id, pseudonym, wave, ring_no, metres,
                                  position_age_s, state, asked_at, rings_until, last_sign_at)
        SELECT id, $1, volunteer_id, $2, $3, pseudonym, wave, 1, metres, age_s, 'ringing', $4, $5, $4
        FROM unnest($6::uuid[], $7::uuid[], $8::text[], $9::int[], $10::int[], $11::int[])
          AS a (id, volunteer_id, pseudonym, wave, metres, age_s)
        ON CONFLICT (incident_id, volunteer_id) DO NOTHING RETURNING id
        """,
        in_order[0].incident_id,
        in_order[0].kind.value,
        in_order[0].centre_id,
        in_order[0].asked_at,
        in_order[0].rings_until,
        [a.id for a in in_order],
        [a.volunteer_id for a in in_order],
        [a.pseudonym for a in in_order],
        [a.wave for a in in_order],
        [a.metres for a in in_order],
        [a.position_age_s for a in in_order],
    )
    return [row["id"] for row in rows]


async def ring_again(connection: Connection, alerts: Sequence[Alert]) -> None:
    """Write alerts that were let go and ring again, as if they had not been asked before."""
    await connection.execute(
        """
        UPDATE alerts.alert a SET state = 'ringing', reason = NULL, ended_at = NULL, answered_at = NULL, place = NULL,
               role = NULL, aed_id = NULL, way_m = NULL, left_reach = false, arrived_at = NULL, wave = n.wave,
               ring_no = n.ring_no, metres = n.metres, position_age_s = n.age_s, asked_at = n.asked_at,
               rings_until = n.rings_until, last_sign_at = n.asked_at, unheard_revision = 0
        FROM unnest($1::uuid[], $2::int[], $3::int[], $4::int[], $5::int[], $6::timestamptz[], $7::timestamptz[])
          AS n (id, wave, ring_no, metres, age_s, asked_at, rings_until)
        WHERE a.id = n.id
        """,
        [a.id for a in alerts],
        [a.wave for a in alerts],
        [a.ring_no for a in alerts],
        [a.metres for a in alerts],
        [a.position_age_s for a in alerts],
        [a.asked_at for a in alerts],
        [a.rings_until for a in alerts],
    )


async def insert_carried(connection: Connection, alert: Alert) -> None:
    """Write the alert of somebody who is on their way already, for the incident they go to from now on."""
    await connection.execute(
        """
        INSERT INTO alerts.alert (id, incident_id, volunteer_id, kind, centre_id, pseudonym, wave, ring_no, metres,
                                  position_age_s, state, asked_at, rings_until, answered_at, place, left_reach, way_m,
                                  role, aed_id, last_sign_at, arrived_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, 'accepted', $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
        """,
        alert.id,
        alert.incident_id,
        alert.volunteer_id,
        alert.kind.value,
        alert.centre_id,
        alert.pseudonym,
        alert.wave,
        alert.metres,
        alert.position_age_s,
        alert.asked_at,
        alert.rings_until,
        alert.answered_at,
        alert.place,
        alert.left_reach,
        alert.way_m,
        alert.role,
        alert.aed_id,
        alert.last_sign_at,
        alert.arrived_at,
    )


async def update(connection: Connection, alert: Alert) -> None:
    """Write an alert's new state; its constraints stay as the net under the decision."""
    await connection.execute(
        """
        UPDATE alerts.alert SET state = $2, reason = $3, answered_at = $4, place = $5, role = $6, aed_id = $7,
               ended_at = $8, last_sign_at = $9, ring_no = $10, rings_until = $11, left_reach = $12,
               way_m = $13, metres = $14, unheard_revision = $15, arrived_at = $16
        WHERE id = $1
        """,
        alert.id,
        alert.state.value,
        alert.reason,
        alert.answered_at,
        alert.place,
        alert.role,
        alert.aed_id,
        alert.ended_at,
        alert.last_sign_at,
        alert.ring_no,
        alert.rings_until,
        alert.left_reach,
        alert.way_m,
        alert.metres,
        alert.unheard_revision,
        alert.arrived_at,
    )


async def of_incident(connection: Connection, incident_id: IncidentId) -> list[Alert]:
    """An incident's alerts in the order they were asked."""
    return await fetch_all(
        connection,
        Alert,
        """
        SELECT id, incident_id, volunteer_id, kind, centre_id, pseudonym, wave, ring_no, metres, position_age_s, state,
               reason, asked_at, rings_until, answered_at, place, left_reach, way_m, role, aed_id, ended_at,
               last_sign_at, arrived_at, unheard_revision
        FROM alerts.alert WHERE incident_id = $1 ORDER BY wave, metres, id
        """,
        incident_id,
    )


async def of_incidents(connection: Connection, incident_ids: Sequence[IncidentId]) -> list[Alert]:
    """The alerts of several incidents, each incident's in the order they were asked."""
    return await fetch_all(
        connection,
        Alert,
        """
        SELECT id, incident_id, volunteer_id, kind, centre_id, pseudonym, wave, ring_no, metres, position_age_s, state,
               reason, asked_at, rings_until, answered_at, place, left_reach, way_m, role, aed_id, ended_at,
               last_sign_at, arrived_at, unheard_revision
        FROM alerts.alert WHERE incident_id = ANY($1::uuid[]) ORDER BY wave, metres, id
        """,
        list(incident_ids),
    )


async def own(connection: Connection, volunteer_id: VolunteerId, alert_id: AlertId) -> Alert | None:
    """One alert, if it is this volunteer's."""
    return await fetch_one(
        connection,
        Alert,
        """
        SELECT id, incident_id, volunteer_id, kind, centre_id, pseudonym, wave, ring_no, metres, position_age_s, state,
               reason, asked_at, rings_until, answered_at, place, left_reach, way_m, role, aed_id, ended_at,
               last_sign_at, arrived_at, unheard_revision
        FROM alerts.alert WHERE volunteer_id = $1 AND id = $2
        """,
        volunteer_id,
        alert_id,
    )


async def of_volunteer(connection: Connection, volunteer_id: VolunteerId, since: datetime) -> list[Alert]:
    """A volunteer's own alerts since a moment, newest first."""
    return await fetch_all(
        connection,
        Alert,
        """
        SELECT id, incident_id, volunteer_id, kind, centre_id, pseudonym, wave, ring_no, metres, position_age_s, state,
               reason, asked_at, rings_until, answered_at, place, left_reach, way_m, role, aed_id, ended_at,
               last_sign_at, arrived_at, unheard_revision
        FROM alerts.alert
        WHERE volunteer_id = $1 AND asked_at >= $2 ORDER BY asked_at DESC LIMIT 200
        """,
        volunteer_id,
        since,
    )


async def incident_of(connection: Connection, alert_id: AlertId) -> IncidentId | None:
    """Which incident an alert belongs to, of whatever centre: needed before its lock can be taken."""
    found: IncidentId | None = await connection.fetchval("SELECT alerts.incident_of($1)", alert_id)
    return found


async def received(connection: Connection, incident_id: IncidentId) -> list[AlertId]:
    """Alerts that some phone said it showed, as they were or as they were changed."""
    rows = await connection.fetch(
        """
        SELECT DISTINCT a.id FROM alerts.alert a
        JOIN delivery.message m ON m.subject_id = a.id AND m.what IN ('ring', 'revision') AND m.created_at >= a.asked_at
        JOIN delivery.delivery d ON d.message_id = m.id
        JOIN delivery.receipt r ON r.delivery_id = d.id
        WHERE a.incident_id = $1
        """,
        incident_id,
    )
    return [row["id"] for row in rows]


async def in_hand(connection: Connection, incident_id: IncidentId) -> list[AlertId]:
    """Alerts of those on the way whose defibrillator was picked up."""
    rows = await connection.fetch(
        """
        SELECT a.id FROM alerts.alert a JOIN aeds.aed d ON d.id = a.aed_id
        WHERE a.incident_id = $1 AND a.state = 'accepted' AND d.state = 'picked_up'
        """,
        incident_id,
    )
    return [row["id"] for row in rows]


async def sign_of_life(connection: Connection, alert_id: AlertId, now: datetime) -> None:
    """The volunteer on this mission was heard of."""
    await connection.execute(
        "UPDATE alerts.alert SET last_sign_at = greatest(last_sign_at, $2) WHERE id = $1 AND state = 'accepted'",
        alert_id,
        now,
    )


async def arrived(connection: Connection, alert_id: AlertId, now: datetime) -> None:
    """The volunteer on this mission is there."""
    await connection.execute(
        "UPDATE alerts.alert SET arrived_at = coalesce(arrived_at, $2) WHERE id = $1 AND state = 'accepted'",
        alert_id,
        now,
    )


async def sign_of_life_of(connection: Connection, volunteer_id: VolunteerId, now: datetime) -> None:
    """A volunteer was heard of, on whatever mission they are; nothing happens to anybody else."""
    await connection.execute(
        """
        UPDATE alerts.alert a SET last_sign_at = greatest(a.last_sign_at, $2)
        FROM volunteers.engagement e
        WHERE e.volunteer_id = $1 AND e.state = 'mission'
          AND a.volunteer_id = e.volunteer_id AND a.incident_id = e.incident_id AND a.state = 'accepted'
        """,
        volunteer_id,
        now,
    )


async def tell_phones(connection: Connection, volunteer_ids: Sequence[VolunteerId]) -> None:
    """Wake the streams of these volunteers' phones when the transaction commits."""
    await connection.execute(
        "SELECT pg_notify($1, id::text) FROM unnest($2::uuid[]) AS v (id)", VOLUNTEER_CHANNEL, list(volunteer_ids)
    )
