"""What a worker, a centre and its neighbour do about what needs a person."""

from datetime import timedelta
from uuid import UUID, uuid4

from backend.attention import queries
from backend.attention.acknowledge import acknowledge
from backend.attention.agreed import agree, set_rule
from backend.attention.item import Acknowledges, Agreement, By, Item, Needs
from backend.attention.look import Lookout
from backend.foundation.database import Actor, Role
from backend.foundation.ids import CentreId, IncidentId, without_time
from backend.regions.queries import add_centre
from tests.alarm.cast import NOON, Town

OWNER = Actor(Role.OWNER)


async def looks(town: Town) -> None:
    await Lookout(town.database, town.clock).round()


async def sounds(town: Town) -> IncidentId:
    """An arrest to which nobody is on the way: after two minutes it sounds."""
    incident = await town.arrest()
    await town.time_passes(minutes=2)
    await looks(town)
    return incident


async def items(town: Town, centre_id: CentreId | None = None) -> list[Item]:
    whose = centre_id or town.centre_id
    async with town.database.acting_as(Actor(Role.API, centre_id=whose)) as c:
        return await queries.not_over(c, whose)


async def waiting(town: Town, centre_id: CentreId | None = None) -> list[Needs]:
    return [item.what for item in await items(town, centre_id) if item.waits]


async def takes_up(town: Town, item_id: UUID, staff: UUID | None = None) -> Item:
    staff = staff or uuid4()
    actor = Actor(Role.API, centre_id=town.centre_id, person_id=staff)
    async with town.database.acting_as(actor) as c:
        return await acknowledge(c, actor, town.centre_id, item_id, By.STAFF, staff, town.now)


async def rules(town: Town, acknowledges: Acknowledges) -> None:
    async with town.database.acting_as(OWNER) as c:
        await set_rule(c, OWNER, town.centre_id, acknowledges, timedelta(seconds=120), "vagthavende", town.now)


async def neighbour(town: Town) -> CentreId:
    centre_id = CentreId(without_time())
    async with town.acting(Role.OWNER) as c:
        await c.execute("RESET ROLE")
        await add_centre(c, centre_id, "amk-nabo", "AMK Nabo", "live", NOON - timedelta(days=1), None)
    return centre_id


async def agrees(town: Town, to: CentreId) -> None:
    agreement = Agreement(to, timedelta(seconds=60), 0, 0, timedelta(minutes=30))
    async with town.database.acting_as(OWNER) as c:
        await agree(c, OWNER, town.centre_id, agreement, "vagthavende", town.now)


async def lent(town: Town) -> list[tuple[UUID, timedelta]]:
    rows = await town.rows(
        "SELECT acting_id, upper(valid) - lower(valid) AS long FROM regions.access WHERE why = 'agreement' "
        "ORDER BY lower(valid)"
    )
    return [(row["acting_id"], row["long"]) for row in rows]


async def events(town: Town, incident: IncidentId) -> list[str]:
    return [entry.event for entry in await town.journal(incident)]
