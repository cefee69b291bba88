"""All SQL of the room."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.foundation.database import Connection, fetch_all, fetch_one
from backend.foundation.ids import CentreId, IncidentId, VolunteerId
from backend.foundation.kinds import Kind
from backend.locations.water import Ground
from backend.selection.candidate import Candidate, FromPlace, Verdict


class Seen(msgspec.Struct, frozen=True):
    """Somebody whose live position, home or work lies in the searched cells.

    `there` false: of another kind, gone meanwhile, or a home that no longer stands in for a live position. Told with
    everybody: how many rows were read, and the last group of cells that was, counted from 1.
    """

    volunteer_id: VolunteerId
    cell: int
    age_s: int | None
    from_place: FromPlace
    there: bool
    too_old: bool
    snoozed: bool
    quiet: bool
    engaged: str | None
    has_address: bool
    over_water: bool
    rows_read: int
    last_group: int


class Search(msgspec.Struct, frozen=True):
    """Cells from the inside out: group n is `cells[begins[n]:ends[n]]`, counted from 1 as PostgreSQL counts.

    Groups are read until they hold `rows` rows. Of those whose cell stands in `parts`, whose metres are known, only
    the `nearest` and whoever is exactly as far away are looked at; without parts everybody is.
    """

    cells: Sequence[int]
    begins: Sequence[int]
    ends: Sequence[int]
    parts: Sequence[int]  # resolution 10
    metres: Sequence[int]  # of each part
    rows: int
    nearest: int

    def rings_in(self, groups: int) -> int:
        """How many rings so many groups are: the first group is two of them."""
        return groups + 1


async def available_in_rings(
    connection: Connection,
    search: Search,
    kind: Kind,
    max_position_age_s: int,
    minute_of_week: int,
    now: datetime,
    ground: Ground,
) -> list[Seen]:
    """Those available in res-9 cells, from the inside out, with the fast facts.

    Home and work stand in for a position too old. Over water is whose land is known and is neither that of the
    patient's cell nor one the patient may be on. Both are read in this statement: an import that commits meanwhile
    numbers lands anew. Unknown is null, and null is false; where the patient's land is unknown nobody's is looked up.

    Groups are numbered by WITH ORDINALITY: PostgreSQL knows that they come in that order, sorts nothing, and reads no
    group more than FETCH FIRST asks for. Each LATERAL … LIMIT 1 is one look-up by key a person. Written as joins, a
    plan made before the tables were analysed (the sixth run on a connection keeps one for good) read whole tables for
    every person found: 500 ms. Likewise array_position: a join with a handful of cells is planned as with thousands.
    """
    return await fetch_all(
        connection,
        Seen,
        """
        WITH seen AS (
          SELECT part.number, here.volunteer_id, here.cell, here.cell_r9, here.age_s, here.from_place, here.too_old
          FROM unnest($8::int[], $9::int[]) WITH ORDINALITY AS part (first, last, number)
          CROSS JOIN LATERAL (
            SELECT p.volunteer_id, p.cell, p.cell_r9, extract(epoch FROM $4::timestamptz - p.seen_at)::int AS age_s,
                   'live' AS from_place, p.seen_at < $4 - make_interval(secs => $3) AS too_old
            FROM locations.position p
            WHERE p.cell_r9 = ANY(($1::bigint[])[part.first:part.last]) AND p.available
            UNION ALL
            SELECT f.volunteer_id, f.cell, f.cell_r9, NULL, f.place, false
            FROM locations.fixed_place f
            WHERE f.cell_r9 = ANY(($1::bigint[])[part.first:part.last]) AND f.available) here
          ORDER BY part.number FETCH FIRST ($12::int) ROWS WITH TIES),
        near AS (
          SELECT volunteer_id, cell, cell_r9, age_s, from_place, too_old FROM seen
          ORDER BY ($11::int[])[array_position($10::bigint[], cell)] FETCH FIRST ($13::int) ROWS WITH TIES)
        SELECT near.volunteer_id, near.cell, near.age_s, near.from_place, near.too_old,
               told.rows_read, told.last_group,
               v.snoozed IS NOT NULL AND live.fresh IS NULL AS there, coalesce(v.snoozed, false) AS snoozed,
               coalesce(v.quiet, false) AS quiet, e.state AS engaged, a.healthy IS NOT NULL AS has_address,
               coalesce(
                 CASE WHEN (SELECT l.land FROM locations.land_cell l WHERE l.cell_r9 = $6) IS NOT NULL THEN
                   (SELECT l.land FROM locations.land_cell l WHERE l.cell_r9 = near.cell_r9) <> ALL (
                     ARRAY(SELECT DISTINCT l.land FROM locations.land_cell l WHERE l.cell_r9 = ANY($7::bigint[]))) END,
                 false) AS over_water
        FROM near
        CROSS JOIN (SELECT count(*) AS rows_read, max(number) AS last_group FROM seen) told
        LEFT JOIN LATERAL (
          SELECT true AS fresh FROM locations.position p
          WHERE near.from_place <> 'live' AND p.volunteer_id = near.volunteer_id
            AND p.seen_at >= $4 - make_interval(secs => $3) LIMIT 1) live ON true
        LEFT JOIN LATERAL (
          SELECT coalesce(v.snoozed_until > $4, false) AS snoozed, v.quiet_week @> $5::int AS quiet
          FROM volunteers.volunteer v
          WHERE v.id = near.volunteer_id AND v.kind = $2 AND v.state = 'active' LIMIT 1) v ON true
        LEFT JOIN LATERAL (
          SELECT e.state FROM volunteers.engagement e WHERE e.volunteer_id = near.volunteer_id LIMIT 1) e ON true
        LEFT JOIN LATERAL (
          SELECT true AS healthy FROM volunteers.address a
          WHERE a.volunteer_id = near.volunteer_id AND a.health = 'healthy' LIMIT 1) a ON true
        """,
        search.cells,
        kind.value,
        float(max_position_age_s),
        now,
        minute_of_week,
        ground.cell,
        ground.may_be,
        search.begins,
        search.ends,
        search.parts,
        search.metres,
        search.rows,
        search.nearest,
    )


async def insert_candidates(
    connection: Connection,
    incident_id: IncidentId,
    centre_id: CentreId,
    wave: int,
    looked_at: Sequence[tuple[Candidate, Verdict]],
) -> None:
    await connection.execute(
        """
        INSERT INTO selection.candidate (incident_id, centre_id, wave, volunteer_id, metres, age_s, from_place, verdict)
        SELECT $1, $2, $3, * FROM unnest($4::uuid[], $5::int[], $6::int[], $7::text[], $8::text[])
        """,
        incident_id,
        centre_id,
        wave,
        [c.volunteer_id for c, _ in looked_at],
        [c.metres for c, _ in looked_at],
        [c.age_s for c, _ in looked_at],
        [c.from_place.value for c, _ in looked_at],
        [verdict.value for _, verdict in looked_at],
    )


async def last_wave(connection: Connection, incident_id: IncidentId) -> int:
    """The number of the newest wave that looked at anybody; 0 when none did."""
    return int(
        await connection.fetchval(
            "SELECT coalesce(max(wave), 0) FROM selection.candidate WHERE incident_id = $1", incident_id
        )
    )


class CandidateRow(msgspec.Struct, frozen=True):
    wave: int
    volunteer_id: VolunteerId
    metres: int
    age_s: int | None
    from_place: FromPlace
    verdict: Verdict


async def candidates_of(connection: Connection, incident_id: IncidentId) -> list[CandidateRow]:
    """Who was looked at and why each was or was not asked, by wave and distance."""
    return await fetch_all(
        connection,
        CandidateRow,
        """
        SELECT wave, volunteer_id, metres, age_s, from_place, verdict FROM selection.candidate
        WHERE incident_id = $1 ORDER BY wave, metres, volunteer_id
        """,
        incident_id,
    )


async def forget_candidate(connection: Connection, volunteer_id: VolunteerId) -> None:
    """A person's rows go when the person does; the journal's digest stays."""
    await connection.execute("DELETE FROM selection.candidate WHERE volunteer_id = $1", volunteer_id)


async def forget_candidates(connection: Connection, ended_before: datetime, incidents_at_most: int) -> int:
    """Who was looked at for incidents of the centre that was entered, the longest ended first; gives how many."""
    gone: int = await connection.fetchval(
        """
        WITH over AS (
          SELECT i.id FROM incidents.incident i
          WHERE i.state = 'ended' AND i.ended_at <= $1
            AND EXISTS (SELECT FROM selection.candidate c WHERE c.incident_id = i.id)
          ORDER BY i.ended_at LIMIT $2),
        gone AS (DELETE FROM selection.candidate c USING over WHERE c.incident_id = over.id RETURNING 1)
        SELECT count(*) FROM gone
        """,
        ended_before,
        incidents_at_most,
    )
    return gone


async def forget_synthetic(connection: Connection, incident_ids: Sequence[IncidentId]) -> None:
    """Candidates of the synthetic alarm's incidents, and of no other: the database looks itself."""
    await connection.execute("SELECT selection.forget_synthetic($1::uuid[])", list(incident_ids))


