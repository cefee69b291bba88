"""The nouns: a reported position, what became of it, and how a phone's clock is put right."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

KEPT_FOR = timedelta(hours=72)
"""A position is forgotten this long after the last report or "still here" (DOMAIN §6)."""

AHEAD = timedelta(seconds=5)
"""So much later than sent is still believed: a phone has two clocks (system, satellite); more is a fault. Ours ††."""


FURTHEST_M = 20_100_000.0
"""Known no better than this is known nowhere on the globe."""


class Outcome(StrEnum):
    """What became of one item of a report."""

    ACCEPTED = "accepted"
    OLDER = "older"  # a newer position is known already
    REFUSED = "refused"


class Reason(StrEnum):
    """Why an item was refused."""

    NOT_FINITE = "not_finite"
    OUT_OF_RANGE = "out_of_range"
    ACCURACY = "accuracy"
    IN_THE_FUTURE = "in_the_future"
    TOO_OLD = "too_old"
    NO_LOCATION_CONSENT = "no_location_consent"
    WITHDRAWN = "withdrawn"
    BLACKOUT = "blackout"  # in an area where nothing is stored: only the phone knows


class FixedPlace(StrEnum):
    HOME = "home"
    WORK = "work"


class Report(msgspec.Struct, frozen=True):
    """One measurement as a phone sent it. It lives as long as the request."""

    lat: float
    lon: float
    accuracy_m: float | None
    measured_at: datetime

    def __repr__(self) -> str:
        return "Report(…)"  # so that no traceback shows where somebody is


class Judged(msgspec.Struct, frozen=True):
    """What is said about one item, in the order they were sent."""

    outcome: Outcome
    reason: Reason | None = None


def on_our_clock(measured_at: datetime, sent_at: datetime, received_at: datetime) -> datetime:
    """When it was measured, by our clock: the age at sending is right even if the phone's clock is not.

    Never later than `received_at`.
    """
    return min(received_at, measured_at + (received_at - sent_at))
