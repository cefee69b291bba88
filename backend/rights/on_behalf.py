"""What an operator does because somebody asked for it by another way than the app, with that person's own rights."""

from backend.alerts.apply import Contended
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Connection, Database, Lane, Role
from backend.foundation.ids import VolunteerId
from backend.identity.keys import Keys
from backend.rights import withdraw as withdrawing
from backend.rights.erase import Why, erase
from backend.rights.erasure_list import ErasureList
from backend.rights.withdraw import Withdrawn


async def withdraw_person(
    database: Database, listing: ErasureList, volunteer_id: VolunteerId, clock: Clock, by: str
) -> Withdrawn:
    """Returns when nothing that had started can still arrive. `by`: the operator's sign, for the journal."""
    actor = _as(volunteer_id)

    async def work(connection: Connection) -> Withdrawn:
        return await withdrawing.withdraw(connection, actor, listing, volunteer_id, clock.now(), by=(by,))

    done = await database.in_transaction(actor, Lane.REST, work, again_on=(Contended,))
    await withdrawing.wait_for_started(database, actor, done.stopped, clock)
    return done


async def take_back_for(
    database: Database, listing: ErasureList, volunteer_id: VolunteerId, clock: Clock, by: str
) -> None:
    async with database.acting_as(_as(volunteer_id), Lane.REST) as connection:
        await withdrawing.take_back(connection, _as(volunteer_id), listing, volunteer_id, clock.now(), by=(by,))


async def erase_person(
    database: Database, listing: ErasureList, keys: Keys, volunteer_id: VolunteerId, clock: Clock, by: str
) -> None:
    """Raises 401 for nobody, 503 when the list of erasures cannot be written."""
    actor = _as(volunteer_id)

    async def work(connection: Connection) -> None:
        await erase(connection, actor, listing, keys, volunteer_id, Why.OPERATOR, clock.now(), by=(by,))

    await database.in_transaction(actor, Lane.REST, work, again_on=(Contended,))


def _as(volunteer_id: VolunteerId) -> Actor:
    return Actor(Role.API, person_id=volunteer_id)
