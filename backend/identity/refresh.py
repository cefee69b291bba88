"""Refresh tokens: each is spent for its successor; one that comes when a successor was used ends the whole family.

A family is one log-in on one device, bound to a key that never leaves it. Without that key's proof a token is nothing:
it is refused and not spent, so whoever has stolen it can neither use it nor sign its owner out.

Answers get lost on their way to a phone. So it may spend the same token again, each time with another proof, until it
has used a token it was given: then all others of the family are of the past, and whoever comes with one is a thief, or
comes after a thief, and both are signed out. Of a family only the token spent last and what was given for it are kept;
a token names its family, so that an older one is known for what it is.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from backend.foundation.database import Connection, become
from backend.foundation.ids import DeviceId, VolunteerId, without_time
from backend.identity import queries_refresh as queries
from backend.identity.device_proof import Shown
from backend.identity.queries_refresh import TokenRow

# DOMAIN §8: who was not heard of for 90 days is no active volunteer; a phone that is heard of renews its token.
LIFETIME = timedelta(days=90)

MOST_TRIES = 10
"""Ours: so often a token is spent. Nobody's answers get lost ten times in a row while their calls all come through."""


class Granted(msgspec.Struct, frozen=True):
    """A fresh token, and whom and which device it stands for. Only its hash is kept."""

    token: str
    expires_at: datetime
    volunteer_id: VolunteerId
    device_id: DeviceId

    def __repr__(self) -> str:
        return f"Granted({self.device_id})"


class Refused(StrEnum):
    """Why a token was not taken. For our own counting: a caller hears the same in each case."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SPENT = "spent"  # it is of the past: its family has been ended
    REPEATED = "repeated"  # this very proof was shown for it before; nothing was changed
    OTHER_DEVICE = "other_device"  # no proof of the key it is bound to; nothing was changed


async def begin(
    connection: Connection, volunteer_id: VolunteerId, device_id: DeviceId, now: datetime, device_key: str | None = None
) -> Granted:
    """The first token of a new family, bound to the key of this thumbprint; to none where a demo or we hold it."""
    await queries.lock_volunteer(connection, volunteer_id)
    return await _grant(connection, without_time(), volunteer_id, device_id, device_key, now)


async def rotate(connection: Connection, token: str, now: datetime, shown: Shown | None = None) -> Granted | Refused:
    """Spend `token` for its successor; `shown` is the proof that came with it.

    A refusal may have ended a family: the caller commits before it refuses.
    """
    token_hash, family_id = _hash(token), _family_named_in(token)
    owner = await queries.owner_of(connection, token_hash)
    if owner is None and family_id is not None:
        owner = await queries.owner_of_family(connection, family_id)
    if owner is None:
        return Refused.UNKNOWN
    await become(connection, owner)
    # From here on nobody else touches this volunteer's tokens, so no successor can slip past an ending family.
    await queries.lock_volunteer(connection, owner)
    row = await queries.read_token(connection, token_hash)
    if row is None:
        return await _of_the_past(connection, family_id, shown, now)
    if (refused := _refused(row, shown, now)) is not None:
        if refused is Refused.SPENT:
            await queries.revoke_family(connection, row.family_id, now)
        return refused
    if row.used_at is None:
        await queries.delete_others(connection, row.family_id, row.id)
    await queries.mark_used(connection, row.id, [] if shown is None else [shown.digest], now)
    return await _grant(connection, row.family_id, row.volunteer_id, row.device_id, row.device_key, now)


def _refused(row: TokenRow, shown: Shown | None, now: datetime) -> Refused | None:
    """Why a token that is kept is not taken. One that was spent is the last that was: nothing given for it was used."""
    if not _holds(shown, row.device_key):
        return Refused.OTHER_DEVICE
    if row.revoked_at is not None:
        return Refused.REVOKED
    if row.expires_at <= now:
        return Refused.EXPIRED
    if row.used_at is None:
        return None
    if shown is None or not 0 < len(row.spent_with) < MOST_TRIES:
        return Refused.SPENT
    return Refused.REPEATED if shown.digest in row.spent_with else None


async def _of_the_past(connection: Connection, family_id: UUID | None, shown: Shown | None, now: datetime) -> Refused:
    """A token that is not kept: of nobody, or older than what is kept of its family."""
    bound = None if family_id is None else await queries.binding_of(connection, family_id)
    if family_id is None or bound is None:
        return Refused.UNKNOWN
    if not _holds(shown, bound.device_key):
        return Refused.OTHER_DEVICE
    await queries.revoke_family(connection, family_id, now)
    return Refused.SPENT


def _holds(shown: Shown | None, device_key: str | None) -> bool:
    return device_key is None or (shown is not None and shown.thumbprint == device_key)


async def revoke_device(connection: Connection, volunteer_id: VolunteerId, device_id: DeviceId, now: datetime) -> None:
    """Sign a device out."""
    await queries.lock_volunteer(connection, volunteer_id)
    await queries.revoke_device(connection, volunteer_id, device_id, now)


async def forget_volunteer(connection: Connection, volunteer_id: VolunteerId) -> None:
    """Delete every token of somebody who withdraws."""
    await queries.lock_volunteer(connection, volunteer_id)
    await queries.delete_of_volunteer(connection, volunteer_id)


async def remove_old(connection: Connection, now: datetime) -> int:
    """Housekeeping: forget tokens that expired; gives how many."""
    return await queries.delete_expired(connection, now)


async def _grant(
    connection: Connection,
    family_id: UUID,
    volunteer_id: VolunteerId,
    device_id: DeviceId,
    device_key: str | None,
    now: datetime,
) -> Granted:
    token = f"{family_id.hex}.{secrets.token_urlsafe(32)}"
    granted = Granted(token, now + LIFETIME, volunteer_id, device_id)
    await queries.insert_token(
        connection,
        without_time(),
        family_id,
        volunteer_id,
        device_id,
        device_key,
        _hash(granted.token),
        now,
        granted.expires_at,
    )
    return granted


def _family_named_in(token: str) -> UUID | None:
    named = token.partition(".")[0]
    try:
        return UUID(hex=named) if len(named) == 32 else None
    except ValueError:
        return None


def _hash(token: str) -> bytes:
    # 256 random bits cannot be tried out: a plain hash is enough.
    return hashlib.sha256(token.encode()).digest()
