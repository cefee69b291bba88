"""Leaving: the person is erased, a row without a name stays for the figures."""

from datetime import datetime

from backend.foundation.database import Connection
from backend.foundation.ids import VolunteerId
from backend.foundation.problems import Problem
from backend.identity import refresh
from backend.volunteers import queries, queries_consents, queries_devices, queries_engagement
from backend.volunteers.active import hold


async def withdraw(connection: Connection, volunteer_id: VolunteerId, now: datetime) -> None:
    """Erase phone, name, birth year, devices, addresses and log-ins at once.

    Raises 409 `on-mission` while others count on this person; positions and candidates are the edge's to drop, in
    the same transaction.
    """
    await hold(connection, volunteer_id)
    engagement = await queries_engagement.engagement_of(connection, volunteer_id)
    if engagement is not None and engagement.state == "mission":
        raise Problem(409, "on-mission", "On a mission", "Finish the mission or give it up first, then leave.")
    await queries.mark_withdrawn(connection, volunteer_id, now)
    await queries_consents.end_all(connection, volunteer_id, now)
    await queries_devices.retire_all_addresses(connection, volunteer_id, now)
    await queries_devices.delete_devices(connection, volunteer_id)
    await queries.delete_person(connection, volunteer_id)
    await refresh.forget_volunteer(connection, volunteer_id)
