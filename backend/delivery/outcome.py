"""What a provider's answer means, as values, and what becomes of the delivery: pure."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

import msgspec

from backend.delivery.message import DeliveryState

FIRST_BACKOFF_S = 0.25
LONGEST_BACKOFF_S = 8.0

LATE = "late"
"""Code of an attempt that was not put on the wire because its time for that was over."""
LEASE_OVER = "lease_over"
"""Code of an attempt whose worker never reported: killed, frozen, cut off."""


class Verdict(StrEnum):
    """What an answer says about the address itself."""

    KEEP = "keep"
    RETIRE = "retire"  # only the provider's own word for a gone app
    QUARANTINE = "quarantine"


class Accepted(msgspec.Struct, frozen=True):
    """The provider took it. Whether anybody sees it, a receipt tells."""

    reference: str | None = None


class Rejected(msgspec.Struct, frozen=True):
    """Certainly not delivered by this request. With `retry_after_s` it may be tried again, else never."""

    code: str
    verdict: Verdict = Verdict.KEEP
    retry_after_s: float | None = None


class Ambiguous(msgspec.Struct, frozen=True):
    """It may have arrived. With `retry_after_s` the provider asked for so much patience."""

    code: str
    retry_after_s: float | None = None


class NotSent(msgspec.Struct, frozen=True):
    """Nothing went over the wire."""

    code: str


Outcome = Accepted | Rejected | Ambiguous | NotSent


class Settlement(msgspec.Struct, frozen=True):
    """What becomes of a delivery after an attempt."""

    state: DeliveryState
    next_at: datetime | None  # when to try again; only while queued
    reason: str | None
    ambiguous: bool
    second_channel_now: bool


def settle(outcome: Outcome, *, attempts: int, expires_at: datetime, stopped: bool, now: datetime) -> Settlement:
    """After the `attempts`-th attempt of a delivery. What is stopped or would come too late is not tried again."""
    match outcome:
        case Accepted():
            return Settlement(DeliveryState.ACCEPTED, None, None, ambiguous=False, second_channel_now=False)
        case Rejected():
            if outcome.retry_after_s is None:
                return Settlement(DeliveryState.REJECTED, None, outcome.code, ambiguous=False, second_channel_now=True)
            wait_s, ambiguous, hurry = outcome.retry_after_s, False, True
        case Ambiguous():
            own_s = 0.0 if outcome.code == LEASE_OVER else backoff_s(attempts)
            wait_s, ambiguous, hurry = max(own_s, outcome.retry_after_s or 0.0), True, True
        case NotSent():
            # Being late is our own doing and says nothing about the provider.
            late = outcome.code == LATE
            wait_s, ambiguous, hurry = 0.0 if late else backoff_s(attempts), False, not late
        case _:
            assert_never(outcome)
    next_at = now + timedelta(seconds=wait_s)
    if stopped:
        state = DeliveryState.STOPPED
    elif next_at >= expires_at:
        state = DeliveryState.EXPIRED
    else:
        return Settlement(DeliveryState.QUEUED, next_at, outcome.code, ambiguous, second_channel_now=hurry)
    return Settlement(state, None, outcome.code, ambiguous, second_channel_now=hurry)


def backoff_s(attempts: int) -> float:
    """Seconds to wait after the `attempts`-th attempt failed: 0.25, 0.5, 1 … 8."""
    return float(min(LONGEST_BACKOFF_S, FIRST_BACKOFF_S * 2 ** max(0, attempts - 1)))


def word(outcome: Outcome) -> str:
    """As it stands in delivery.attempt_result."""
    match outcome:
        case Accepted():
            return "accepted"
        case Rejected():
            return "rejected"
        case Ambiguous():
            return "ambiguous"
        case NotSent():
            return "not_sent"
        case _:
            assert_never(outcome)


def code(outcome: Outcome) -> str | None:
    """The provider's or our own word for what was the matter."""
    return None if isinstance(outcome, Accepted) else outcome.code
