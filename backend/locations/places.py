"""Home and work: where somebody can be asked when the live position is missing or too old."""

import math
from datetime import datetime

from backend.foundation.database import Connection
from backend.foundation.ids import VolunteerId
from backend.locations import queries
from backend.locations.blackout import hides
from backend.locations.cells import cell_of, coarsened, res9_parent
from backend.locations.position import FixedPlace, Judged, Outcome, Reason


async def set_place(
    connection: Connection, volunteer_id: VolunteerId, place: FixedPlace, lat: float, lon: float, now: datetime
) -> Judged:
    """Keep the cell of home or work, coarse for whoever chose coarse; refused without consent to location."""
    if not (math.isfinite(lat) and math.isfinite(lon)):
        return Judged(Outcome.REFUSED, Reason.NOT_FINITE)
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return Judged(Outcome.REFUSED, Reason.OUT_OF_RANGE)
    stands = await queries.standing(connection, volunteer_id)
    if stands is None or not stands.active:
        return Judged(Outcome.REFUSED, Reason.WITHDRAWN)
    if not stands.location_consent:
        return Judged(Outcome.REFUSED, Reason.NO_LOCATION_CONSENT)
    if await hides(connection, lat, lon, coarse=stands.coarse, now=now):
        return Judged(Outcome.REFUSED, Reason.BLACKOUT)
    cell = cell_of(lat, lon)
    if stands.coarse:
        cell = coarsened(cell)
    await queries.set_fixed_place(connection, volunteer_id, place, cell, res9_parent(cell), stands.available, now)
    return Judged(Outcome.ACCEPTED)


async def delete_place(connection: Connection, volunteer_id: VolunteerId, place: FixedPlace) -> bool:
    """Forget home or work; False when it was not known."""
    return await queries.delete_fixed_place(connection, volunteer_id, place)


async def places_set(connection: Connection, volunteer_id: VolunteerId) -> list[FixedPlace]:
    """Which of the two are set; where they are is told to nobody, not even their owner."""
    return [FixedPlace(place) for place in await queries.fixed_places(connection, volunteer_id)]
