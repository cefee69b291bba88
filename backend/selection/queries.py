"""All SQL of the room."""

from collections.abc import Sequence
from datetime import datetime, timedelta
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

    `turn` is the cell's, counted from 1. `askable` is what was counted to know when to stop: nothing but water is in
    the way.
    """

    volunteer_id: VolunteerId
    cell: int
    age_s: int | None
    from_place: str
    turn: int
    askable: bool
    too_old: bool
    snoozed: bool
    quiet: bool
    engaged: str | None
    has_address: bool
    over_water: bool


async def available_in_turn(
    connection: Connection,
    cells_r9: Sequence[int],
    parts: Sequence[int],
    at_least: int,
    kind: Kind,
    max_position_age_s: int,
    minute_of_week: int,
    now: datetime,
    ground: Ground,
) -> list[Seen]:
    """Those available, cell by cell in the order given, until `at_least` can be asked; with the fast facts.

    Of each cell that part, or all of it where no parts are given; the last one is read to its end. Home and work stand
    in for a position too old. Over water is whose land is known and is neither that of the patient's cell nor one the
    patient may be on.

    The statement stands in the database, which then plans it once for a connection instead of once an alarm.
    """
    rows = await connection.fetch(
        """
        SELECT volunteer_id, cell, age_s, from_place, turn, askable, too_old, snoozed, quiet, engaged, has_address,
               over_water
        FROM selection.available_in_turn($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        cells_r9,
        parts,
        at_least,
        kind.value,
        now - timedelta(seconds=max_position_age_s),
        minute_of_week,
        now,
        ground.cell,
        ground.may_be,
    )
    return [Seen(*row) for row in rows]  # columns in the order of its fields, and of their types: nothing to convert


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


async def policy_to_come(connection: Connection, centre_id: CentreId | None, after: datetime) -> bool:
    """Whether one is to be in force that begins after a moment."""
    found = await connection.fetchval(
        """
        SELECT EXISTS (SELECT FROM selection.policy_in_force f
                       WHERE f.centre_id IS NOT DISTINCT FROM $1 AND lower(f.valid) >= $2)
        """,
        centre_id,
        after,
    )
    return bool(found)


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
