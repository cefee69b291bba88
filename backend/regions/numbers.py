"""The number under which a centre's people answer those on the way: dated, and journalled when it changes."""

import re
from datetime import datetime

import msgspec

from backend.foundation.database import Actor, Connection
from backend.foundation.ids import CentreId, in_order
from backend.foundation.journal import Event, Happening, write_outside_incidents
from backend.regions import queries_numbers as queries

_NUMBER = re.compile(r"\+?[0-9]{3,15}")


class NoNumber(Exception):
    """Nothing a phone could dial."""


def dialled(number: str) -> str:
    """A number as a phone dials it; raises NoNumber."""
    bare = re.sub(r"[ ().-]", "", number)
    if not _NUMBER.fullmatch(bare):
        raise NoNumber
    return bare


async def set_number(
    connection: Connection, actor: Actor, centre_id: CentreId, number: str | None, author: str, now: datetime
) -> None:
    """From now on those on the way for a centre are shown this number; None: none. Raises NoNumber."""
    dial = None if number is None else dialled(number)
    await queries.end(connection, centre_id, now)
    if dial is not None:
        await queries.insert(connection, in_order(), centre_id, dial, author, now)
    facts: dict[str, str | bool] = {"change": "centre_number", "set": dial is not None, "author": author}
    whose = msgspec.structs.replace(actor, centre_id=centre_id)
    await write_outside_incidents(connection, whose, Happening(Event.RIGHT_CHANGED, {**facts}), now)
