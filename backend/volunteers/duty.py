"""When somebody wants to be rung: a switch, a snooze, and quiet hours every week."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from backend.foundation.database import Connection
from backend.foundation.ids import VolunteerId
from backend.foundation.problems import bad_field
from backend.volunteers import queries
from backend.volunteers.active import hold
from backend.volunteers.quiet_week import Minutes

# A snooze ends by itself; who wants to be away for longer switches duty off and is reminded of it.
LONGEST_SNOOZE = timedelta(days=366)


async def set_duty(
    connection: Connection,
    volunteer_id: VolunteerId,
    on_duty: bool,
    snoozed_until: datetime | None,
    quiet_week: Sequence[Minutes],
    now: datetime,
) -> None:
    """Raises 422 for a snooze of more than a year; one that is over is none. `locations` is the edge's to tell."""
    if snoozed_until is not None and snoozed_until > now + LONGEST_SNOOZE:
        raise bad_field("/snoozed_until", "at most a year ahead: switch duty off instead")
    await hold(connection, volunteer_id)
    running = snoozed_until if snoozed_until is not None and snoozed_until > now else None
    await queries.update_duty(connection, volunteer_id, on_duty, running, quiet_week)
