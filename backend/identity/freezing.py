"""Freezing a dispatch system: two people together, at once, whatever it is about to send."""

from datetime import datetime

from backend.foundation.database import Actor, Connection, Role
from backend.foundation.journal import Event, Happening, write_outside_incidents
from backend.identity import queries_clients as queries


class NotTwoPeople(ValueError):
    """Freezing silences a dispatch centre's system: one person cannot."""


async def freeze(connection: Connection, client_id: str, confirmed_by: tuple[str, str], now: datetime) -> bool:
    """Refuse whatever the client sends, from its next request on, reports of incidents too.

    `confirmed_by`: the two who decided it, by what the installation calls its operators. False when there is no such
    client in use, or it is frozen already. Raises NotTwoPeople.
    """
    return await _change(connection, client_id, confirmed_by, "client_frozen", now, frozen_at=now)


async def unfreeze(connection: Connection, client_id: str, confirmed_by: tuple[str, str], now: datetime) -> bool:
    """Let it call again, at once. As :func:`freeze` otherwise."""
    return await _change(connection, client_id, confirmed_by, "client_unfrozen", now, frozen_at=None)


async def _change(
    connection: Connection,
    client_id: str,
    confirmed_by: tuple[str, str],
    change: str,
    now: datetime,
    *,
    frozen_at: datetime | None,
) -> bool:
    first, second = (name.strip().casefold() for name in confirmed_by)
    if not first or not second or first == second:
        raise NotTwoPeople("two different people have to confirm this")
    client = await queries.set_frozen(connection, client_id, frozen_at)
    if client is None:
        return False
    facts = {"change": change, "client": str(client.id), "confirmed_by": [first, second]}
    actor = Actor(Role.OWNER, centre_id=client.centre_id)
    await write_outside_incidents(connection, actor, Happening(Event.RIGHT_CHANGED, {**facts}), now)
    return True
