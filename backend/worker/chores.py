"""What this installation's housekeeping removes, and how often it looks."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from backend.delivery import answer_links, queries_settle
from backend.delivery.enqueue import enqueue
from backend.delivery.message import NewMessage, What
from backend.foundation.database import Connection, enter
from backend.foundation.ids import VolunteerId, in_order
from backend.identity import approvals, codes, refresh, staff_session
from backend.incidents import keys
from backend.incidents import queries as incident_queries
from backend.locations import housekeeping as positions
from backend.recruitment import day as recruitment_day
from backend.regions import queries as region_queries
from backend.signup import caps as sign_up_caps
from backend.signup import session as sign_up_session
from backend.volunteers import queries as volunteer_queries
from backend.worker import synthetic
from backend.worker.housekeeping import Chore

MINUTE_S = 60.0
PLACE_KEPT = timedelta(minutes=14)  # gone 15 minutes after the end at the latest, looked at every minute
NOTICE_LASTS = timedelta(days=7)


async def _forget_positions(connection: Connection, now: datetime) -> int:
    lost = await positions.delete_stale(connection, now)
    notices = [await _position_lost(connection, volunteer_id, now) for volunteer_id in lost]
    await enqueue(connection, [notice for notice in notices if notice is not None], 0, now)
    return len(lost)


async def _position_lost(connection: Connection, volunteer_id: VolunteerId, now: datetime) -> NewMessage | None:
    """Whoever loses their position is told: silence would look like being ready."""
    row = await volunteer_queries.read_volunteer(connection, volunteer_id)
    if row is None:
        return None
    content: dict[str, str | int] = {"reason": "position_lost"}
    return NewMessage(What.NOTICE, in_order(), row.kind, volunteer_id, None, content, now + NOTICE_LASTS)


async def _forget_places(connection: Connection, now: datetime) -> int:
    async def erase() -> int:
        return await incident_queries.erase_places(connection, now - PLACE_KEPT)

    return await _in_each_centre(connection, erase)


async def _forget_keys(connection: Connection, now: datetime) -> int:
    async def forget() -> int:
        return await keys.forget_old(connection, now)

    return await _in_each_centre(connection, forget)


async def _in_each_centre(connection: Connection, chore: Callable[[], Awaitable[int]]) -> int:
    """A centre's rows are seen by who has entered it: one after another, whether it is in office or not."""
    done = 0
    for centre_id in await region_queries.all_centres(connection):
        await enter(connection, centre_id)
        done += await chore()
    return done


CHORES = (
    Chore("incident places", MINUTE_S, _forget_places),
    Chore("positions", MINUTE_S, _forget_positions),
    Chore("exact points", MINUTE_S, positions.delete_exact_points),
    Chore("unused codes and numbers", MINUTE_S, queries_settle.forget_overdue_secrets),
    Chore("one-time codes", 10 * MINUTE_S, codes.remove_old),
    Chore("refresh tokens", 60 * MINUTE_S, refresh.remove_old),
    Chore("staff sessions", 10 * MINUTE_S, staff_session.remove_old),
    Chore("unanswered requests", MINUTE_S, approvals.run_out),
    Chore("answer links", 10 * MINUTE_S, answer_links.forget_old),
    Chore("sign-ups half-way", MINUTE_S, sign_up_session.remove_old),
    Chore("counts of sign-up codes", 10 * MINUTE_S, sign_up_caps.remove_old),
    Chore("synthetic alarms", 10 * MINUTE_S, synthetic.forget),
    Chore("request keys", 60 * MINUTE_S, _forget_keys),
    Chore("campaigns' people", 10 * MINUTE_S, recruitment_day.look),
)
