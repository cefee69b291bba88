"""SQL on where an incident's candidates are now."""

from collections.abc import Sequence

import msgspec

from backend.foundation.database import Connection, fetch_all
from backend.foundation.ids import IncidentId, VolunteerId


class OfIncident(msgspec.Struct, frozen=True):
    incident_id: IncidentId
    volunteer_id: VolunteerId
    cell: int


class InCell(msgspec.Struct, frozen=True):
    volunteer_id: VolunteerId
    cell: int


async def cells_of_candidates(connection: Connection, incident_id: IncidentId) -> list[InCell]:
    """The cell of everybody looked at, of the place by which they were; nobody whose position is no longer kept."""
    return await fetch_all(
        connection,
        InCell,
        """
        SELECT c.volunteer_id, coalesce(f.cell, p.cell) AS cell
        FROM (
          SELECT DISTINCT ON (volunteer_id) volunteer_id, from_place FROM selection.candidate
          WHERE incident_id = $1 ORDER BY volunteer_id, wave DESC) c
        LEFT JOIN locations.fixed_place f ON f.volunteer_id = c.volunteer_id AND f.place = c.from_place
        LEFT JOIN locations.position p ON p.volunteer_id = c.volunteer_id AND c.from_place = 'live'
        WHERE coalesce(f.cell, p.cell) IS NOT NULL
        """,
        incident_id,
    )


async def cells_of_candidates_of(connection: Connection, incident_ids: Sequence[IncidentId]) -> list[OfIncident]:
    """As :func:`cells_of_candidates`, of several incidents."""
    return await fetch_all(
        connection,
        OfIncident,
        """
        SELECT c.incident_id, c.volunteer_id, coalesce(f.cell, p.cell) AS cell
        FROM (
          SELECT DISTINCT ON (incident_id, volunteer_id) incident_id, volunteer_id, from_place FROM selection.candidate
          WHERE incident_id = ANY($1::uuid[]) ORDER BY incident_id, volunteer_id, wave DESC) c
        LEFT JOIN locations.fixed_place f ON f.volunteer_id = c.volunteer_id AND f.place = c.from_place
        LEFT JOIN locations.position p ON p.volunteer_id = c.volunteer_id AND c.from_place = 'live'
        WHERE coalesce(f.cell, p.cell) IS NOT NULL
        """,
        list(incident_ids),
    )
