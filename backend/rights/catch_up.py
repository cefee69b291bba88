"""What was promised and is not so in this database: after a backup was restored, or after a process died in between."""

import asyncio
from collections.abc import Awaitable, Sequence
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
from backend.rights.erase import TakenBack, Why, erase
from backend.rights.erasure_list import ErasureList, Line, Unreadable, What, last_word
from backend.rights.withdraw import take_back, withdraw
from backend.volunteers import queries_leaving
from backend.volunteers.withdraw import ERASED_AFTER

AT_ONCE = 20
GONE = 401
BEFORE_SERVING_S = 60.0
"""A process that starts gives catching up so long (ours), and leaves the rest to the worker: alarms come first."""
EVERY_S = 300.0

_ALREADY_LISTED = ErasureList(None)
"""What is done because the list says so is not written down in it once more."""

erasures_behind = Gauge(
    "hjerteloeber_erasures_behind",
    "People whom the list says to be erased or withdrawn and who are not, after it was tried; -1: it cannot be read",
)
_log = structlog.get_logger()


class Behind(msgspec.Struct, frozen=True):
    """Who is there and should not be, who can be asked although they withdrew, who took back that they did."""

    to_erase: tuple[VolunteerId, ...] = ()
    to_withdraw: tuple[VolunteerId, ...] = ()
    to_take_back: tuple[VolunteerId, ...] = ()

    @property
    def people(self) -> int:
        return len(self.to_erase) + len(self.to_withdraw) + len(self.to_take_back)


async def behind(database: Database, listing: ErasureList, role: Role) -> Behind:
    """What the list says and the database does not. Raises Unreadable, whose `legible` lines can still be compared.

    The list is read outside every transaction, however long its disk takes; and once more where somebody is found who
    may still change their mind, since a line is added before its transaction commits.
    """
    lines = await listing.read()
    found = await _compared(database, lines, role)
    if listing.is_kept and not lines and await _anybody_erased(database, role):
        raise Unreadable("the list is empty although people were erased: is its disk mounted?")
    if not found.to_withdraw and not found.to_take_back:
        return found
    now_holds = last_word(await listing.read())
    return Behind(
        found.to_erase,
        tuple(each for each in found.to_withdraw if now_holds[each].what is What.WITHDREW),
        tuple(each for each in found.to_take_back if now_holds[each].what is What.TOOK_BACK),
    )


async def _compared(database: Database, lines: Sequence[Line], role: Role) -> Behind:
    holds = last_word(lines)
    erased = [person for person, line in holds.items() if line.what is What.ERASED]
    withdrew = [person for person, line in holds.items() if line.what is What.WITHDREW]
    back = [(person, line.at) for person, line in holds.items() if line.what is What.TOOK_BACK]
    async with database.acting_as(Actor(role), Lane.REST) as connection:
        return Behind(
            tuple(await queries_leaving.not_erased(connection, erased)),
            tuple(await queries_leaving.still_active(connection, withdrew)),
            tuple(
                await queries_leaving.withdrew_before(
                    connection, [person for person, _ in back], [at for _, at in back]
                )
            ),
        )


async def _anybody_erased(database: Database, role: Role) -> bool:
    async with database.acting_as(Actor(role), Lane.REST) as connection:
        return await queries_leaving.anybody_erased(connection)


async def catch_up(database: Database, listing: ErasureList, keys: Keys, clock: Clock, role: Role) -> Behind:
    """Do what the list says and give what that was. `role`: the process's own, the API's or the worker's.

    One who cannot be done keeps no other from being done. Of a list with lines that are none of ours, whoever the rest
    says to be erased is. Raises Unreadable, and then whatever kept somebody from being done.
    """
    illegible: Unreadable | None = None
    try:
        found = await behind(database, listing, role)
    except Unreadable as wrong:
        illegible = wrong
        found = Behind(to_erase=(await _compared(database, wrong.legible, role)).to_erase)
    failed: list[Exception] = []
    for volunteer_id in found.to_withdraw:
        await _try(failed, _withdraw_one(database, volunteer_id, clock, role))
    for volunteer_id in found.to_take_back:
        await _try(failed, _take_back_one(database, volunteer_id, clock, role))
    for volunteer_id in found.to_erase:
        await _try(failed, erase_one(database, _ALREADY_LISTED, keys, volunteer_id, Why.LISTED, clock, role))
    if illegible is not None:
        raise illegible
    if failed:
        raise failed[0]
    return found


