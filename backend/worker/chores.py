"""What this installation's housekeeping removes, and how often it looks."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from backend.attention import queries as attention
from backend.delivery import answer_links, queries_settle
from backend.delivery.enqueue import enqueue
from backend.delivery.message import NewMessage, What
from backend.foundation.clock import Clock
from backend.foundation.database import Connection, Database, Role, enter
from backend.foundation.ids import VolunteerId, in_order
from backend.identity import approvals, caps, codes, refresh, staff_session, used_proofs
from backend.identity.keys import Keys
from backend.incidents import keys
from backend.incidents import queries as incident_queries
from backend.locations import blackout
from backend.locations import housekeeping as positions
from backend.locations.position import KEPT_FOR
from backend.recruitment import day as recruitment_day
from backend.regions import queries as region_queries
from backend.rights import catch_up
from backend.rights.erase import Why
from backend.rights.erasure_list import ErasureList
from backend.selection import queries as selection_queries
from backend.signup import session as sign_up_session
from backend.volunteers import queries as volunteer_queries
from backend.webhooks import queries as webhooks
from backend.worker import queries_due, synthetic
from backend.worker.housekeeping import Chore, OneByOne

MINUTE_S = 60.0
PLACE_KEPT = timedelta(minutes=14)  # gone 15 minutes after the end at the latest, looked at every minute
NOTICE_LASTS = timedelta(days=7)
# How far away somebody was, alarm after alarm, is a trail: it is there for as long as a centre may ask why nobody came.
CANDIDATES_KEPT = timedelta(days=7)
INCIDENTS_A_ROUND = 500  # of a centre's
ATTENTION_KEPT = timedelta(days=30)  # after it was over; who took it up stays in the journal
TOLD_KEPT = timedelta(days=7)  # what a dispatch system was told, and when: for as long as it may be asked about


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


async def _forget_candidates(connection: Connection, now: datetime) -> int:
    async def forget() -> int:
        return await selection_queries.forget_candidates(connection, now - CANDIDATES_KEPT, INCIDENTS_A_ROUND)

    return await _in_each_centre(connection, forget)


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


async def _due_places(connection: Connection, now: datetime) -> int:
    async def count() -> int:
        return await queries_due.places(connection, now - PLACE_KEPT)

    return await _in_each_centre(connection, count)


async def _due_candidates(connection: Connection, now: datetime) -> int:
    async def count() -> int:
        return await queries_due.candidates(connection, now - CANDIDATES_KEPT)

    return await _in_each_centre(connection, count)


async def _due_positions(connection: Connection, now: datetime) -> int:
    return await queries_due.positions(connection, now - KEPT_FOR)


async def _due_exact_points(connection: Connection, now: datetime) -> int:
    return await queries_due.exact_points(connection, now, positions.EXACT_POINT_AT_MOST)


async def _due_codes(connection: Connection, now: datetime) -> int:
    return await queries_due.codes(connection, now - codes.KEPT)


async def _due_code_counts(connection: Connection, now: datetime) -> int:
    return await queries_due.code_counts(connection, now - caps.DAY)


async def _due_synthetic(connection: Connection, now: datetime) -> int:
    async def count() -> int:
        return await queries_due.synthetic_incidents(connection, now - synthetic.KEPT_FOR)

    return await _in_each_centre(connection, count)


async def _due_request_keys(connection: Connection, now: datetime) -> int:
    async def count() -> int:
        return await queries_due.request_keys(connection, now - keys.REMEMBERED_FOR)

    return await _in_each_centre(connection, count)


async def _due_of_campaigns(connection: Connection, now: datetime) -> int:
    return await queries_due.campaigns_people(connection, now - recruitment_day.FORGOTTEN_AFTER)


async def _due_staff_sessions(connection: Connection, now: datetime) -> int:
    return await queries_due.staff_sessions(connection, now - staff_session.KEPT)


async def _due_told(connection: Connection, now: datetime) -> int:
    return await queries_due.told_by_webhooks(connection, now - TOLD_KEPT)


async def _forget_told(connection: Connection, now: datetime) -> int:
    return await webhooks.forget_over(connection, now - TOLD_KEPT)


async def _due_attention(connection: Connection, now: datetime) -> int:
    async def count() -> int:
        return await attention.count_old(connection, now - ATTENTION_KEPT)

    return await _in_each_centre(connection, count)


async def _forget_attention(connection: Connection, now: datetime) -> int:
    async def forget() -> int:
        return await attention.forget_old(connection, now - ATTENTION_KEPT)

    return await _in_each_centre(connection, forget)


CHORES = (
    Chore("places in blackout areas", MINUTE_S, blackout.count_hidden, blackout.forget_hidden),
    Chore("incident places", MINUTE_S, _due_places, _forget_places),
    Chore("candidates", 60 * MINUTE_S, _due_candidates, _forget_candidates),
    Chore("positions", MINUTE_S, _due_positions, _forget_positions),
    Chore("exact points", MINUTE_S, _due_exact_points, positions.delete_exact_points),
    Chore("unused codes and numbers", MINUTE_S, queries_due.numbers, queries_settle.forget_overdue_secrets),
    Chore("one-time codes", 10 * MINUTE_S, _due_codes, codes.remove_old),
    Chore("refresh tokens", 60 * MINUTE_S, queries_due.refresh_tokens, refresh.remove_old),
    Chore("used proofs", MINUTE_S, queries_due.used_proofs, used_proofs.remove_old),
    Chore("staff sessions", 10 * MINUTE_S, _due_staff_sessions, staff_session.remove_old),
    Chore("unanswered requests", MINUTE_S, queries_due.unanswered_requests, approvals.run_out),
    Chore("answer links", 10 * MINUTE_S, queries_due.answer_links, answer_links.forget_old),
    Chore("sign-ups half-way", MINUTE_S, queries_due.sign_ups, sign_up_session.remove_old),
    Chore("counts of codes", 10 * MINUTE_S, _due_code_counts, caps.remove_old),
    Chore("synthetic alarms", 10 * MINUTE_S, _due_synthetic, synthetic.forget),
    Chore("what needed a person", 60 * MINUTE_S, _due_attention, _forget_attention),
    Chore("webhooks' events", 60 * MINUTE_S, _due_told, _forget_told),
    Chore("request keys", 60 * MINUTE_S, _due_request_keys, _forget_keys),
    Chore("campaigns' people", 10 * MINUTE_S, _due_of_campaigns, recruitment_day.look),
)
"""What needs nothing but the database."""


def chores(listing: ErasureList, key_ring: Keys, clock: Clock) -> tuple[Chore | OneByOne, ...]:
    """All of them: erasing somebody needs the list outside the database, and the key their phone is hashed with."""

    async def erase(database: Database, volunteer_id: VolunteerId) -> None:
        await catch_up.erase_one(database, listing, key_ring, volunteer_id, Why.WITHDREW, clock, Role.WORKER)

    withdrawn = OneByOne("withdrawn people", MINUTE_S, catch_up.count_due, catch_up.whose_days_are_over, erase)
    return (*CHORES, withdrawn)
