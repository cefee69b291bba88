"""Refresh tokens: each works once and names its successor; the second use of one ends the whole family.

A family is one log-in on one device, bound to a key that never leaves it. Without that key's proof a token is nothing:
it is refused and not spent, so whoever has stolen it can neither use it nor sign its owner out. Where somebody with the
key comes twice, either the thief or the owner comes second, and both are signed out.
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

# DOMAIN §8: who was not heard of for 90 days is no active volunteer; a phone that is heard of renews its token.
LIFETIME = timedelta(days=90)


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
    SPENT = "spent"  # somebody used it before: its family has been ended
    OTHER_DEVICE = "other_device"  # no proof of the key it is bound to; nothing was changed


async def begin(
    connection: Connection, volunteer_id: VolunteerId, device_id: DeviceId, now: datetime, device_key: str | None = None
) -> Granted:
    """The first token of a new family, bound to the key of this thumbprint; to none where a demo or we hold it."""
    await queries.lock_volunteer(connection, volunteer_id)
    return await _grant(connection, without_time(), volunteer_id, device_id, device_key, now)


async def rotate(connection: Connection, token: str, now: datetime, device_key: str | None = None) -> Granted | Refused:
    """Spend `token` for its successor; `device_key` is the thumbprint of the key that was proven with it.

    A refusal may have ended a family: the caller commits before it refuses.
    """
    token_hash = _hash(token)
    owner = await queries.owner_of(connection, token_hash)
    if owner is None:
        return Refused.UNKNOWN
    await become(connection, owner)
    # From here on nobody else touches this volunteer's tokens, so no successor can slip past an ending family.
    await queries.lock_volunteer(connection, owner)
    row = await queries.read_token(connection, token_hash)
    if row is None:
        return Refused.UNKNOWN
    if row.device_key not in (None, device_key):
        return Refused.OTHER_DEVICE
    if row.used_at is not None:
        await queries.revoke_family(connection, row.family_id, now)
        return Refused.SPENT
    if row.revoked_at is not None:
        return Refused.REVOKED
    if row.expires_at <= now:
        return Refused.EXPIRED
    await queries.mark_used(connection, row.id, now)
    return await _grant(connection, row.family_id, row.volunteer_id, row.device_id, row.device_key, now)


async def revoke_device(connection: Connection, volunteer_id: VolunteerId, device_id: DeviceId, now: datetime) -> None:
    """Sign a device out."""
    await queries.lock_volunteer(connection, volunteer_id)
    await queries.revoke_device(connection, volunteer_id, device_id, now)


async def forget_volunteer(connection: Connection, volunteer_id: VolunteerId) -> None:
    """Delete every token of somebody who withdraws."""
    await queries.lock_volunteer(connection, volunteer_id)
    await queries.delete_of_volunteer(connection, volunteer_id)


async def remove_old(connection: Connection, now: datetime) -> int:
    """Housekeeping: forget tokens that expired; gives how many. A spent one is kept until then, to be recognised."""
    return await queries.delete_expired(connection, now)


async def _grant(
    connection: Connection,
    family_id: UUID,
    volunteer_id: VolunteerId,
    device_id: DeviceId,
    device_key: str | None,
    now: datetime,
) -> Granted:
    granted = Granted(secrets.token_urlsafe(32), now + LIFETIME, volunteer_id, device_id)
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


def _hash(token: str) -> bytes:
    # 256 random bits cannot be tried out: a plain hash is enough.
    return hashlib.sha256(token.encode()).digest()
