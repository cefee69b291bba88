"""What the edges call when a volunteer's standing changes, in the same transaction as the change."""

import msgspec

from backend.foundation.database import Connection
from backend.foundation.ids import VolunteerId
from backend.locations import queries
from backend.locations.cells import coarsened, res9_parent


async def set_available(connection: Connection, volunteer_id: VolunteerId, available: bool) -> None:
    """On or off duty, consent to alarms given or taken back: slow facts only, they stand in the index."""
    await queries.set_available(connection, volunteer_id, available)


async def make_coarse(connection: Connection, volunteer_id: VolunteerId) -> None:
    """Somebody chose coarser cells: what is kept already becomes coarse at once. Finer comes with the next report."""
    kept = await queries.cells_of(connection, volunteer_id)
    coarse = [msgspec.structs.replace(each, cell=coarsened(each.cell)) for each in kept]
    await queries.coarsen(connection, volunteer_id, coarse, [res9_parent(each.cell) for each in coarse])


async def forget_live(connection: Connection, volunteer_id: VolunteerId) -> None:
    """Whoever withdrew is nowhere; home and work stay, unused, as long as they may take it back."""
    await queries.forget_live(connection, volunteer_id)


async def forget(connection: Connection, volunteer_id: VolunteerId) -> None:
    """Consent to location taken back, or withdrawn: nothing is known of where this person is, was or lives."""
    await queries.forget(connection, volunteer_id)
