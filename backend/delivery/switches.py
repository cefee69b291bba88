"""The operator's switch of each channel. Off means: nothing is queued for it, nothing starts, what waits ends now."""

from datetime import datetime

from backend.delivery import queries_switches
from backend.delivery.message import Channel
from backend.delivery.queries_switches import Switch
from backend.foundation.database import Actor, Connection
from backend.foundation.journal import Event, Happening, write_outside_incidents


async def switches(connection: Connection) -> list[Switch]:
    """Every channel, on or off."""
    return await queries_switches.switches(connection)


class LastChannel(Exception):
    """It is the only one that is on: without it no alarm reaches anybody."""


async def switch(
    connection: Connection,
    actor: Actor,
    channel: Channel,
    author: str,
    now: datetime,
    *,
    on: bool,
    all_off: bool = False,
) -> bool:
    """Switch `channel` on or off and write down who decided it; False when it stood so already.

    Raises LastChannel rather than switching the last one off, unless `all_off` says that this is meant.

    What is queued for a channel that is off the workers end at their next sweep (250 ms), and send what waits beside it
    at once; a request that is under way comes to its end.
    """
    if not on and not all_off and await queries_switches.enabled(connection) == [channel]:
        raise LastChannel
    if not await queries_switches.switch(connection, channel, now, on=on):
        return False
    facts = {"channel": channel.value, "on": on, "author": author}
    await write_outside_incidents(connection, actor, Happening(Event.CHANNEL_SWITCHED, {**facts}), now)
    return True
