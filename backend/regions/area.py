"""The nouns: an area with its validity, and what finding a place can say."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

OWN_CODE_MARK = "+"
"""A region code with this sign in it is our own (`1084+1085`): the official one was not known when it was written."""


class Level(StrEnum):
    REGION = "region"
    MUNICIPALITY = "municipality"


class How(StrEnum):
    """How a place was found."""

    INSIDE = "inside"
    NEAREST = "nearest"  # in a harbour, on an islet: the nearest area within 5 km
    UNKNOWN = "unknown"


class Found(msgspec.Struct, frozen=True):
    """Codes, not names. The municipality is null while only the regions have shapes."""

    region: str | None
    municipality: str | None
    how: How


class Area(msgspec.Struct, frozen=True):
    """An area as it is for [from, to); `to` null: until further notice."""

    id: UUID
    level: Level
    code: str
    name_da: str
    name_en: str
    parent: str | None
    valid_from: datetime
    valid_to: datetime | None
    shape: bytes | None  # WKB in degrees, longitude first
    source: str

    def holds_at(self, at: datetime) -> bool:
        return self.valid_from <= at and (self.valid_to is None or at < self.valid_to)
