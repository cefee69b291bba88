"""Who is told, of what, and how long it is tried. Pure."""

import base64
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

SECRET_BYTES = 32
EXPIRES_AFTER = timedelta(hours=6)
"""An older step is no news; the incident can still be read, and the stream goes back further."""

FIRST_AGAIN_S = 2.0
LONGEST_AGAIN_S = 600.0
GROWS = 3.0


class DeliveryState(StrEnum):
    """On the way: queued and leased. Over: the rest."""

    QUEUED = "queued"
    LEASED = "leased"
    DELIVERED = "delivered"
    EXPIRED = "expired"
    DROPPED = "dropped"  # its subscription was disabled


class Subscription(msgspec.Struct, frozen=True):
    """A centre's address for the events of one kind of its incidents; no `events`: all of them."""

    id: UUID
    centre_id: UUID
    kind: str
    url: str
    secret_sealed: bytes
    events: list[str]
    added_at: datetime
    disabled_at: datetime | None

    def __repr__(self) -> str:
        return f"Subscription({self.id})"


def secret_of(random_bytes: bytes) -> str:
    """As Standard Webhooks writes a secret."""
    return "whsec_" + base64.b64encode(random_bytes).decode()


def purpose_of(subscription_id: UUID) -> str:
    """What its secret is sealed for: a sealed secret in another's row opens nothing."""
    return f"webhook {subscription_id}"


def again_after_s(attempts: int) -> float:
    """How long after its `attempts`-th failure an event is tried again: 2 s, 6 s, 18 s … 10 min."""
    return float(min(LONGEST_AGAIN_S, FIRST_AGAIN_S * GROWS ** min(attempts - 1, 10)))
