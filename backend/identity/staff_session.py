"""Signing in as staff, for a shift: a secret in a browser, whose hash alone is kept (`shift`: when it is over)."""

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from backend.foundation.database import Connection, become, enter
from backend.foundation.ids import CentreId, without_time
from backend.identity import queries_staff
from backend.identity import queries_staff_session as queries
from backend.identity.hashed_word import hash_word, is_word
from backend.identity.shift import LONGEST_OVERTIME, STILL_THERE, AtSeat, How, Parked, Session, has_ended
from backend.identity.staff import SeatId, SessionId, StaffId

KEPT = LONGEST_OVERTIME + STILL_THERE + timedelta(hours=1)
"""So long after its end nothing can prolong a session any more; an hour's grace."""

MOST_PIN_TRIES = 5
_FINE = timedelta(minutes=1)
"""How finely the last use is kept: not every page is a write."""
_PIN = re.compile(r"[0-9]{4,8}")


def draw() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def form_word(token: str) -> str:
    """What every form of a session's pages carries, and no other site knows: it follows from the secret alone."""
    return hashlib.sha256(b"form\0" + token.encode()).hexdigest()


async def begin(
    connection: Connection,
    staff_id: StaffId,
    centre_id: CentreId | None,
    seat_id: SeatId | None,
    how: How,
    fresh_at: datetime | None,
    shift: timedelta,
    now: datetime,
) -> str:
    """The secret of a new session. The transaction acts for whom it is."""
    token = draw()
    session_id = SessionId(without_time())
    ends = now + shift
    await queries.insert_session(
        connection, session_id, hash_of(token), staff_id, centre_id, seat_id, how, fresh_at, now, ends
    )
    return token


async def find(connection: Connection, token: str) -> Session | None:
    """Whose secret it is, over or not; from here on the transaction acts for them, at the session's centre."""
    known = await queries.session_of(connection, hash_of(token))
    if known is None:
        return None
    await become(connection, known.staff_id)
    if known.centre_id is not None:
        await enter(connection, known.centre_id)
    return await queries.read_session(connection, known.id)


async def use(connection: Connection, session: Session, now: datetime) -> None:
    if now - session.used_at >= _FINE:
        await queries.use_session(connection, session.id, now)


async def renew(connection: Connection, session: Session, fresh_at: datetime) -> str:
    """Somebody proved anew who they are: the session goes on under another secret."""
    token = draw()
    await queries.renew_session(connection, session.id, hash_of(token), fresh_at)
    return token


async def work_at(connection: Connection, session: Session, centre_id: CentreId) -> None:
    """The same person, at another of their centres."""
    await queries.move_session(connection, session.id, centre_id)


async def choose_pin(connection: Connection, session: Session, pin: str) -> bool:
    """For changing back to this session at its seat, on this shift. False for what is no PIN."""
    if _PIN.fullmatch(pin) is None or len(set(pin)) == 1:
        return False
    await queries.keep_pin(connection, session.id, await hash_word(pin))
    return True


async def park(connection: Connection, session: Session, now: datetime) -> None:
    """Somebody else sits down. Its secret opens nothing until whoever it is comes back, and a PIN is no fresh proof."""
    await queries.park_session(connection, session.id, hash_of(draw()), now)


async def end(connection: Connection, session: Session) -> None:
    await queries.delete_session(connection, session.id)


async def people_at(
    connection: Connection, seat_id: SeatId, now: datetime, alarm_since: datetime | None
) -> list[AtSeat]:
    """Who can come back at a seat of the transaction's centre; from here on it acts for the last of them.

    Whose shift is over signs in anew, but in no alarm (`alarm_since`: as for `shift.has_ended`).
    """
    people = []
    for each in await _parked_at(connection, seat_id, now, alarm_since):
        await become(connection, each.staff_id)
        staff = await queries_staff.read_staff(connection, each.staff_id)
        if staff is not None:
            people.append(AtSeat(each.id, staff.name, each.has_pin))
    return people


async def end_parked(connection: Connection, staff_id: StaffId, seat_id: SeatId) -> None:
    """Whoever signed in anew at a seat has one session there and not two."""
    await queries.delete_parked(connection, staff_id, seat_id)


async def come_back(
    connection: Connection,
    seat_id: SeatId,
    session_id: SessionId,
    pin: str,
    now: datetime,
    alarm_since: datetime | None,
) -> tuple[Session, str] | None:
    """The session and its new secret, if the PIN is right; None counts as a try, so the caller commits.

    After five wrong ones it is gone, and whoever it was signs in anew.
    """
    parked = await _parked_at(connection, seat_id, now, alarm_since)
    there = next((each for each in parked if each.id == session_id), None)
    if there is None or not there.has_pin:
        return None
    await become(connection, there.staff_id)
    kept = await queries.count_pin_try(connection, session_id)
    if kept is None or kept.pin_tries > MOST_PIN_TRIES or not await is_word(kept.pin_hash, pin):
        if kept is not None and kept.pin_tries >= MOST_PIN_TRIES:
            await queries.delete_session(connection, session_id)
        return None
    token = draw()
    await queries.unpark_session(connection, session_id, hash_of(token), now)
    session = await queries.read_session(connection, session_id)
    return None if session is None else (session, token)


async def _parked_at(
    connection: Connection, seat_id: SeatId, now: datetime, alarm_since: datetime | None
) -> list[Parked]:
    return [each for each in await queries.parked_at(connection, seat_id) if not has_ended(each, now, alarm_since)]


async def remove_old(connection: Connection, now: datetime) -> int:
    """Housekeeping: those that nothing can prolong any more, with an hour's grace; gives how many."""
    return await queries.delete_before(connection, now - KEPT)
