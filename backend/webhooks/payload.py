"""What is sent, and the signature that proves it is ours: Standard Webhooks, by its own library."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from standardwebhooks import Webhook

from backend.alerts.distance import facts_for_a_centre
from backend.foundation.journal import Fact


class Step(msgspec.Struct, frozen=True):
    """One thing that happened to an incident: what the centre's stream says of it, and nothing more."""

    incident_id: UUID
    seq: int
    facts: dict[str, Fact]


class Told(msgspec.Struct, frozen=True):
    """The body of a webhook."""

    type: Annotated[str, msgspec.Meta(examples=["accepted"])]
    timestamp: datetime
    data: Step | None = None  # none: a test


def body_of(event: str, at: datetime, step: Step | None) -> bytes:
    if step is not None:
        step = msgspec.structs.replace(step, facts=facts_for_a_centre(step.facts))
    return msgspec.json.encode(Told(event, at, step))


def headers_for(secret: str, message_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """`message_id` is the same for every try of one event; time and signature are of this try."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "hjerteloeber",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, now, body.decode()),
    }


def message_id_of(subscription_id: UUID, entry_id: int) -> str:
    return f"{subscription_id.hex}-{entry_id}"
