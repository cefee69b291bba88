"""Erasing somebody in every room, in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import structlog

from backend.alerts import queries as alert_queries
from backend.alerts.alert import AlertState
from backend.delivery import answer_links, stop_person
from backend.foundation import journal
from backend.foundation.database import Actor, Connection
from backend.foundation.ids import VolunteerId
from backend.foundation.journal import Event, Happening
from backend.foundation.problems import Problem
from backend.foundation.telemetry import unreadable_total
from backend.identity import codes
from backend.identity.data_keys import Unreadable
from backend.identity.keys import Keys
from backend.locations.availability import forget
from backend.recruitment import credit
from backend.responses import queries as response_queries
from backend.responses.answer import give_up
from backend.responses.status import GiveUpReason
from backend.responses.step_back import nothing_engages, step_back
from backend.rights.erasure_list import ErasureList, Line, What
from backend.rights.queries import database_clock
from backend.rights.rung import rung_lately
from backend.selection.queries import forget_candidate
from backend.volunteers.active import hold_present
from backend.volunteers.erase import erase as erase_person
from backend.volunteers.queries import read_person, read_volunteer
from backend.volunteers.volunteer import State

_log = structlog.get_logger()


class Why(StrEnum):
    """Who wanted it."""

    ASKED = "asked"  # the person, in the app or on the pages
    OPERATOR = "operator"  # the person, by another way than ours
    WITHDREW = "withdrew"  # seven days ago
    LISTED = "listed"  # a backup was restored, or a process died, after it had been promised


class TakenBack(Exception):
    """Their seven days were over, and in the last moment they took the withdrawal back: nobody is erased."""


async def erase(
    connection: Connection,
    actor: Actor,
    listing: ErasureList,
    keys: Keys | None,
    volunteer_id: VolunteerId,
    why: Why,
    now: datetime,
    by: Sequence[str] = (),
) -> None:
    """What rings is declined, a mission is given up and the next are asked; then nothing personal is left anywhere.

    On the list outside the database before the caller commits: the promise is the list's, and whoever looks at it
    later (:mod:`backend.rights.catch_up`) keeps it should the commit fail. `keys` None: an operator's list that has not
    the service's keys; keyed hashes of this phone (codes sent, a campaign's) then go by housekeeping, in their time. So
    where the key to the phone is missing: nobody stays for that.

    Raises 401 for somebody who is not there, 503 when the list cannot be written, Contended when the transaction is
    to be begun anew, and TakenBack.
    """
    if why is not Why.WITHDREW:  # before anything is locked: no alarm waits for a disk
        await _list(connection, listing, volunteer_id)
    await end_what_engages(connection, actor, volunteer_id, now)
    await stop_person.stop_everything_to(
        connection, volunteer_id, await rung_lately(connection, volunteer_id, now), now
    )
    # From here on no alarm passes them, and they take nothing back: what was before is there to be seen.
    held = await hold_present(connection, volunteer_id)
    await nothing_engages(connection, volunteer_id)
    if why is Why.WITHDREW:
        if held.state is State.ACTIVE:
            raise TakenBack
        await _list(connection, listing, volunteer_id)  # nothing was queued to them for seven days
    phone = None if keys is None else await _phone_of(connection, volunteer_id)
    await answer_links.forget_of(connection, volunteer_id)
    await erase_person(connection, volunteer_id, now)
    await forget(connection, volunteer_id)
    await forget_candidate(connection, volunteer_id)
    await credit.take_back(connection, volunteer_id)
    if keys is not None and phone is not None:
        await codes.forget_phone(connection, keys, phone)
        await credit.forget_phone(connection, keys, phone)
    facts: dict[str, journal.Fact] = {"volunteer": str(volunteer_id), "why": why.value, "by": list(by)}
    await journal.write_outside_incidents(connection, actor, Happening(Event.ERASED, facts), now)


async def _list(connection: Connection, listing: ErasureList, volunteer_id: VolunteerId) -> None:
    """Raises 503; whoever is not there is not listed, and is refused by what follows."""
    row = await read_volunteer(connection, volunteer_id)
    if row is None or row.state is State.ERASED:
        return
    line = Line(await database_clock(connection), What.ERASED, volunteer_id)
    try:
        await listing.add(line)
    except OSError as fault:
        _log.error("erasure_list_not_written", what=What.ERASED.value, error=type(fault).__name__)
        raise _cannot_be_listed() from fault


async def end_what_engages(connection: Connection, actor: Actor, volunteer_id: VolunteerId, now: datetime) -> None:
    """Decline what rings; give up what runs, so that the place and the defibrillator are free for others at once."""
    await step_back(connection, actor, volunteer_id, now)
    incident_id = await response_queries.engaged_with(connection, volunteer_id)
    if incident_id is None:
        return
    for alert in await alert_queries.of_incident(connection, incident_id):
        if alert.volunteer_id == volunteer_id and alert.state is AlertState.ACCEPTED:
            await give_up(connection, actor, alert.id, volunteer_id, GiveUpReason.OTHER, now)


async def _phone_of(connection: Connection, volunteer_id: VolunteerId) -> str | None:
    """None where their key is missing, too: what is hashed of it goes when its time is over, the rest goes now."""
    try:
        person = await read_person(connection, volunteer_id)
    except Unreadable as why:
        unreadable_total.labels("person").inc()
        _log.error("person_unreadable", why=str(why))
        return None
    return None if person is None else person.phone


def _cannot_be_listed() -> Problem:
    return Problem(
        503, "erasure-not-listed", "Cannot be erased now", "The list of erasures cannot be written. Try again later."
    )
