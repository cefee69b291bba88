"""SQL on what was thought last of everybody looked at for an incident."""

import msgspec

from backend.foundation.database import Connection, fetch_all
from backend.foundation.ids import IncidentId, VolunteerId
from backend.selection.candidate import FromPlace, Verdict


class LookedAt(msgspec.Struct, frozen=True):
    """One person: chosen once, chosen; else why not, as of the newest look. `metres` and age as of that look."""

    volunteer_id: VolunteerId
    metres: int
    age_s: int | None
    from_place: FromPlace
    verdict: Verdict


async def looked_at(connection: Connection, incident_id: IncidentId, limit: int) -> list[LookedAt]:
    """The nearest `limit` of those looked at, each once."""
    return await fetch_all(
        connection,
        LookedAt,
        """
        SELECT volunteer_id, metres, age_s, from_place, verdict FROM (
          SELECT DISTINCT ON (volunteer_id) volunteer_id, metres, age_s, from_place, verdict FROM selection.candidate
          WHERE incident_id = $1 ORDER BY volunteer_id, (verdict = 'chosen') DESC, wave DESC) newest
        ORDER BY metres, volunteer_id LIMIT $2
        """,
        incident_id,
        limit,
    )
