"""The noun: what the centre and those on the way say to each other by one tap. No free text: it would name people."""

from enum import StrEnum


class ToCentre(StrEnum):
    """What somebody on the way can say."""

    DOOR_LOCKED = "door_locked"
    DOOR_OPEN = "door_open"
    CANNOT_FIND = "cannot_find"
    UNSAFE = "unsafe"


class ToVolunteers(StrEnum):
    """What the centre can say to one of those on the way, or to all of them."""

    DOOR_OPEN = "door_open"
    SOMEBODY_MEETS_YOU = "somebody_meets_you"
    WAIT_OUTSIDE = "wait_outside"
    CALL_US = "call_us"


class Word(StrEnum):
    """Everything either side can say."""

    DOOR_LOCKED = "door_locked"
    DOOR_OPEN = "door_open"
    CANNOT_FIND = "cannot_find"
    UNSAFE = "unsafe"
    SOMEBODY_MEETS_YOU = "somebody_meets_you"
    WAIT_OUTSIDE = "wait_outside"
    CALL_US = "call_us"