class PolicyRow(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    version: int
    fields: dict[str, Any]


async def policy_in_force(connection: Connection, centre_id: CentreId, now: datetime) -> PolicyRow | None:
    """The centre's own policy at a moment, else the one for whoever has none of its own."""
    return await fetch_one(
        connection,
        PolicyRow,
        """
        SELECT p.id, p.name, p.version, p.fields
        FROM selection.policy_in_force f JOIN selection.policy p ON p.id = f.policy_id
        WHERE (f.centre_id = $1 OR f.centre_id IS NULL) AND f.valid @> $2::timestamptz
        ORDER BY f.centre_id NULLS LAST LIMIT 1
        """,
        centre_id,
        now,
    )


async def policy_named(connection: Connection, name: str) -> PolicyRow | None:
    """The newest version of a policy."""
    return await fetch_one(
        connection,
        PolicyRow,
        "SELECT id, name, version, fields FROM selection.policy WHERE name = $1 ORDER BY version DESC LIMIT 1",
        name,
    )


async def policy_names(connection: Connection) -> list[str]:
    rows = await connection.fetch("SELECT DISTINCT name FROM selection.policy ORDER BY name")
    return [row["name"] for row in rows]


async def insert_policy(
    connection: Connection, policy_id: UUID, name: str, version: int, fields: dict[str, Any], author: str, now: datetime
) -> bool:
    """False when this version is there already: a version never changes."""
    inserted = await connection.fetchval(
        """
        INSERT INTO selection.policy (id, name, version, fields, author, made_at) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (name, version) DO NOTHING RETURNING true
        """,
        policy_id,
        name,
        version,
        fields,
        author,
        now,
    )
    return bool(inserted)


async def end_policy_in_force(connection: Connection, centre_id: CentreId | None, at: datetime) -> None:
    await connection.execute(
        """
        UPDATE selection.policy_in_force SET valid = tstzrange(lower(valid), $2)
        WHERE centre_id IS NOT DISTINCT FROM $1 AND valid @> $2::timestamptz AND lower(valid) < $2
        """,
        centre_id,
        at,
    )


async def insert_policy_in_force(
    connection: Connection, row_id: UUID, centre_id: CentreId | None, policy_id: UUID, author: str, since: datetime
) -> None:
    await connection.execute(
        """
        INSERT INTO selection.policy_in_force (id, centre_id, policy_id, author, valid)
        VALUES ($1, $2, $3, $4, tstzrange($5, NULL))
        """,
        row_id,
        centre_id,
        policy_id,
        author,
        since,
    )
