"""A person's rights in the app: withdraw, take it back, be erased."""

from datetime import datetime

import msgspec
from litestar import delete, get, post
from litestar.di import NamedDependency

from backend.alerts.apply import Contended
from backend.api.contract import answers
from backend.api.guards import volunteer
from backend.api.limits import Limit
from backend.foundation.clock import Clock
from backend.foundation.database import Actor, Connection, Database, Lane, Role
from backend.identity.caller import Caller
from backend.identity.keys import Keys
from backend.rights import withdraw as withdrawing
from backend.rights.erase import Why, erase
from backend.rights.erasure_list import ErasureList
from backend.rights.export import export
from backend.rights.person_export import PersonExport


class Withdrawal(msgspec.Struct, frozen=True):
    """When somebody withdrew, and when they are erased unless they take it back or are erased at once."""

    withdrawn_at: datetime
    erased_at: datetime


@post("/mobile/v1/me/withdrawal", guards=[volunteer(Limit.PROFILE)], status_code=200)
async def withdraw_me(
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    listing: NamedDependency[ErasureList],
) -> Withdrawal:
    """Withdraw

    When the answer comes nobody asks any more: what rang is declined, what was queued is stopped, and attempts that had
    started are over (it waits for them, two seconds at most). A mission goes on until it is finished or given up. The
    position is forgotten. In seven days everything is erased; until then it can be taken back, and every phone is told
    so by a notice. Doing it again changes nothing.
    """
    actor = _self(caller)

    async def work(connection: Connection) -> withdrawing.Withdrawn:
        return await withdrawing.withdraw(connection, actor, listing, caller.volunteer_id, clock.now())

    done = await database.in_transaction(actor, Lane.REST, work, again_on=(Contended,))
    await withdrawing.wait_for_started(database, actor, done.stopped, clock)
    return Withdrawal(done.at, done.erased_at)


@post(
    "/mobile/v1/me/withdrawal/take-back",
    guards=[volunteer(Limit.PROFILE)],
    status_code=204,
    opt=answers({503: "It cannot be written down so that it outlives a restored backup: try again later"}),
)
async def take_withdrawal_back(
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    listing: NamedDependency[ErasureList],
) -> None:
    """Take the withdrawal back

    Everything is as before, but for the position: send one. The same answer for somebody who never withdrew.
    """
    async with database.acting_as(_self(caller), Lane.REST) as connection:
        await withdrawing.take_back(connection, _self(caller), listing, caller.volunteer_id, clock.now())


@delete(
    "/mobile/v1/me",
    guards=[volunteer(Limit.PROFILE)],
    opt=answers({503: "The erasure cannot be written down so that it outlives a restored backup: try again later"}),
)
async def erase_me(
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    keys: NamedDependency[Keys],
    listing: NamedDependency[ErasureList],
) -> None:
    """Be erased at once

    Phone, name, birth year, devices, addresses, positions and the join code are gone when the answer comes, and no
    backup brings them back. What rings is declined, a mission is given up and others are asked. Cannot be undone. A row
    without a name stays, for the figures.
    """

    async def work(connection: Connection) -> None:
        await erase(connection, _self(caller), listing, keys, caller.volunteer_id, Why.ASKED, clock.now())

    await database.in_transaction(_self(caller), Lane.REST, work, again_on=(Contended,))


@get("/mobile/v1/me/export", guards=[volunteer(Limit.EXPORTS)])
async def export_me(
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    keys: NamedDependency[Keys],
) -> PersonExport:
    """Get a copy of everything

    All that is held about oneself, in every part of the service, as one document: hand it to somebody else's programme,
    or keep it. That it was asked for is written in the journal. A few a day.
    """
    async with database.acting_as(_self(caller), Lane.REST) as connection:
        return await export(connection, _self(caller), keys, caller.volunteer_id, clock.now())


def _self(caller: Caller) -> Actor:
    return Actor(Role.API, person_id=caller.volunteer_id)


routes = (export_me, withdraw_me, take_withdrawal_back, erase_me)
