"""The nouns: a defibrillator as it is offered, and the states it can be in."""

from enum import StrEnum

import msgspec

from backend.foundation.ids import AedId


class Condition(StrEnum):
    """What is known of the device itself."""

    IN_PLACE = "in_place"
    PICKED_UP = "picked_up"
    NOT_THERE = "not_there"
    LOCKED = "locked"
    DEAD = "dead"


class Trouble(StrEnum):
    """What a volunteer can say of one in a single tap."""

    NOT_THERE = "not_there"
    LOCKED = "locked"
    DEAD = "dead"


class Open(StrEnum):
    """Whether it can be reached at a moment."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class AedOption(msgspec.Struct, frozen=True):
    """One that could be fetched now: free, in place, and `metres` along the great circle from where one asked."""

    aed_id: AedId
    lat: float
    lon: float
    open: Open
    metres: float
    name: str | None
    location_text: str | None
    floor: str | None
    indoor: bool | None
    cabinet_code: str | None  # shown after accepting only
    phone: str | None
    reliability: float  # 1 where nothing was ever reported, halved by every report since it was last confirmed
    source: str
    attribution: str
    made_up: bool
