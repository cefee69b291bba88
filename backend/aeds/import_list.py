"""Taking over a source's list: twice the same list changes nothing, and a broken one does not empty the map."""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from backend.aeds import queries_import
from backend.aeds.hours import understood
from backend.aeds.queries_import import Listed, Source
from backend.foundation.database import Connection

BATCH = 2_000


class Imported(msgspec.Struct, frozen=True):
    """What an import did."""

    listed: int
    new: int
    changed: int
    unchanged: int
    came_back: int
    gone: int
    hours_not_understood: int  # unknown, never open


class TooManyWouldVanish(Exception):
    """More than half of what a source listed is missing in its new list: most likely a broken file."""

    def __init__(self, known: int, missing: int) -> None:
        super().__init__(f"{missing} of {known}")
        self.known = known
        self.missing = missing


async def import_list(
    connection: Connection,
    source: Source,
    listed: Sequence[Listed],
    now: datetime,
    *,
    force: bool = False,
    tell: Callable[[int], None] = lambda _done: None,
) -> Imported:
    """Make the table say what the list says, for this source only; `tell` hears how many are done.

    Raises TooManyWouldVanish, before anything is written, unless `force`.
    """
    known = await queries_import.known_ids(connection, source.source)
    gone = known - {each.source_id for each in listed}
    if len(gone) * 2 > len(known) and not force:
        raise TooManyWouldVanish(len(known), len(gone))
    await queries_import.save_source(connection, source, now)
    new = changed = came_back = 0
    for start in range(0, len(listed), BATCH):
        batch = listed[start : start + BATCH]
        written = await queries_import.write(connection, source.source, batch, now)
        new, changed, came_back = new + written.new, changed + written.changed, came_back + written.came_back
        tell(start + len(batch))
    if gone:
        await queries_import.mark_gone(connection, source.source, sorted(gone), now)
    return Imported(
        listed=len(listed),
        new=new,
        changed=changed,
        unchanged=len(listed) - new - changed - came_back,
        came_back=came_back,
        gone=len(gone),
        hours_not_understood=sum(
            bool(each.opening_hours) and not understood(str(each.opening_hours)) for each in listed
        ),
    )
