"""Who is ringing or on a mission, and for which incident: one at a time, by primary key."""

from collections.abc import Sequence
from datetime import datetime

from backend.foundation.database import Connection
from backend.foundation.ids import IncidentId, VolunteerId
from backend.foundation.kinds import Kind
from backend.volunteers import queries_engagement as queries
from backend.volunteers.quiet_week import minute_of_week


async def engage(
    connection: Connection,
    incident_id: IncidentId,
    kind: Kind,
    volunteer_ids: Sequence[VolunteerId],
    count: int,
    now: datetime,
) -> set[VolunteerId]:
    """The first `count` of `volunteer_ids` who are free: they ring for `incident_id` from now on.

    Passed by is whoever is engaged, withdrawn, off duty, asleep or of another kind, and whomever another alarm is
    engaging at this very moment: nobody is waited for, so no two alarms can wait for each other.
    """
    engaged: set[VolunteerId] = set()
    left = list(volunteer_ids)
    while True:
        lacking = count - len(engaged)
        taken = await queries.insert_ringing(connection, incident_id, kind, left, lacking, minute_of_week(now), now)
        engaged |= {each.volunteer_id for each in taken if each.won}
        lost = {each.volunteer_id for each in taken if not each.won}
        if not lost:
            return engaged
        # The lost ones used up the count: there may be others who are free.
        left = [each for each in left if each not in engaged and each not in lost]


async def start_mission(
    connection: Connection, volunteer_id: VolunteerId, kind: Kind, incident_id: IncidentId, now: datetime
) -> bool:
    """From ringing, or from nothing after a late yes, to a mission; False when engaged elsewhere, or erased."""
    return await queries.upsert_mission(connection, volunteer_id, kind, incident_id, now)


async def release(connection: Connection, volunteer_ids: Sequence[VolunteerId], incident_id: IncidentId) -> None:
    """Free `volunteer_ids` for other incidents, as far as they are engaged with this one."""
    await queries.delete_engagements(connection, volunteer_ids, incident_id)
