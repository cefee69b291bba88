"""All SQL of the room."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.foundation.database import Connection, fetch_all, fetch_one
from backend.foundation.ids import CentreId, IncidentId
from backend.foundation.kinds import Kind
from backend.identity.data_keys import stored
from backend.identity.ring import ring_of
from backend.incidents.incident import Asking, EndReason, Incident, Place, PlaceOnMap, Report
from backend.incidents.sealed_place import open_place, open_words, seal_place
from backend.incidents.words import Words, WordsOf


async def insert(
    connection: Connection,
    incident_id: IncidentId,
    kind: Kind,
    centre_id: CentreId,
    report: Report,
    policy: dict[str, Any],
    asking: Asking,
    coarse: bool,
    exclusions: Sequence[str],
    linked_to: IncidentId | None,
    now: datetime,
) -> None:
    await connection.execute(
        """
        INSERT INTO incidents.incident (
          id, kind, centre_id, case_number, state, asking, opened_at, last_event_at, next_seq, revision, policy,
          cell_r9, municipality, region, accuracy_m, coarse, exclusions, circumstances, age_group, patient_sex,
          dansk_indeks, call_taker_group, call_received_at, recognised_at, linked_to,
          patient_sex_at, dansk_indeks_at, call_taker_group_at, numbered_by)
        VALUES ($1, $2, $3, $4, 'open', $5, $6, $6, 1, 1, $7, $8,
                $9, $10, $11, $12, $13, $14, $15, $16, $17,
                $18, $19, $20, $21, $22, $23, $24, $25)
        """,
        incident_id,
        kind.value,
        centre_id,
        report.case_number,
        asking.value,
        now,
        policy,
        report.where.cell_r9,
        report.where.municipality,
        report.where.region,
        report.where.place.accuracy_m,
        coarse,
        list(exclusions),
        [c.value for c in report.all_circumstances()],
        report.age_group,
        report.patient_sex,
        report.dansk_indeks,
        report.call_taker_group,
        report.call_received_at,
        report.recognised_at,
        linked_to,
        report.patient_sex_at,
        report.dansk_indeks_at,
        report.call_taker_group_at,
        report.numbered_by,
    )


async def put_place(
    connection: Connection, incident_id: IncidentId, centre_id: CentreId, place: Place, words: WordsOf
) -> None:
    """Keep where the patient is, and what systems said of it, sealed, in place of what was kept before."""
    sealed = seal_place(ring_of(connection), incident_id, place, words)
    await connection.execute(
        """
        WITH place AS (
          INSERT INTO incidents.incident_place (incident_id, centre_id, point_sealed, address_sealed, told_sealed)
          VALUES ($1, $2, $3, $4, $5)
          ON CONFLICT (incident_id) DO UPDATE
          SET point_sealed = EXCLUDED.point_sealed, address_sealed = EXCLUDED.address_sealed,
              told_sealed = EXCLUDED.told_sealed)
        INSERT INTO incidents.data_key (incident_id, centre_id, key_id, wrapped) VALUES ($1, $2, $6, $7)
        ON CONFLICT (incident_id) DO UPDATE SET key_id = EXCLUDED.key_id, wrapped = EXCLUDED.wrapped
        """,
        incident_id,
        centre_id,
        sealed.point,
        sealed.address,
        sealed.told,
        sealed.key.key_id,
        sealed.key.wrapped,
    )


async def lock(connection: Connection, incident_id: IncidentId) -> Incident | None:
    """The incident, locked until the transaction ends: whoever decides about it holds this.

    Its key stays free: a row elsewhere that names it (a possible duplicate's other side) waits for no decision.
    """
    return await fetch_one(
        connection,
        Incident,
        """
        SELECT id, kind, centre_id, case_number, state, asking, opened_at, last_event_at, centre_asked_at, ended_at,
               end_reason, next_seq, revision, policy, municipality, region, accuracy_m, coarse, exclusions,
               override_reason, linked_to, reach_step, reach_since, wanted, lacking, wished
        FROM incidents.incident WHERE id = $1 FOR NO KEY UPDATE
        """,
        incident_id,
    )


async def of_centre(
    connection: Connection, centre_id: CentreId, kind: Kind, state: str | None, before: datetime | None, limit: int
) -> list[Incident]:
    """A centre's incidents of a kind, newest first."""
    return await fetch_all(
        connection,
        Incident,
        """
        SELECT id, kind, centre_id, case_number, state, asking, opened_at, last_event_at, centre_asked_at, ended_at,
               end_reason, next_seq, revision, policy, municipality, region, accuracy_m, coarse, exclusions,
               override_reason, linked_to, reach_step, reach_since, wanted, lacking, wished
        FROM incidents.incident
        WHERE centre_id = $1 AND ($2::text IS NULL OR state = $2) AND ($3::timestamptz IS NULL OR opened_at < $3)
          AND kind = $5
        ORDER BY opened_at DESC LIMIT $4
        """,
        centre_id,
        state,
        before,
        limit,
        kind.value,
    )


async def one_of_centre(connection: Connection, centre_id: CentreId, incident_id: IncidentId) -> Incident | None:
    return await fetch_one(
        connection,
        Incident,
        """
        SELECT id, kind, centre_id, case_number, state, asking, opened_at, last_event_at, centre_asked_at, ended_at,
               end_reason, next_seq, revision, policy, municipality, region, accuracy_m, coarse, exclusions,
               override_reason, linked_to, reach_step, reach_since, wanted, lacking, wished
        FROM incidents.incident WHERE id = $1 AND centre_id = $2
        """,
        incident_id,
        centre_id,
    )


class PlaceRow(msgspec.Struct, frozen=True):
    cell_r9: int
    accuracy_m: float | None
    point_sealed: bytes
    address_sealed: bytes
    key_id: str | None
    wrapped: bytes | None


async def place_of(connection: Connection, incident_id: IncidentId) -> Place | None:
    """Where the patient is, or None once that has been erased. Never fails for want of a key: see `sealed_place`."""
    row = await fetch_one(
        connection,
        PlaceRow,
        """
        SELECT i.cell_r9, i.accuracy_m, p.point_sealed, p.address_sealed, k.key_id, k.wrapped
        FROM incidents.incident_place p JOIN incidents.incident i ON i.id = p.incident_id
        LEFT JOIN incidents.data_key k ON k.incident_id = p.incident_id WHERE p.incident_id = $1
        """,
        incident_id,
    )
    if row is None:
        return None
    return open_place(
        ring_of(connection),
        incident_id,
        row.point_sealed,
        row.address_sealed,
        stored(row.key_id, row.wrapped),
        row.cell_r9,
        row.accuracy_m,
    )


class ToldRow(msgspec.Struct, frozen=True):
    told_sealed: bytes | None
    key_id: str | None
    wrapped: bytes | None


async def words_of(connection: Connection, incident_id: IncidentId) -> dict[UUID, Words]:
    """Where each dispatch system last said that the patient is, by its log-in; of none where that cannot be read."""
    row = await fetch_one(
        connection,
        ToldRow,
        """
        SELECT p.told_sealed, k.key_id, k.wrapped FROM incidents.incident_place p
        LEFT JOIN incidents.data_key k ON k.incident_id = p.incident_id WHERE p.incident_id = $1
        """,
        incident_id,
    )
    if row is None:
        return {}
    return open_words(ring_of(connection), incident_id, row.told_sealed, stored(row.key_id, row.wrapped))


async def set_asking(connection: Connection, incident_id: IncidentId, asking: Asking) -> None:
    await connection.execute("UPDATE incidents.incident SET asking = $2 WHERE id = $1", incident_id, asking.value)


async def widen(connection: Connection, incident_id: IncidentId, step: int, now: datetime) -> None:
    """From now on people are looked for as far as the policy's `step`-th wider reach."""
    await connection.execute(
        "UPDATE incidents.incident SET reach_step = $2, reach_since = $3 WHERE id = $1", incident_id, step, now
    )


async def set_wanted(connection: Connection, incident_id: IncidentId, wanted: int | None, lacking: int) -> None:
    """How many are wanted at a time (None: as many as before), and how many of these are busy elsewhere."""
    await connection.execute(
        "UPDATE incidents.incident SET wanted = coalesce($2, wanted), lacking = $3 WHERE id = $1",
        incident_id,
        wanted,
        lacking,
    )


async def wish(connection: Connection, incident_id: IncidentId, more: int) -> None:
    await connection.execute("UPDATE incidents.incident SET wished = wished + $2 WHERE id = $1", incident_id, more)


async def override(connection: Connection, incident_id: IncidentId, reason: str, now: datetime) -> None:
    await connection.execute(
        """
        UPDATE incidents.incident SET exclusions = '{}', override_reason = $2, asking = 'pending', reach_since = $3
        WHERE id = $1
        """,
        incident_id,
        reason,
        now,
    )


async def end(connection: Connection, incident_id: IncidentId, reason: EndReason, now: datetime) -> None:
    await connection.execute(
        "UPDATE incidents.incident SET state = 'ended', ended_at = $3, end_reason = $2 WHERE id = $1",
        incident_id,
        reason.value,
        now,
    )


async def centre_asked(connection: Connection, incident_id: IncidentId, now: datetime) -> None:
    await connection.execute("UPDATE incidents.incident SET centre_asked_at = $2 WHERE id = $1", incident_id, now)


async def reserve_seqs(
    connection: Connection, incident_id: IncidentId, count: int, sign_of_life_at: datetime | None
) -> int:
    """Take `count` journal numbers; the first is returned. Something really happened: then its time is kept too."""
    first: int = await connection.fetchval(
        """
        UPDATE incidents.incident SET next_seq = next_seq + $2,
               last_event_at = coalesce($3, last_event_at),
               centre_asked_at = CASE WHEN $3::timestamptz IS NULL THEN centre_asked_at END
        WHERE id = $1 RETURNING next_seq - $2
        """,
        incident_id,
        count,
        sign_of_life_at,
    )
    return first


async def revise(
    connection: Connection, incident_id: IncidentId, where: PlaceOnMap, coarse: bool, moved_at: datetime | None
) -> None:
    await connection.execute(
        """
        UPDATE incidents.incident SET revision = revision + 1, cell_r9 = $2, municipality = $3, region = $4,
               accuracy_m = $5, coarse = $6, reach_since = coalesce($7, reach_since)
        WHERE id = $1
        """,
        incident_id,
        where.cell_r9,
        where.municipality,
        where.region,
        where.place.accuracy_m,
        coarse,
        moved_at,
    )


async def add_facts(connection: Connection, incident_id: IncidentId, report: Report) -> None:
    """What a repeated report tells newly; what it leaves out stays, and a fact told again keeps its time."""
    await connection.execute(
        """
        UPDATE incidents.incident SET
          circumstances = CASE WHEN $2::text[] = '{}' THEN circumstances ELSE $2 END,
          age_group = coalesce($3, age_group), patient_sex = coalesce($4, patient_sex),
          dansk_indeks = coalesce($5, dansk_indeks), call_taker_group = coalesce($6, call_taker_group),
          patient_sex_at = CASE WHEN $4 IS DISTINCT FROM patient_sex THEN coalesce($9, patient_sex_at)
            ELSE patient_sex_at END,
          dansk_indeks_at = CASE WHEN $5 IS DISTINCT FROM dansk_indeks THEN coalesce($10, dansk_indeks_at)
            ELSE dansk_indeks_at END,
          call_taker_group_at = CASE WHEN $6 IS DISTINCT FROM call_taker_group THEN coalesce($11, call_taker_group_at)
            ELSE call_taker_group_at END,
          call_received_at = coalesce($7, call_received_at), recognised_at = coalesce($8, recognised_at)
        WHERE id = $1
        """,
        incident_id,
        [c.value for c in report.all_circumstances()],
        report.age_group,
        report.patient_sex,
        report.dansk_indeks,
        report.call_taker_group,
        report.call_received_at,
        report.recognised_at,
        report.patient_sex_at,
        report.dansk_indeks_at,
        report.call_taker_group_at,
    )


class CaseRow(msgspec.Struct, frozen=True):
    id: IncidentId
    state: str
    ended_at: datetime | None


async def latest_of_case(
    connection: Connection, centre_id: CentreId, numbered_by: CentreId, kind: Kind, case_number: str
) -> CaseRow | None:
    """The newest incident of a centre under a case number of somebody's numbering: dispatch systems recycle them."""
    return await fetch_one(
        connection,
        CaseRow,
        """
        SELECT id, state, ended_at FROM incidents.incident
        WHERE centre_id = $1 AND case_number = $2 AND kind = $3 AND coalesce(numbered_by, centre_id) = $4
        ORDER BY opened_at DESC LIMIT 1
        """,
        centre_id,
        case_number,
        kind.value,
        numbered_by,
    )


async def link(connection: Connection, incident_id: IncidentId, to: IncidentId) -> None:
    await connection.execute("UPDATE incidents.incident SET linked_to = $2 WHERE id = $1", incident_id, to)


async def erase_places(connection: Connection, ended_before: datetime) -> int:
    """Forget where ended incidents of the centre that was entered were, and destroy the keys to it; gives how many."""
    rows = await connection.fetch(
        """
        DELETE FROM incidents.incident_place p USING incidents.incident i
        WHERE i.id = p.incident_id AND i.state = 'ended' AND i.ended_at <= $1 RETURNING p.incident_id
        """,
        ended_before,
    )
    return len(rows)


async def centre_of(connection: Connection, incident_id: IncidentId) -> CentreId | None:
    """Whose incident it is, of whatever centre: for who must enter that centre first. None: there is none."""
    found: CentreId | None = await connection.fetchval("SELECT incidents.centre_of($1)", incident_id)
    return found


async def by_ids(connection: Connection, incident_ids: Sequence[IncidentId]) -> list[Incident]:
    """Incidents of any centre: for whoever was asked in them."""
    return await fetch_all(
        connection,
        Incident,
        """
        SELECT id, kind, centre_id, case_number, state, asking, opened_at, last_event_at, centre_asked_at, ended_at,
               end_reason, next_seq, revision, policy, municipality, region, accuracy_m, coarse, exclusions,
               override_reason, linked_to, reach_step, reach_since, wanted, lacking, wished
        FROM incidents.incident WHERE id = ANY($1::uuid[])
        """,
        list(incident_ids),
    )


async def open_since(connection: Connection, centre_id: CentreId) -> datetime | None:
    """When the first of the centre's live incidents that are still open began; None: none is."""
    found: datetime | None = await connection.fetchval(
        """
        SELECT min(opened_at) FROM incidents.incident WHERE centre_id = $1 AND state = 'open' AND kind = 'live'
        """,
        centre_id,
    )
    return found
