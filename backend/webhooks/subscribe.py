"""Beginning and ending to tell a centre's address: an operator's decisions, journalled as changes of rights."""

import os
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.foundation.database import Actor, Connection, Role
from backend.foundation.ids import CentreId, without_time
from backend.foundation.journal import Event, Happening, write_outside_incidents
from backend.foundation.kinds import Kind
from backend.identity.keys import Keys, PhoneHashKey
from backend.identity.sealed import seal, unseal
from backend.webhooks import queries
from backend.webhooks.subscription import SECRET_BYTES, Subscription, purpose_of, secret_of


async def subscribe(
    connection: Connection,
    keys: Keys,
    centre_id: CentreId,
    kind: Kind,
    url: str,
    events: Sequence[Event],
    now: datetime,
) -> tuple[UUID, str]:
    """The new subscription's id and its secret, which is kept sealed. `url` has been looked at."""
    subscription_id = without_time()
    secret = os.urandom(SECRET_BYTES)
    sealed = seal(keys, purpose_of(subscription_id), secret)
    wanted = [event.value for event in events]
    await queries.add(
        connection, Subscription(subscription_id, centre_id, kind.value, url, sealed, wanted, now, disabled_at=None)
    )
    await _journal(connection, centre_id, "webhook_added", subscription_id, now)
    return subscription_id, secret_of(secret)


async def unsubscribe(connection: Connection, subscription: Subscription, now: datetime) -> bool:
    """False where it was disabled already."""
    if not await queries.disable(connection, subscription.id, now):
        return False
    await _journal(connection, CentreId(subscription.centre_id), "webhook_disabled", subscription.id, now)
    return True


def secret_in(keys: Keys, subscription_id: UUID, sealed: bytes) -> str | None:
    """None where it was sealed by other keys than these."""
    secret = unseal(keys, purpose_of(subscription_id), sealed)
    return None if secret is None else secret_of(secret)


async def seal_anew(connection: Connection, keys: Keys | PhoneHashKey) -> int:
    """Seal every subscription's secret under the newest key; gives how many no key opens, which stay as they are."""
    unreadable = 0
    for each in await queries.every_secret(connection):
        secret = unseal(keys, purpose_of(each.id), each.secret_sealed)
        if secret is None:
            unreadable += 1
            continue
        await queries.put_secret(connection, each.id, seal(keys, purpose_of(each.id), secret))
    return unreadable


async def _journal(
    connection: Connection, centre_id: CentreId, change: str, subscription_id: UUID, now: datetime
) -> None:
    happening = Happening(Event.RIGHT_CHANGED, {"change": change, "webhook": str(subscription_id)})
    await write_outside_incidents(connection, Actor(Role.OWNER, centre_id=centre_id), happening, now)
