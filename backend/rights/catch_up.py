"""What was promised and is not so in this database: after a backup was restored, or after a process died in between."""

from datetime import datetime

import msgspec
import structlog
from prometheus_client import Gauge

from backend.alerts.apply import Contended
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Connection, Database, Lane, Role
from backend.foundation.ids import VolunteerId
from backend.foundation.problems import Problem
from backend.identity.keys import Keys
from backend.rights.erase import Why, erase
from backend.rights.erasure_list import ErasureList, Unreadable, What, last_word
from backend.rights.withdraw import withdraw
from backend.volunteers import queries_leaving
from backend.volunteers.withdraw import ERASED_AFTER

AT_ONCE = 20
GONE = 401

erasures_behind = Gauge(
    "hjerteloeber_erasures_behind",
    "People whom the list says to be erased or withdrawn and who are not, after it was tried; -1: it cannot be read",
)
_log = structlog.get_logger()


class Behind(msgspec.Struct, frozen=True):
    """Who is there although they should not be, and who can be asked although they withdrew."""

    to_erase: tuple[VolunteerId, ...] = ()
    to_withdraw: tuple[VolunteerId, ...] = ()

    @property
    def people(self) -> int:
        return len(self.to_erase) + len(self.to_withdraw)


async def behind(connection: Connection, listing: ErasureList) -> Behind:
    """What the list says and the database does not. Raises Unreadable."""
    holds = last_word(listing.read())
    erased = [person for person, what in holds.items() if what is What.ERASED]
    withdrew = [person for person, what in holds.items() if what is What.WITHDREW]
    return Behind(
        tuple(await queries_leaving.not_erased(connection, erased)),
        tuple(await queries_leaving.still_active(connection, withdrew)),
    )


async def catch_up(database: Database, listing: ErasureList, keys: Keys, clock: Clock, role: Role) -> Behind:
    """Do what the list says and give what that was. `role`: the process's own, the API's or the worker's.

    Raises Unreadable, and whatever kept somebody from being erased.
    """
    async with database.acting_as(Actor(role), Lane.REST) as connection:
        found = await behind(connection, listing)
    for volunteer_id in found.to_erase:
        await erase_one(database, listing, keys, volunteer_id, Why.LISTED, clock, role)
    for volunteer_id in found.to_withdraw:
        await _withdraw_one(database, listing, volunteer_id, clock, role)
    return found


async def catch_up_or_say_so(database: Database, listing: ErasureList, keys: Keys, clock: Clock, role: Role) -> None:
    """As :func:`catch_up`, before a process serves or works. Never keeps it from starting: alarms come first.

    What goes wrong is an error in the log and a figure that pages an operator (`ErasuresBehind`).
    """
    try:
        found = await catch_up(database, listing, keys, clock, role)
    except Unreadable as wrong:
        _log.error("erasure_list_unreadable", why=str(wrong))
        erasures_behind.set(-1)
    except Exception as wrong:  # noqa: BLE001 – a bug here must not cost an alarm
        _log.exception("erasures_not_caught_up", error=type(wrong).__name__)
        await _count_what_is_left(database, listing, role)
    else:
        erasures_behind.set(0)
        if found.people:
            _log.warning("erasures_caught_up", erased=len(found.to_erase), withdrawn=len(found.to_withdraw))


async def erase_one(
    database: Database,
    listing: ErasureList,
    keys: Keys,
    volunteer_id: VolunteerId,
    why: Why,
    clock: Clock,
    role: Role,
) -> None:
    """In a transaction of its own that acts for the person."""
    actor = Actor(role, person_id=volunteer_id)

    async def work(connection: Connection) -> None:
        await erase(connection, actor, listing, keys, volunteer_id, why, clock.now())

    try:
        await database.in_transaction(actor, Lane.REST, work, again_on=(Contended,))
    except Problem as refused:
        if refused.status != GONE:  # another process has done it meanwhile
            raise


async def whose_days_are_over(connection: Connection, now: datetime) -> list[VolunteerId]:
    """Whoever withdrew seven days ago, the longest first; a few at a time."""
    return await queries_leaving.withdrawn_before(connection, now - ERASED_AFTER, AT_ONCE)


async def count_due(connection: Connection, now: datetime) -> int:
    """How many withdrew seven days ago."""
    return await queries_leaving.count_withdrawn_before(connection, now - ERASED_AFTER)


async def _withdraw_one(
    database: Database, listing: ErasureList, volunteer_id: VolunteerId, clock: Clock, role: Role
) -> None:
    actor = Actor(role, person_id=volunteer_id)

    async def work(connection: Connection) -> None:
        await withdraw(connection, actor, listing, volunteer_id, clock.now())

    await database.in_transaction(actor, Lane.REST, work, again_on=(Contended,))


async def _count_what_is_left(database: Database, listing: ErasureList, role: Role) -> None:
    try:
        async with database.acting_as(Actor(role), Lane.REST) as connection:
            erasures_behind.set((await behind(connection, listing)).people)
    except Exception:  # noqa: BLE001 – as above
        erasures_behind.set(-1)
