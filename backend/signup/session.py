"""What is known of somebody between two pages. A browser has a random number, the table its hash and a sealed rest."""

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from backend.foundation.database import Connection
from backend.identity.keys import Keys
from backend.identity.sealed import seal, unseal
from backend.signup import queries

LASTS = timedelta(minutes=30)
"""After the last step: long enough to fetch reading glasses, short enough for a computer others use too."""

_PURPOSE = "sign-up session"


class Step(StrEnum):
    """How far somebody has come."""

    CODE = "code"
    ABOUT = "about"
    CONSENTS = "consents"
    DONE = "done"
    ALREADY = "already"  # the phone has an account: nothing was changed
    LEFT = "left"  # it had one, and whoever proved the phone asked to be forgotten


class Said(msgspec.Struct, frozen=True):
    """What somebody typed about themselves, as they typed it: to be shown again, right or wrong."""

    name: str = ""
    birth_year: str = ""
    has_turned_18: bool = False
    municipality: str = ""
    postcode: str = ""
    training: str = ""

    def __repr__(self) -> str:
        return "Said(…)"


class SignUp(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody on their way. At the end only what the last page says is left, and whose account the phone has."""

    step: Step
    phone: str = ""
    said: Said = Said()
    join_code: str | None = None
    credited: bool | None = None
    alarms: bool = False
    location: bool = False
    account: UUID | None = None
    connected: bool = False  # to the app, on any device

    def __repr__(self) -> str:
        return f"SignUp({self.step})"


async def begin(connection: Connection, keys: Keys, sign_up: SignUp, now: datetime) -> str:
    """The random number (256 bits) that the browser is to bring along."""
    token = secrets.token_urlsafe(32)
    await keep(connection, keys, token, sign_up, now)
    return token


async def find(connection: Connection, keys: Keys, token: str, now: datetime) -> SignUp | None:
    """Where somebody is, held until the transaction ends; None when there is no such or its time is over."""
    kept = await queries.lock_session(connection, _hash(token), now)
    content = None if kept is None else unseal(keys, _PURPOSE, kept.sealed)
    return None if content is None else msgspec.json.decode(content, type=SignUp)


async def keep(connection: Connection, keys: Keys, token: str, sign_up: SignUp, now: datetime) -> None:
    """What is known now, for another half hour."""
    sealed = seal(keys, _PURPOSE, msgspec.json.encode(sign_up))
    await queries.upsert_session(connection, _hash(token), sealed, now + LASTS)


async def forget(connection: Connection, token: str) -> None:
    await queries.delete_session(connection, _hash(token))


async def remove_old(connection: Connection, now: datetime) -> int:
    """Housekeeping: forget whoever stopped half-way; gives how many."""
    return await queries.delete_sessions_before(connection, now)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
