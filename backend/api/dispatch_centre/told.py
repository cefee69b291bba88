"""What becomes of a place that a dispatch system tells while its incident runs, beside what others have corrected."""

from collections.abc import Callable
from uuid import UUID

import msgspec

from backend.api.dispatch_centre.place import AddressSent, Position, Wgs84, placed, revised_place
from backend.foundation.database import Connection
from backend.identity.caller import Caller, CallerRole
from backend.incidents import queries
from backend.incidents.incident import Address, Incident, Place, PlaceOnMap
from backend.incidents.words import Words, WordsOf, contradicts, is_same_point, reconciled, stood_after
from backend.regions.find import Borders

Facts = tuple[Position | None, float | None, AddressSent | None]
"""Position, radius and address as they were sent; what was left out is None."""


class Told(msgspec.Struct, frozen=True):
    """Where the patient is by now, and the place in the system's own words; None where no system speaks.

    `kept`: another place stands than the system goes on saying, and that is not written down yet.
    """

    where: PlaceOnMap
    words: Words | None = None
    kept: bool = False

    def said_by(self, client: UUID) -> tuple[UUID, Words] | None:
        return None if self.words is None else (client, self.words)


async def told_again(
    connection: Connection, caller: Caller, incident: Incident, known: Place, facts: Facts, borders: Borders
) -> Told:
    """By a report. Of a dispatch system only what differs from its last words counts. Raises as `placed`."""
    if caller.role is not CallerRole.DISPATCH:
        return Told(revised_place(known, *facts, borders, incident.opened_at))
    words = await queries.words_of(connection, incident.id)
    before = words.get(caller.subject_id) or _repeated(words, _after(facts, incident, borders))
    if before is None:
        return _meant(incident, known, facts, borders, None)
    said = _after(facts, incident, borders)(before.place)
    place = reconciled(known, before, said)
    where = placed(Wgs84(place.lat, place.lon), place.accuracy_m, place.address, borders, incident.opened_at)
    kept = place if known.readable and contradicts(said, place) else None
    words_now = Words(said, stood_after(place, before, said), kept)
    return Told(where, words_now, kept=kept is not None and kept != before.kept)


async def meant(
    connection: Connection,
    caller: Caller,
    incident: Incident,
    known: Place,
    facts: Facts,
    borders: Borders,
    *,
    adds: bool,
) -> Told:
    """By a revision: whatever stands in it is meant, and what is left out stays. `adds`: see `revised_place`."""
    if caller.role is not CallerRole.DISPATCH:
        return Told(revised_place(known, *facts, borders, incident.opened_at, adds=adds))
    words = await queries.words_of(connection, incident.id)
    return _meant(incident, known, facts, borders, words.get(caller.subject_id))


def _meant(incident: Incident, known: Place, facts: Facts, borders: Borders, before: Words | None) -> Told:
    last = msgspec.structs.replace(known, address=Address()) if before is None else before.place
    where = revised_place(known, *facts, borders, incident.opened_at)
    return Told(where, Words(_after(facts, incident, borders)(last), where.place))


def _after(facts: Facts, incident: Incident, borders: Borders) -> Callable[[Place], Place]:
    """The place in the words of a system that says this after it has said that."""

    def said(last: Place) -> Place:
        return revised_place(last, *facts, borders, incident.opened_at).place

    return said


def _repeated(words: WordsOf, said_after: Callable[[Place], Place]) -> Words | None:
    """Of a system that says something for the first time: another one's words that it only repeats, as a second
    log-in does when the first one fails.
    """
    for each in words.values():
        said = said_after(each.place)
        if is_same_point(said, each.place) and said.address == each.place.address:
            return each
    return None
