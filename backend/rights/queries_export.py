"""SQL of a person's copy: what each table holds about them. Read with their own rights (`foundation.person()`)."""

from collections.abc import Sequence
from uuid import UUID

from backend.foundation.database import Connection, fetch_all, fetch_one
from backend.foundation.ids import VolunteerId
from backend.rights import person_export as of


async def account(connection: Connection, volunteer_id: VolunteerId) -> of.Account | None:
    return await fetch_one(
        connection,
        of.Account,
        """
        SELECT v.id AS volunteer_id, v.kind, v.state, v.created_at, v.withdrawn_at, v.training, v.languages,
               v.municipality, v.on_duty, v.snoozed_until,
               ARRAY(SELECT lower(span) FROM unnest(v.quiet_week) AS span) AS quiet_from,
               ARRAY(SELECT upper(span) FROM unnest(v.quiet_week) AS span) AS quiet_to, v.coarse_position,
               v.last_seen_at
        FROM volunteers.volunteer v WHERE v.id = $1 AND v.state <> 'erased'
        """,
        volunteer_id,
    )


async def consents(connection: Connection, volunteer_id: VolunteerId) -> list[of.ConsentGiven]:
    return await fetch_all(
        connection,
        of.ConsentGiven,
        """
        SELECT purpose, version, given_at, withdrawn_at FROM volunteers.consent
        WHERE volunteer_id = $1 ORDER BY given_at, purpose
        """,
        volunteer_id,
    )


async def devices(connection: Connection, volunteer_id: VolunteerId) -> list[of.OwnDevice]:
    return await fetch_all(
        connection,
        of.OwnDevice,
        """
        SELECT id AS device_id, platform, app_version, language, permissions, last_seen_at
        FROM volunteers.device WHERE volunteer_id = $1 ORDER BY last_seen_at, id
        """,
        volunteer_id,
    )


async def addresses(connection: Connection, volunteer_id: VolunteerId) -> list[of.OwnAddress]:
    return await fetch_all(
        connection,
        of.OwnAddress,
        """
        SELECT id AS address_id, channel, health, device_id, created_at, changed_at, last_receipt_at
        FROM volunteers.address WHERE volunteer_id = $1 ORDER BY created_at, id
        """,
        volunteer_id,
    )


async def log_ins(connection: Connection, volunteer_id: VolunteerId) -> list[of.LogIn]:
    return await fetch_all(
        connection,
        of.LogIn,
        """
        SELECT device_id, created_at, expires_at, used_at, revoked_at FROM identity.refresh_token
        WHERE volunteer_id = $1 ORDER BY created_at, id
        """,
        volunteer_id,
    )


async def codes_sent(connection: Connection, phone_hash: bytes) -> list[of.CodeSent]:
    return await fetch_all(
        connection,
        of.CodeSent,
        """
        SELECT created_at, expires_at, used_at FROM identity.one_time_code WHERE phone_hash = $1 ORDER BY created_at
        """,
        phone_hash,
    )


async def places(connection: Connection, volunteer_id: VolunteerId) -> list[of.KeptPlace]:
    return await fetch_all(
        connection,
        of.KeptPlace,
        """
        SELECT 'live' AS what, cell, coarse, accuracy_m, measured_at AS since, seen_at
        FROM locations.position WHERE volunteer_id = $1
        UNION ALL SELECT place, cell, NULL, NULL, set_at, NULL FROM locations.fixed_place WHERE volunteer_id = $1
        """,
        volunteer_id,
    )


async def exact_place(connection: Connection, volunteer_id: VolunteerId) -> of.ExactPlace | None:
    return await fetch_one(
        connection,
        of.ExactPlace,
        """
        SELECT incident_id, lat, lon, accuracy_m, measured_at FROM locations.mission_position WHERE volunteer_id = $1
        """,
        volunteer_id,
    )


async def engaged(connection: Connection, volunteer_id: VolunteerId) -> of.Engaged | None:
    return await fetch_one(
        connection,
        of.Engaged,
        "SELECT incident_id, state, since FROM volunteers.engagement WHERE volunteer_id = $1",
        volunteer_id,
    )


async def fetches(connection: Connection, volunteer_id: VolunteerId) -> list[of.FetchedAed]:
    return await fetch_all(
        connection,
        of.FetchedAed,
        "SELECT aed_id, incident_id, reserved_at FROM aeds.reservation WHERE volunteer_id = $1",
        volunteer_id,
    )


async def alerts(connection: Connection, volunteer_id: VolunteerId) -> list[of.OwnAlert]:
    return await fetch_all(
        connection,
        of.OwnAlert,
        """
        SELECT id AS alert_id, incident_id, centre_id, kind, pseudonym, wave, metres, position_age_s, state, reason,
               asked_at, rings_until, answered_at, place, left_reach, role, aed_id, way_m, arrived_at, ended_at,
               last_sign_at
        FROM alerts.alert WHERE volunteer_id = $1 ORDER BY asked_at, id
        """,
        volunteer_id,
    )


