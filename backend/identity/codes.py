"""One-time codes: proof that somebody holds a phone. Nothing here knows whether the phone belongs to a volunteer."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from backend.foundation.database import Connection
from backend.foundation.ids import without_time
from backend.identity import caps
from backend.identity import queries_codes as queries
from backend.identity.keys import Keys
from backend.identity.phone_hash import keyed_hash

DIGITS = 6
MOST_TRIES = 6  # repeated as a CHECK on the table
LIFETIME = timedelta(minutes=5)

# Guessing at one phone all day long succeeds with 12 × 6 / 10^6, once in about 14,000 days, while its owner's phone
# fills with text messages; the hour's limit keeps those few. Somebody who mistypes needs two or three.
MOST_AN_HOUR = 6
MOST_A_DAY = 12
_LIMITS = ((MOST_AN_HOUR, timedelta(hours=1)), (MOST_A_DAY, timedelta(days=1)))
KEPT = max(window for _, window in _LIMITS)


class Issued(msgspec.Struct, frozen=True):
    """A new code, to be sent to the phone and to nobody else."""

    id: UUID
    code: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"Issued({self.id})"


class WhyNot(StrEnum):
    """Why a code was refused."""

    WRONG = "wrong"
    NO_TRIES_LEFT = "no_tries_left"
    NO_LONGER_GOOD = "no_longer_good"  # its time is over, or it was used


class TooMany(msgspec.Struct, frozen=True):
    """This phone was sent enough codes for now."""

    retry_after_s: int


async def issue(
    connection: Connection,
    keys: Keys,
    phone: str,
    now: datetime,
    counted_in: Sequence[bytes] = (),
    *,
    sent: bool = True,
) -> Issued | TooMany:
    """A new code for `phone` (E.164). Earlier ones stay good until their time is over: messages overtake each other.

    `counted_in`: where it counts as sent (`identity.caps`), so that it counts as answered there. One that is not `sent`
    is no less work and never right: else guessing would cost nobody a text message, and have no end.
    """
    phone_hash = keyed_hash(keys.phone_hash_key, phone)
    await queries.lock_phone(connection, phone_hash)
    earlier = await queries.issued_since(connection, phone_hash, now - KEPT)
    wait = wait_after(earlier, now)
    if wait > timedelta(0):
        return TooMany(int(wait.total_seconds()) + 1)
    issued = Issued(without_time(), f"{secrets.randbelow(10**DIGITS):0{DIGITS}}", now + LIFETIME)
    good = issued.code if sent else secrets.token_hex()
    code_hash = _hash(keys, phone_hash, good)
    await queries.insert_code(connection, issued.id, phone_hash, code_hash, now, issued.expires_at, counted_in)
    return issued


async def check(connection: Connection, keys: Keys, phone: str, code: str, now: datetime) -> UUID | None:
    """The id of the code if it is right for `phone` now; it is then spent, with every other one of that phone.

    None counts as a try: the caller has to commit before it refuses.
    """
    phone_hash = keyed_hash(keys.phone_hash_key, phone)
    await queries.lock_phone(connection, phone_hash)
    live = await queries.count_try(connection, phone_hash, MOST_TRIES, now)
    given = _hash(keys, phone_hash, code)
    right = [each for each in live if hmac.compare_digest(each.code_hash, given)]
    if not right:
        return None
    await queries.spend(connection, phone_hash, now)
    await caps.answered(connection, right[0].counted_in, right[0].created_at)
    return right[0].id


async def answered_lately(connection: Connection, keys: Keys, phone: str, now: datetime) -> bool:
    """Whether a code sent to `phone` within a day was typed again: somebody really holds it."""
    return await queries.used_since(connection, keyed_hash(keys.phone_hash_key, phone), now - KEPT)


async def sent_since(connection: Connection, keys: Keys, phone: str, since: datetime) -> bool:
    """Whether `phone` got a code after `since` that can still be used; none is issued until the transaction ends."""
    phone_hash = keyed_hash(keys.phone_hash_key, phone)
    await queries.lock_phone(connection, phone_hash)
    newest = await queries.newest(connection, phone_hash)
    return newest is not None and newest.created_at > since and newest.used_at is None and newest.tries < MOST_TRIES


async def why_not(connection: Connection, keys: Keys, phone: str, now: datetime) -> WhyNot:
    """After :func:`check` refused: what whoever holds the phone can do now. Says nothing of an account."""
    newest = await queries.newest(connection, keyed_hash(keys.phone_hash_key, phone))
    if newest is None or newest.expires_at <= now or newest.used_at is not None:
        return WhyNot.NO_LONGER_GOOD
    return WhyNot.WRONG if newest.tries < MOST_TRIES else WhyNot.NO_TRIES_LEFT


async def remove_old(connection: Connection, now: datetime) -> int:
    """Housekeeping: forget codes that no longer count for any limit; gives how many."""
    return await queries.delete_before(connection, now - KEPT)


async def forget_phone(connection: Connection, keys: Keys, phone: str) -> None:
    """Nothing says any more that this phone was ever sent a code."""
    await queries.delete_of_phone(connection, keyed_hash(keys.phone_hash_key, phone))


def wait_after(issued_at: Sequence[datetime], now: datetime) -> timedelta:
    """How long until another code may be issued; zero or less: now."""
    newest_first = sorted(issued_at, reverse=True)
    return max(
        (newest_first[most - 1] + window - now for most, window in _LIMITS if len(newest_first) >= most),
        default=timedelta(0),
    )


def _hash(keys: Keys, phone_hash: bytes, code: str) -> bytes:
    # Six digits are tried out in a blink, so the hash is worth nothing without its key.
    return hmac.digest(keys.derived("one-time code"), phone_hash + code.encode(), hashlib.sha256)
