"""All SQL of the locations. Positions go in as arrays: a batch costs one round trip, whatever its size."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from backend.foundation.database import Connection, fetch_all, fetch_one
from backend.foundation.ids import VolunteerId


class Standing(msgspec.Struct, frozen=True):
    """What decides whether and how a place of a volunteer is kept."""

    active: bool
    location_consent: bool
    alarms_consent: bool
    on_duty: bool
    coarse: bool

    @property
    def available(self) -> bool:
        """The slow facts only: snooze, quiet hours and engagement are asked when somebody is chosen."""
        return self.active and self.location_consent and self.alarms_consent and self.on_duty


class Cell(msgspec.Struct, frozen=True):
    place: str | None
    cell: int


class Newest(msgspec.Struct, frozen=True):
    """The newest usable position of one volunteer, in both grains: the statement takes the one they chose."""

    volunteer_id: VolunteerId
    cell: int | None  # all null: there was no usable one, but how the volunteer stands is wanted
    cell_r9: int | None
    coarse_cell: int | None
    coarse_cell_r9: int | None
    accuracy_m: float | None
    measured_at: datetime | None
    in_doubt: Sequence[int] = ()  # cells this may be in, in truth: of blackout areas not one


class Kept(msgspec.Struct, frozen=True):
    """How a volunteer stands and what became of the position."""

    volunteer_id: VolunteerId
    active: bool
    location_consent: bool
    mission: UUID | None  # the incident of a mission, where there is one
    known_since: datetime | None  # measured_at of what was known before
    kept: bool
    hidden: bool  # in a blackout area, perhaps


async def standing(connection: Connection, volunteer_id: VolunteerId) -> Standing | None:
    """None when there is no such volunteer."""
    return await fetch_one(
        connection,
        Standing,
        """
        SELECT v.state = 'active' AS active,
          EXISTS (SELECT FROM volunteers.consent c
                  WHERE c.volunteer_id = v.id AND c.purpose = 'location'
                    AND c.withdrawn_at IS NULL) AS location_consent,
          EXISTS (SELECT FROM volunteers.consent c
                  WHERE c.volunteer_id = v.id AND c.purpose = 'alarms'
                    AND c.withdrawn_at IS NULL) AS alarms_consent,
          v.on_duty, v.coarse_position AS coarse
        FROM volunteers.volunteer v WHERE v.id = $1
        """,
        volunteer_id,
    )


async def keep_newest(connection: Connection, newest: Sequence[Newest], now: datetime) -> list[Kept]:
    """Keep each volunteer's newest position where it is newer than what is known and where consent allows.

    In a blackout area, or where that is in doubt, nothing is kept, and what was kept before is deleted.

    One row back for each volunteer there is, whatever was kept; at most one position a volunteer. The statement stands
    in the database, since it works for many people and the transaction acts for none of them.
    """
    return await fetch_all(
        connection,
        Kept,
        """
        SELECT volunteer_id, active, location_consent, mission, known_since, kept, hidden
        FROM locations.keep_newest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """,
        [each.volunteer_id for each in newest],
        [each.cell for each in newest],
        [each.cell_r9 for each in newest],
        [each.coarse_cell for each in newest],
        [each.coarse_cell_r9 for each in newest],
        [each.accuracy_m for each in newest],
        [each.measured_at for each in newest],
        [each.volunteer_id for each in newest for _ in each.in_doubt],
        [cell for each in newest for cell in each.in_doubt],
        now,
    )


class Whereabouts(msgspec.Struct, frozen=True):
    """The exact point of a mission; without one the cell of the live position, else those of home and work."""

    volunteer_id: VolunteerId
    lat: float | None
    lon: float | None
    cells: list[int]


async def whereabouts(
    connection: Connection,
    volunteer_ids: Sequence[VolunteerId],
    incident_id: UUID,
    max_position_age_s: int,
    now: datetime,
) -> list[Whereabouts]:
    """What is known of where these volunteers are; left out is whoever nothing is known of."""
    return await fetch_all(
        connection,
        Whereabouts,
        """
        SELECT v.id AS volunteer_id, m.lat, m.lon, s.cells FROM unnest($1::uuid[]) AS v (id)
        LEFT JOIN locations.mission_position m ON m.volunteer_id = v.id AND m.incident_id = $2
        LEFT JOIN locations.position p
          ON p.volunteer_id = v.id AND p.seen_at >= $4::timestamptz - make_interval(secs => $3)
        CROSS JOIN LATERAL (
          SELECT CASE WHEN p.cell IS NOT NULL THEN ARRAY[p.cell] ELSE
            ARRAY(SELECT f.cell FROM locations.fixed_place f WHERE f.volunteer_id = v.id ORDER BY f.place)
          END AS cells) s
        WHERE m.lat IS NOT NULL OR s.cells <> '{}'
        """,
        list(volunteer_ids),
        incident_id,
        float(max_position_age_s),
        now,
    )


async def keep_mission_position(
    connection: Connection,
    volunteer_id: VolunteerId,
    incident_id: UUID,
    lat: float,
    lon: float,
    accuracy_m: float | None,
    measured_at: datetime,
) -> None:
    """The exact point, the newest only; nothing once the mission is over."""
    await connection.execute(
        """
        INSERT INTO locations.mission_position AS p (volunteer_id, incident_id, lat, lon, accuracy_m, measured_at)
        SELECT $1::uuid, $2::uuid, $3, $4, $5, $6::timestamptz
        WHERE EXISTS (SELECT FROM volunteers.engagement e
                      WHERE e.volunteer_id = $1 AND e.incident_id = $2 AND e.state = 'mission')
        ON CONFLICT (volunteer_id) DO UPDATE
        SET incident_id = EXCLUDED.incident_id, lat = EXCLUDED.lat, lon = EXCLUDED.lon,
          accuracy_m = EXCLUDED.accuracy_m, measured_at = EXCLUDED.measured_at
        WHERE p.measured_at < EXCLUDED.measured_at OR p.incident_id <> EXCLUDED.incident_id
        """,
        volunteer_id,
        incident_id,
        lat,
        lon,
        accuracy_m,
        measured_at,
    )


async def renew(connection: Connection, volunteer_id: VolunteerId, seen_at: datetime) -> bool:
    """Somebody is still where they were; False when no position is known, or when an area began to hide it."""
    known = await connection.fetchval(
        """
        WITH hidden AS (
          SELECT p.volunteer_id FROM locations.position p
          JOIN locations.blackout_cell b ON b.cell = p.cell AND (p.coarse OR NOT b.coarse)
          JOIN locations.blackout_area a ON a.id = b.area_id AND a.valid @> $2::timestamptz
          WHERE p.volunteer_id = $1 LIMIT 1),
        forgotten AS (
          DELETE FROM locations.position p USING hidden h WHERE p.volunteer_id = h.volunteer_id),
        exact AS (
          DELETE FROM locations.mission_position m USING hidden h WHERE m.volunteer_id = h.volunteer_id)
        UPDATE locations.position SET seen_at = greatest(seen_at, $2)
        WHERE volunteer_id = $1 AND NOT EXISTS (SELECT FROM hidden) RETURNING true
        """,
        volunteer_id,
        seen_at,
    )
    return bool(known)


async def set_fixed_place(
    connection: Connection,
    volunteer_id: VolunteerId,
    place: str,
    cell: int,
    cell_r9: int,
    available: bool,
    now: datetime,
) -> None:
    await connection.execute(
        """
        INSERT INTO locations.fixed_place (volunteer_id, place, cell, cell_r9, available, set_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (volunteer_id, place) DO UPDATE
        SET cell = EXCLUDED.cell, cell_r9 = EXCLUDED.cell_r9, available = EXCLUDED.available, set_at = EXCLUDED.set_at
        """,
        volunteer_id,
        place,
        cell,
        cell_r9,
        available,
        now,
    )


async def delete_fixed_place(connection: Connection, volunteer_id: VolunteerId, place: str) -> bool:
    gone = await connection.fetchval(
        "DELETE FROM locations.fixed_place WHERE volunteer_id = $1 AND place = $2 RETURNING true", volunteer_id, place
    )
    return bool(gone)


async def fixed_places(connection: Connection, volunteer_id: VolunteerId) -> list[str]:
    """Which fixed places somebody has set; where they are is not told back."""
    rows = await connection.fetch(
        "SELECT place FROM locations.fixed_place WHERE volunteer_id = $1 ORDER BY place", volunteer_id
    )
    return [row["place"] for row in rows]


async def set_available(connection: Connection, volunteer_id: VolunteerId, available: bool) -> None:
    """Both tables in one statement."""
    await connection.execute(
        """
        WITH live AS (
          UPDATE locations.position SET available = $2 WHERE volunteer_id = $1 AND available <> $2)
        UPDATE locations.fixed_place SET available = $2 WHERE volunteer_id = $1 AND available <> $2
        """,
        volunteer_id,
        available,
    )


async def cells_of(connection: Connection, volunteer_id: VolunteerId) -> list[Cell]:
    """Every cell kept of a volunteer: the live one (`place` null) and the fixed ones."""
    return await fetch_all(
        connection,
        Cell,
        """
        SELECT NULL AS place, cell FROM locations.position WHERE volunteer_id = $1
        UNION ALL SELECT place, cell FROM locations.fixed_place WHERE volunteer_id = $1
        """,
        volunteer_id,
    )


async def coarsen(
    connection: Connection, volunteer_id: VolunteerId, cells: Sequence[Cell], cells_r9: Sequence[int]
) -> None:
    """Put coarser cells in the place of those kept, in both tables with one statement."""
    await connection.execute(
        """
        WITH coarser AS (
          SELECT place, cell, cell_r9 FROM unnest($2::text[], $3::bigint[], $4::bigint[]) AS c (place, cell, cell_r9)),
        live AS (
          UPDATE locations.position p SET cell = c.cell, cell_r9 = c.cell_r9, coarse = true
          FROM coarser c WHERE p.volunteer_id = $1 AND c.place IS NULL)
        UPDATE locations.fixed_place f SET cell = c.cell, cell_r9 = c.cell_r9
        FROM coarser c WHERE f.volunteer_id = $1 AND f.place = c.place
        """,
        volunteer_id,
        [each.place for each in cells],
        [each.cell for each in cells],
        list(cells_r9),
    )


async def forget_live(connection: Connection, volunteer_id: VolunteerId) -> None:
    await connection.execute(
        """
        WITH exact AS (DELETE FROM locations.mission_position WHERE volunteer_id = $1)
        DELETE FROM locations.position WHERE volunteer_id = $1
        """,
        volunteer_id,
    )


async def forget(connection: Connection, volunteer_id: VolunteerId) -> None:
    """Every trace of where somebody is, in one statement."""
    await connection.execute(
        """
        WITH live AS (DELETE FROM locations.position WHERE volunteer_id = $1),
             exact AS (DELETE FROM locations.mission_position WHERE volunteer_id = $1)
        DELETE FROM locations.fixed_place WHERE volunteer_id = $1
        """,
        volunteer_id,
    )


async def forget_mission_positions(
    connection: Connection, volunteer_ids: Sequence[VolunteerId], incident_id: UUID
) -> None:
    await connection.execute(
        "DELETE FROM locations.mission_position WHERE volunteer_id = ANY($1::uuid[]) AND incident_id = $2",
        list(volunteer_ids),
        incident_id,
    )


async def delete_seen_before(connection: Connection, limit: datetime, at_most: int) -> list[VolunteerId]:
    """Drop positions last seen before `limit`; whose they were. Rows being renewed are left to the next round."""
    rows = await connection.fetch(
        """
        DELETE FROM locations.position WHERE volunteer_id IN (
          SELECT volunteer_id FROM locations.position WHERE seen_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)
        RETURNING volunteer_id
        """,
        limit,
        at_most,
    )
    return [VolunteerId(row["volunteer_id"]) for row in rows]


async def delete_orphaned_mission_positions(connection: Connection, now: datetime, after: timedelta) -> int:
    """Exact points whose owner is on no mission any more, or that are older than any mission lasts."""
    gone: int = await connection.fetchval(
        """
        WITH gone AS (
          DELETE FROM locations.mission_position m
          WHERE m.measured_at < $1::timestamptz - $2::interval
             OR NOT EXISTS (SELECT FROM volunteers.engagement e
                            WHERE e.volunteer_id = m.volunteer_id AND e.incident_id = m.incident_id
                              AND e.state = 'mission')
          RETURNING 1)
        SELECT count(*) FROM gone
        """,
        now,
        after,
    )
    return gone