async def told(connection: Connection, alert_ids: Sequence[UUID]) -> list[of.Told]:
    return await fetch_all(
        connection,
        of.Told,
        """
        SELECT alert_id, status, happened_at, received_at FROM responses.status
        WHERE alert_id = ANY($1::uuid[]) ORDER BY happened_at, status
        """,
        list(alert_ids),
    )


async def words(connection: Connection, alert_ids: Sequence[UUID]) -> list[of.Word]:
    return await fetch_all(
        connection,
        of.Word,
        """
        SELECT alert_id, from_centre, word, said_at FROM responses.word
        WHERE alert_id = ANY($1::uuid[]) ORDER BY said_at, id
        """,
        list(alert_ids),
    )


async def messages(connection: Connection, volunteer_id: VolunteerId, alert_ids: Sequence[UUID]) -> list[of.Message]:
    """Found by what they were about, and notices and test alarms by the person: there is an index for each."""
    return await fetch_all(
        connection,
        of.Message,
        """
        WITH own AS (
          SELECT id FROM delivery.message WHERE subject_id = ANY($2::uuid[]) AND volunteer_id = $1
          UNION SELECT id FROM delivery.message WHERE volunteer_id = $1 AND what = 'test_alarm'
          UNION SELECT id FROM delivery.message WHERE volunteer_id = $1 AND what = 'notice')
        SELECT m.id AS message_id, m.what, m.created_at, m.expires_at, m.stopped_at, m.content, d.channel,
               d.state AS delivery_state, d.settled_at, a.started_at, r.outcome, s.shown_at, s.received_at
        FROM own JOIN delivery.message m ON m.id = own.id
        LEFT JOIN delivery.delivery d ON d.message_id = m.id
        LEFT JOIN delivery.attempt a ON a.delivery_id = d.id
        LEFT JOIN delivery.attempt_result r ON r.attempt_id = a.id
        LEFT JOIN delivery.receipt s ON s.delivery_id = d.id
        ORDER BY m.created_at, m.id, d.channel, a.started_at
        """,
        volunteer_id,
        list(alert_ids),
    )


async def looked_at(connection: Connection, volunteer_id: VolunteerId) -> list[of.LookedAt]:
    return await fetch_all(
        connection,
        of.LookedAt,
        """
        SELECT incident_id, wave, metres, age_s, from_place, verdict FROM selection.candidate
        WHERE volunteer_id = $1 ORDER BY incident_id, wave
        """,
        volunteer_id,
    )


async def campaign(connection: Connection, volunteer_id: VolunteerId) -> of.Membership | None:
    return await fetch_one(
        connection,
        of.Membership,
        """
        SELECT campaign_id, code, area, stage, answered, registered_at FROM recruitment.member WHERE volunteer_id = $1
        """,
        volunteer_id,
    )


async def campaign_proven(connection: Connection, phone_key: bytes) -> list[of.Proven]:
    return await fetch_all(
        connection,
        of.Proven,
        "SELECT campaign_id, code, proven_at FROM recruitment.touch WHERE phone_key = $1 ORDER BY proven_at, code",
        phone_key,
    )


async def written_outside(connection: Connection, volunteer_id: VolunteerId) -> list[of.Written]:
    return await fetch_all(
        connection,
        of.Written,
        """
        SELECT at, event, incident_id, facts FROM foundation.journal_entry
        WHERE incident_id IS NULL AND (person_id = $1::uuid OR facts ->> 'volunteer' = $1::uuid::text) ORDER BY id
        """,
        volunteer_id,
    )


async def written_of_alert(
    connection: Connection, volunteer_id: VolunteerId, incident_id: UUID, alert_id: UUID
) -> list[of.Written]:
    """The incident's centre must have been entered."""
    return await fetch_all(
        connection,
        of.Written,
        """
        SELECT at, event, incident_id, facts FROM foundation.journal_entry
        WHERE incident_id = $2 AND (facts ->> 'alert' = $3::uuid::text OR person_id = $1) ORDER BY seq
        """,
        volunteer_id,
        incident_id,
        alert_id,
    )


async def views_of_incident(connection: Connection, volunteer_id: VolunteerId, incident_id: UUID) -> list[of.Viewed]:
    """Of them, by them, or of everybody at once. The incident's centre must have been entered."""
    return await fetch_all(
        connection,
        of.Viewed,
        """
        SELECT at, what, viewer, viewer_id = $1 AS by_themselves, incident_id, centre_id FROM incidents.viewed
        WHERE incident_id = $2
          AND (viewer_id = $1 OR about_id = $1 OR about_id IS NULL AND what IN ('candidates', 'position')) ORDER BY id
        """,
        volunteer_id,
        incident_id,
    )
