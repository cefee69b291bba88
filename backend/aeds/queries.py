"""All SQL of the defibrillators that an alarm uses; what imports write is in queries_import.py."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from backend.foundation.database import Connection, fetch_all
from backend.foundation.ids import AedId, IncidentId, VolunteerId

LOCKED_FOR = timedelta(hours=12)
"""One that was found locked may be open tomorrow: it is offered again after this time, as less reliable. Ours ††."""


class AedRow(msgspec.Struct, frozen=True):
    id: AedId
    lat: float
    lon: float
    name: str | None
    location_text: str | None
    floor: str | None
    indoor: bool | None
    opening_hours: str | None
    cabinet_code: str | None
    phone: str | None
    problems: int
    source: str
    attribution: str
    made_up: bool


async def free_in(connection: Connection, cells_r9: Sequence[int], at: datetime) -> list[AedRow]:
    """Defibrillators in some cells that nobody has, that are in their place and that still stand in their source."""
    return await fetch_all(
        connection,
        AedRow,
        """
        SELECT a.id, a.lat, a.lon, a.name, a.location_text, a.floor, a.indoor, a.opening_hours, a.cabinet_code, a.phone,
          a.problems, a.source, s.attribution, s.made_up
        FROM aeds.aed a JOIN aeds.import_source s ON s.source = a.source
        WHERE a.cell_r9 = ANY($1::bigint[]) AND a.gone_at IS NULL
          AND (a.state = 'in_place' OR (a.state = 'locked' AND a.state_at <= $2::timestamptz - $3::interval))
          AND NOT EXISTS (SELECT FROM aeds.reservation r WHERE r.aed_id = a.id)
        """,
        list(cells_r9),
        at,
        LOCKED_FOR,
    )


async def by_id(connection: Connection, aed_id: AedId) -> AedRow | None:
    """One defibrillator whatever its condition: for showing a volunteer the one that was reserved."""
    rows = await fetch_all(
        connection,
        AedRow,
        """
        SELECT a.id, a.lat, a.lon, a.name, a.location_text, a.floor, a.indoor, a.opening_hours, a.cabinet_code, a.phone,
          a.problems, a.source, s.attribution, s.made_up
        FROM aeds.aed a JOIN aeds.import_source s ON s.source = a.source
        WHERE a.id = $1
        """,
        aed_id,
    )
    return rows[0] if rows else None


async def reserve(
    connection: Connection, aed_id: AedId, incident_id: IncidentId, volunteer_id: VolunteerId, now: datetime
) -> bool:
    taken = await connection.fetchval(
        """
        INSERT INTO aeds.reservation (aed_id, incident_id, volunteer_id, reserved_at)
        SELECT a.id, $2, $3, $4::timestamptz FROM aeds.aed a
        WHERE a.id = $1 AND a.gone_at IS NULL
          AND (a.state = 'in_place' OR (a.state = 'locked' AND a.state_at <= $4::timestamptz - $5::interval))
        ON CONFLICT DO NOTHING RETURNING true
        """,
        aed_id,
        incident_id,
        volunteer_id,
        now,
        LOCKED_FOR,
    )
    return bool(taken)


async def is_reserved_for(
    connection: Connection, aed_id: AedId, incident_id: IncidentId, volunteer_id: VolunteerId
) -> bool:
    mine = await connection.fetchval(
        "SELECT true FROM aeds.reservation WHERE aed_id = $1 AND incident_id = $2 AND volunteer_id = $3",
        aed_id,
        incident_id,
        volunteer_id,
    )
    return bool(mine)


async def free_volunteers(connection: Connection, volunteer_ids: Sequence[VolunteerId]) -> None:
    await connection.execute("DELETE FROM aeds.reservation WHERE volunteer_id = ANY($1::uuid[])", list(volunteer_ids))


async def carry_reservations(
    connection: Connection, volunteer_ids: Sequence[VolunteerId], incident_id: IncidentId
) -> None:
    await connection.execute(
        "UPDATE aeds.reservation SET incident_id = $2 WHERE volunteer_id = ANY($1::uuid[])",
        list(volunteer_ids),
        incident_id,
    )


async def free_aed(connection: Connection, aed_id: AedId) -> None:
    await connection.execute("DELETE FROM aeds.reservation WHERE aed_id = $1", aed_id)


async def set_condition(connection: Connection, aed_id: AedId, condition: str, now: datetime) -> bool:
    """Returns whether there is such a defibrillator."""
    known = await connection.fetchval(
        "UPDATE aeds.aed SET state = $2, state_at = $3 WHERE id = $1 RETURNING true", aed_id, condition, now
    )
    return bool(known)


async def count_problem(connection: Connection, aed_id: AedId, condition: str, now: datetime) -> bool:
    known = await connection.fetchval(
        "UPDATE aeds.aed SET state = $2, state_at = $3, problems = problems + 1 WHERE id = $1 RETURNING true",
        aed_id,
        condition,
        now,
    )
    return bool(known)


async def confirm(connection: Connection, aed_id: AedId, now: datetime) -> bool:
    known = await connection.fetchval(
        """
        UPDATE aeds.aed SET state = 'in_place', state_at = $2, problems = 0, confirmed_at = $2
        WHERE id = $1 RETURNING true
        """,
        aed_id,
        now,
    )
    return bool(known)
