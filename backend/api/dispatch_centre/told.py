"""What a dispatch system says of the place, beside its last words: it sends a case anew for whatever changes in it."""

import msgspec

from backend.api.dispatch_centre.place import AddressSent, Position, revised_place
from backend.foundation.database import Connection
from backend.identity.caller import Caller, CallerRole
from backend.incidents import queries
from backend.incidents.incident import Incident, Place
from backend.regions.find import Borders


class Told(msgspec.Struct, frozen=True):
    """The place in the system's own words; `news`: they are not its last ones."""

    place: Place
    news: bool


async def told_by(
    connection: Connection,
    caller: Caller,
    incident: Incident,
    known: Place,
    position: Position | None,
    accuracy_m: float | None,
    address: AddressSent | None,
    borders: Borders,
) -> Told | None:
    """None of somebody at the console: what a person says is always meant."""
    if caller.role is not CallerRole.DISPATCH:
        return None
    last = await queries.told_of(connection, incident.id)
    where = revised_place(last or known, position, accuracy_m, address, borders, incident.opened_at)
    return Told(where.place, news=where.place != last)
