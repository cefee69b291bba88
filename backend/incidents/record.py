"""Writing an incident's journal under its lock."""

from datetime import datetime

from backend.foundation import journal
from backend.foundation.database import Actor, Connection
from backend.foundation.journal import Event, Happening
from backend.incidents import queries
from backend.incidents.incident import Incident

NO_SIGN_OF_LIFE = frozenset(
    {
        Event.ALARM_FLAGGED,
        Event.CENTRE_ASKED,
        Event.ALERT_MISSED,
        Event.ATTENTION_NEEDED,
        Event.ALERT_UNREACHABLE,
        Event.CHOOSING_FAILED,
        Event.LENT,
        Event.MISSION_ENDED,
        Event.PLACE_UNREADABLE,
        Event.POSSIBLE_DUPLICATE,
        Event.REACH_WIDENED,
        Event.REVISION_UNHEARD,
    }
)
"""What the machine does of itself: no sign that somebody is still working on the incident."""


async def record(
    connection: Connection, actor: Actor, incident: Incident, happenings: list[Happening], now: datetime
) -> None:
    """Append `happenings` to the journal of an incident whose lock the caller holds."""
    if not happenings:
        return
    alive = any(h.event not in NO_SIGN_OF_LIFE for h in happenings)
    first_seq = await queries.reserve_seqs(connection, incident.id, len(happenings), now if alive else None)
    await journal.write(connection, actor, incident.id, incident.kind, incident.centre_id, first_seq, happenings, now)
