"""What becomes of a place that is told while an incident runs: by a dispatch system, or by somebody at the console."""

from collections.abc import Callable
from uuid import UUID

import msgspec

from backend.api.dispatch_centre.place import AddressSent, Position, Wgs84, placed, revised_place
from backend.foundation.database import Connection
from backend.identity.caller import Caller, CallerRole
from backend.incidents import queries
from backend.incidents.incident import Address, Incident, Place, PlaceOnMap
from backend.incidents.words import Words, WordsOf, contradicts, is_same_point, reconciled
from backend.regions.find import Borders

Facts = tuple[Position | None, float | None, AddressSent | None]
"""Position, radius and address as they were sent; what was left out is None."""


class Told(msgspec.Struct, frozen=True):
    """Where the patient is by now; what each system said last, None where no system speaks; `kept`: see `Words`."""

    where: PlaceOnMap
    words: dict[UUID, Words] | None = None
    kept: bool = False


async def told(
    connection: Connection,
    caller: Caller,
    incident: Incident,
    known: Place,
    facts: Facts,
    borders: Borders,
    *,
    means_it: bool,
    adds: bool = False,
) -> Told:
    """Of a dispatch system's report only what differs from its last words counts.

    Of its revision, which `means_it`, and of somebody at the console all does. Raises as `placed`; `adds`: see
    `revised_place`.
    """
    plainly = revised_place(known, *facts, borders, incident.opened_at, adds=adds)
    if caller.role is not CallerRole.DISPATCH:
        return Told(plainly)

    def said_after(last: Place) -> Place:
        return revised_place(last, *facts, borders, incident.opened_at).place

    words = await queries.words_of(connection, incident.id)
    before = words.get(caller.subject_id) or _repeated(words, said_after)
    if before is None:
        said, where = said_after(msgspec.structs.replace(known, address=Address())), plainly
    else:
        said = said_after(before.place)
        place = _reconciled(known, before.place, said, facts, means_it=means_it)
        where = placed(Wgs84(place.lat, place.lon), place.accuracy_m, place.address, borders, incident.opened_at)
    kept = before is not None and not means_it and contradicts(said, where.place)
    now = {**words, caller.subject_id: Words(said, kept)}
    return Told(where, None if now == words else now, kept and before is not None and not before.kept)


def _reconciled(known: Place, last: Place, said: Place, facts: Facts, *, means_it: bool) -> Place:
    position, radius_m, address = facts
    stands = known if position is not None or radius_m is None else msgspec.structs.replace(known, accuracy_m=radius_m)
    return reconciled(
        stands,
        last,
        said,
        moved=position is not None if means_it else not is_same_point(said, last),
        readdressed=address is not None if means_it else said.address != last.address,
    )


def _repeated(words: WordsOf, said_after: Callable[[Place], Place]) -> Words | None:
    """Of a system that says something for the first time: another one's words that it only repeats, as a second
    log-in does when the first one fails.
    """
    for each in words.values():
        said = said_after(each.place)
        if is_same_point(said, each.place) and said.address == each.place.address:
            return each
    return None
