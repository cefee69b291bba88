"""Seats: a browser at a desk that is known, and the sealed log-in beside it, for when nobody else vouches for anybody.

In the envelope lie a word and the secret of a one-time code (TOTP, RFC 6238), best as a picture for a code device. Here
lie the word's argon2id hash and the secret under a key outside the database.
"""

import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import pyotp
import structlog

from backend.foundation.database import Connection, enter
from backend.foundation.ids import CentreId, without_time
from backend.identity import queries_seats as queries
from backend.identity.data_keys import Batch, KeyRing, Sealed, Unreadable, WrappedKey, rewrapped
from backend.identity.hashed_word import hash_word, is_word
from backend.identity.ring import ring_of
from backend.identity.staff import Seat, SeatId
from backend.identity.staff_session import hash_of

STEP_S = 30
STEPS_OFF = 1
"""A device's clock may be a step early or late."""
MOST_TRIES = 5
TRIES_WINDOW = timedelta(minutes=15)
ISSUER = "Hjerteløber"
_log = structlog.get_logger()
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is read as another


class Envelope(msgspec.Struct, frozen=True):
    """What is shown once, when a seat is made: the rest of its life it lies sealed beside the screen."""

    seat_id: SeatId
    code: str
    word: str
    totp_address: str

    def __repr__(self) -> str:
        return f"Envelope({self.seat_id})"


class TooManyTries(msgspec.Struct, frozen=True):
    retry_after_s: int


async def add_seat(connection: Connection, centre_id: CentreId, name: str, now: datetime) -> Envelope | None:
    """A new seat; None where the centre has one of that name."""
    seat_id, secret = SeatId(without_time()), pyotp.random_base32()
    code, word = _letters(20), _letters(12)
    key, wrapped = ring_of(connection).new_key(seat_id)
    sealed = key.seal(Sealed.SEAT_CODES, secret.encode())
    made = await queries.insert_seat(
        connection, seat_id, centre_id, name, hash_of(code), wrapped, sealed, await hash_word(word), now
    )
    if not made:
        return None
    address = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)
    return Envelope(seat_id, code, word, address)


async def make_browser_of(connection: Connection, code: str, browser: str) -> Seat | None:
    """The browser with the secret `browser` is from now on the seat's whose code it is, which is then spent."""
    known = await queries.seat_of_code(connection, hash_of(code.strip().upper()))
    if known is None:
        return None
    await enter(connection, known.centre_id)
    taken = await queries.take_browser(connection, known.id, hash_of(code.strip().upper()), hash_of(browser))
    return await queries.read_seat(connection, known.id) if taken else None


async def seat_of(connection: Connection, browser: str) -> Seat | None:
    """The seat a browser is; from here on the transaction acts for its centre."""
    known = await queries.seat_of_browser(connection, hash_of(browser))
    if known is None:
        return None
    await enter(connection, known.centre_id)
    return await queries.read_seat(connection, known.id)


async def open_envelope(
    connection: Connection, seat: Seat, word: str, digits: str, now: datetime
) -> bool | TooManyTries:
    """Whether word and one-time code are the seat's; a code works once. False counts: the caller commits.

    Both are looked at whatever the first one is, so that a wrong answer does not say which half was wrong.
    """
    kept = await queries.lock_seat(connection, seat.id)
    if kept is None:
        return False
    since = kept.tries_since if kept.tries_since and now - kept.tries_since < TRIES_WINDOW else None
    tries = kept.tries if since is not None else 0
    if since is not None and tries >= MOST_TRIES:
        return TooManyTries(int((since + TRIES_WINDOW - now).total_seconds()) + 1)
    secret = _secret_of(ring_of(connection), seat.id, kept)
    step = None if secret is None else step_of(secret, digits, kept.last_step, now)
    right = await is_word(kept.envelope_hash, word.strip().upper().replace(" ", "").replace("-", ""))
    if step is None or not right:
        await queries.count_try(connection, seat.id, tries + 1, since or now)
        return False
    await queries.spend_step(connection, seat.id, step)
    return True


def step_of(secret: str, digits: str, last_step: int, now: datetime) -> int | None:
    """The step whose code `digits` are, if it is about now and later than the last one that was used."""
    typed = digits.strip().replace(" ", "").encode()
    this = int(now.timestamp()) // STEP_S
    codes = pyotp.TOTP(secret, interval=STEP_S)
    for step in range(this - STEPS_OFF, this + STEPS_OFF + 1):
        if step > last_step and hmac.compare_digest(codes.at(step * STEP_S).encode(), typed):
            return step
    return None


async def wrap_anew(connection: Connection, ring: KeyRing, after: UUID, limit: int) -> Batch:
    """Wrap the next seats' keys that are not under the ring's first; what no key of the ring opens stays as it is."""
    rows = await queries.not_under(connection, ring.first, after, limit)
    anew = rewrapped(ring, rows)
    await queries.put_wrapped(connection, list(anew), list(anew.values()))
    return Batch(rows[-1].owner if rows else None, len(anew), len(rows) - len(anew))


def _secret_of(ring: KeyRing, seat_id: SeatId, kept: queries.SealedRow) -> str | None:
    """None where the key file does not open it: then nobody comes in, and the log says which key is missing."""
    try:
        key = ring.unwrap(seat_id, WrappedKey(kept.key_id, kept.wrapped))
        return key.open(Sealed.SEAT_CODES, kept.totp_sealed).decode()
    except Unreadable as why:
        _log.error("seat_unreadable", seat=str(seat_id), why=str(why))
        return None


def _letters(count: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(count))
