"""Consents: separate by purpose, each to one version of a text, from when to when."""

from collections.abc import Sequence
from datetime import datetime

from backend.foundation.database import Connection
from backend.foundation.ids import VolunteerId, without_time
from backend.foundation.problems import bad_field
from backend.volunteers import queries, queries_consents
from backend.volunteers.active import hold, hold_present
from backend.volunteers.volunteer import Consent, Given, Purpose


async def give(connection: Connection, volunteer_id: VolunteerId, given: Given, now: datetime) -> None:
    """Consent to `given.version` of the text; the same again changes nothing, another version takes its place."""
    await hold(connection, volunteer_id)
    await queries_consents.end_other_version(connection, volunteer_id, given.purpose, given.version, now)
    await queries_consents.insert_consents(connection, volunteer_id, [without_time()], [given], now)


async def withdraw(connection: Connection, volunteer_id: VolunteerId, purpose: Purpose, now: datetime) -> None:
    """Take a consent back. What goes with it, positions or the credit to a campaign, is the edge's to drop."""
    await hold_present(connection, volunteer_id)
    await queries_consents.end_consent(connection, volunteer_id, purpose, now)


async def in_force(connection: Connection, volunteer_id: VolunteerId) -> list[Consent]:
    """By purpose."""
    return await queries_consents.in_force(connection, volunteer_id)


async def is_available(connection: Connection, volunteer_id: VolunteerId) -> bool:
    """The slow facts that `locations` keeps in its index: active, on duty, and consent to alarms."""
    return await queries.is_available(connection, volunteer_id)


def refuse_doubles(given: Sequence[Given]) -> None:
    """Raises 422 when one purpose is named twice."""
    purposes = [each.purpose for each in given]
    for number, purpose in enumerate(purposes):
        if purpose in purposes[:number]:
            raise bad_field(f"/consents/{number}/purpose", "each purpose once")
