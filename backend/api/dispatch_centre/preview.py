"""How many hjerteløbere would be asked, before an alarm: in bands, for a case, seldom, and written down."""

from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta

from backend.api.dispatch_centre.place import Position, placed
from backend.api.dispatch_centre.read import actor_of, viewer_of
from backend.api.guards import dispatch
from backend.api.limits import Limit
from backend.foundation.clock import Clock
from backend.foundation.database import Database, Lane
from backend.foundation.problems import too_many
from backend.identity.caller import Caller
from backend.incidents import queries_viewed
from backend.incidents.incident import Address
from backend.incidents.view import View, What
from backend.incidents.viewed import write_down
from backend.regions.find import Borders
from backend.selection.preview import Band, preview

WINDOW = timedelta(hours=1)
MOST_OF_A_CLIENT = 60
MOST_OF_A_CASE = 6
"""Ours: a case has one place, corrected a few times; more than that is somebody looking round."""
AGAIN_S = 600  # the hour slides: some of it is free again soon


class AskPreview(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`case_number`: the case it is for; it is written down with who asked."""

    case_number: Annotated[str, Meta(min_length=1, max_length=64)]
    position: Position


class Previewed(msgspec.Struct, frozen=True):
    """Whom a report from about there would ask at once. `nearest_within_m`: in steps of 500 m, null where nobody is."""

    would_be_asked: Band
    nearest_within_m: int | None
    reach_m: int
    policy: str


@post("/dispatch/v1/previews", guards=[dispatch("incidents:read", Limit.PREVIEWS)], status_code=200)
async def ask_preview(
    data: JSONBody[AskPreview],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    borders: NamedDependency[Borders],
) -> Previewed:
    """See how many hjerteløbere would be asked

    Before an alarm, and for a case of yours: six times an hour for one case, sixty times for a client. The place is
    taken to the middle of an area of half a kilometre. It asks nobody, opens nothing, and no report needs it.
    """
    return await preview_for(database, caller, data, borders, clock.now())


async def preview_for(
    database: Database, caller: Caller, data: AskPreview, borders: Borders, now: datetime
) -> Previewed:
    """As the route says, for a dispatch system or for somebody at the console. Raises 429 where there were enough."""
    where = placed(data.position, None, Address(), borders, now).place
    async with database.acting_as(actor_of(caller), Lane.REST) as connection:
        had = await queries_viewed.previews_since(
            connection, caller.centre_id, caller.subject_id, data.case_number, now - WINDOW
        )
        if had.of_viewer >= MOST_OF_A_CLIENT or had.of_case >= MOST_OF_A_CASE:
            raise too_many("There were enough previews for now. A report needs none: send it.", AGAIN_S)
        view = View(what=What.PREVIEW, kind=caller.kind, centre_id=caller.centre_id, case_number=data.case_number)
        await write_down(connection, viewer_of(caller), [view], now)
        found = await preview(connection, caller.centre_id, caller.kind, where.lat, where.lon, now)
    return Previewed(found.would_be_asked, found.nearest_within_m, found.reach_m, found.policy)


routes = (ask_preview,)
