"""Erasing: a row without a name stays, for the figures."""

from datetime import datetime

from backend.foundation.database import Connection
from backend.foundation.ids import VolunteerId
from backend.identity import refresh
from backend.volunteers import queries, queries_consents, queries_devices, queries_leaving
from backend.volunteers.active import hold_present


async def erase(connection: Connection, volunteer_id: VolunteerId, now: datetime) -> None:
    """Phone with its hash, name, birth year, devices, addresses and log-ins are gone; consents end.

    What engages them must have ended before; what other rooms keep is theirs to drop, in the same transaction. Raises
    401 for somebody who is not there.
    """
    await hold_present(connection, volunteer_id)
    await queries_leaving.mark_erased(connection, volunteer_id, now)
    await queries_consents.end_all(connection, volunteer_id, now)
    await queries_devices.retire_all_addresses(connection, volunteer_id, now)
    await queries_devices.delete_devices(connection, volunteer_id)
    await queries.delete_person(connection, volunteer_id)
    await queries_leaving.delete_engagement(connection, volunteer_id)
    await refresh.forget_volunteer(connection, volunteer_id)
