"""The noun: how far a mission has come."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

TAKEN_UP_TO_LATE = timedelta(minutes=10)
"""What happened before the end is still written down this long after it."""


class Status(StrEnum):
    EN_ROUTE = "en_route"
    AED_PICKED_UP = "aed_picked_up"
    ON_SCENE = "on_scene"
    WITH_PATIENT = "with_patient"
    FINISHED = "finished"


class GiveUpReason(StrEnum):
    CANNOT_GET_THERE = "cannot_get_there"
    UNSAFE = "unsafe"
    UNWELL = "unwell"
    OTHER = "other"


class Told(msgspec.Struct, frozen=True):
    status: Status
    happened_at: datetime


def on_our_clock(happened_at: datetime, sent_at: datetime, received_at: datetime) -> datetime:
    """A phone's time as ours: the error of its clock shows in `sent_at`; never later than we heard of it."""
    return min(happened_at + (received_at - sent_at), received_at)


def is_taken(happened_at: datetime, ended_at: datetime | None, now: datetime) -> bool:
    """Whether a status still counts: always on a mission; after its end if it happened before and is not too late."""
    return ended_at is None or (happened_at <= ended_at and now <= ended_at + TAKEN_UP_TO_LATE)
