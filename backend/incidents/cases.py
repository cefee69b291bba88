"""Case numbers are recycled by dispatch systems: what one means depends on what it meant last."""

from datetime import datetime, timedelta

import msgspec

from backend.foundation.database import Connection
from backend.foundation.ids import CentreId, IncidentId
from backend.foundation.kinds import Kind
from backend.incidents import keys, queries
from backend.incidents.incident import Incident, State

JUST_ENDED = timedelta(minutes=10)


class Fresh(msgspec.Struct, frozen=True):
    """Never seen at this centre, by that numbering."""


class Running(msgspec.Struct, frozen=True):
    """Its incident is open, and locked now: newer facts revise it."""

    incident: Incident


class Ended(msgspec.Struct, frozen=True):
    """Its last incident has ended; `just_now`: so short ago that this may be a mistake."""

    incident_id: IncidentId
    just_now: bool


async def case_of(
    connection: Connection, centre_id: CentreId, numbered_by: CentreId, kind: Kind, case_number: str, now: datetime
) -> Fresh | Running | Ended:
    """What a case number means at a centre now, among incidents of a kind: a trial never touches a live one.

    `numbered_by`: the centre whose system gave the number. Where centres have merged, two systems number the cases of
    one, and the same number of both is two arrests. Reports of one case wait for each other here.
    """
    await keys.one_at_a_time(connection, numbered_by, case_number)
    latest = await queries.latest_of_case(connection, centre_id, numbered_by, kind, case_number)
    if latest is None:
        return Fresh()
    incident = await queries.lock(connection, latest.id)
    if incident is not None and incident.state is State.OPEN:
        return Running(incident)
    ended_at = latest.ended_at if incident is None else incident.ended_at
    return Ended(latest.id, just_now=ended_at is not None and now - ended_at <= JUST_ENDED)