async def _try(failed: list[Exception], work: Awaitable[None]) -> None:
    try:
        await work
    except Exception as wrong:  # noqa: BLE001 – kept for whoever called, when everybody else has been done
        failed.append(wrong)


async def catch_up_or_say_so(
    database: Database,
    listing: ErasureList,
    keys: Keys,
    clock: Clock,
    role: Role,
    within_s: float | None = BEFORE_SERVING_S,
) -> bool:
    """As :func:`catch_up`, before a process serves or works; whether everybody is as the list says.

    Never keeps it from starting, nor for longer than `within_s`: alarms come first. What goes wrong is an error in the
    log and a figure that pages an operator (`ErasuresBehind`).
    """
    try:
        async with asyncio.timeout(within_s):
            found = await catch_up(database, listing, keys, clock, role)
    except Unreadable as wrong:
        _log.error("erasure_list_unreadable", why=str(wrong))
        erasures_behind.set(-1)
        return False
    except Exception as wrong:  # noqa: BLE001 – a bug here must not cost an alarm
        _log.exception("erasures_not_caught_up", error=type(wrong).__name__)
        await _count_what_is_left(database, listing, role)
        return False
    erasures_behind.set(0)
    if found.people:
        _log.warning(
            "erasures_caught_up",
            erased=len(found.to_erase),
            withdrawn=len(found.to_withdraw),
            taken_back=len(found.to_take_back),
        )
    return True


async def keep_trying(database: Database, listing: ErasureList, keys: Keys, clock: Clock, role: Role) -> None:
    """For a process that could not when it started: until it can, so that its figure does not page for ever."""
    while True:
        await asyncio.sleep(EVERY_S)
        if await catch_up_or_say_so(database, listing, keys, clock, role, None):
            return


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
    except TakenBack:
        return
    except Problem as refused:
        if refused.status != GONE:  # another process has done it meanwhile
            raise


async def whose_days_are_over(connection: Connection, now: datetime) -> list[VolunteerId]:
    """Whoever withdrew seven days ago, the longest first; a few at a time."""
    return await queries_leaving.withdrawn_before(connection, now - ERASED_AFTER, AT_ONCE)


async def count_due(connection: Connection, now: datetime) -> int:
    """How many withdrew seven days ago."""
    return await queries_leaving.count_withdrawn_before(connection, now - ERASED_AFTER)


async def _withdraw_one(database: Database, volunteer_id: VolunteerId, clock: Clock, role: Role) -> None:
    actor = Actor(role, person_id=volunteer_id)

    async def work(connection: Connection) -> None:
        await withdraw(connection, actor, _ALREADY_LISTED, volunteer_id, clock.now())

    await database.in_transaction(actor, Lane.REST, work, again_on=(Contended,))


async def _take_back_one(database: Database, volunteer_id: VolunteerId, clock: Clock, role: Role) -> None:
    actor = Actor(role, person_id=volunteer_id)
    async with database.acting_as(actor, Lane.REST) as connection:
        await take_back(connection, actor, _ALREADY_LISTED, volunteer_id, clock.now())


async def _count_what_is_left(database: Database, listing: ErasureList, role: Role) -> None:
    try:
        erasures_behind.set((await behind(database, listing, role)).people)
    except Exception:  # noqa: BLE001 – as above
        erasures_behind.set(-1)
