"""Somebody takes up what needs a person: from then on it is quiet for the whole centre."""

from datetime import datetime
from uuid import UUID

from backend.attention import queries
from backend.attention.item import By, Item
from backend.attention.look import write
from backend.foundation.database import Actor, Connection, enter
from backend.foundation.ids import CentreId
from backend.foundation.journal import Event, Happening
from backend.foundation.problems import not_found
from backend.incidents import queries as incident_queries


async def acknowledge(
    connection: Connection, actor: Actor, centre_id: CentreId, item_id: UUID, by: By, by_id: UUID, now: datetime
) -> Item:
    """Write down who took it up, and when. Whoever does so first is kept: again, or by somebody else, nothing changes.

    Raises a 404 problem for what is not the centre's.
    """
    await enter(connection, centre_id)
    item = await queries.one(connection, centre_id, item_id)
    if item is None:
        raise not_found("attention item")
    if item.acknowledged_at is not None:
        return item
    incident = None
    if item.incident_id is not None:
        incident = await incident_queries.lock(connection, item.incident_id)  # before the item: as whoever raises it
    if await queries.acknowledge(connection, item_id, by, by_id, now):
        facts = {"needs": item.what.value, "by": by.value, "after_s": round((now - item.raised_at).total_seconds())}
        await write(connection, actor, centre_id, incident, Happening(Event.ATTENTION_TAKEN, {**facts}), now)
    taken = await queries.one(connection, centre_id, item_id)
    assert taken is not None, "it was there a moment ago, and is never removed while it waits"
    return taken
