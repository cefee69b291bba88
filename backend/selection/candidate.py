"""The noun: somebody looked at for an incident, and what was thought of them."""

import hashlib
from enum import StrEnum
from uuid import UUID

import msgspec

from backend.foundation.ids import VolunteerId


class FromPlace(StrEnum):
    """Which position was used."""

    LIVE = "live"
    HOME = "home"
    WORK = "work"


class Verdict(StrEnum):
    """Chosen, or why not. Reasons are facts about the alarm, shown to the dispatch centre afterwards."""

    CHOSEN = "chosen"
    NEARER_ONES_ASKED = "nearer_ones_asked"
    BEYOND_REACH = "beyond_reach"
    WATER_BETWEEN = "water_between"
    POSITION_TOO_OLD = "position_too_old"
    RINGING_ELSEWHERE = "ringing_elsewhere"
    ON_MISSION_ELSEWHERE = "on_mission_elsewhere"
    SNOOZED = "snoozed"
    QUIET_HOURS = "quiet_hours"
    NO_ADDRESS = "no_address"


BUSY = frozenset({Verdict.RINGING_ELSEWHERE, Verdict.ON_MISSION_ELSEWHERE})
"""Who cannot be asked only for the moment: another alarm has them."""


class Candidate(msgspec.Struct, frozen=True):
    """Somebody within the searched cells. `metres` is to the centre of their cell; age None for home and work."""

    volunteer_id: VolunteerId
    metres: int
    age_s: int | None
    from_place: FromPlace
    obstacle: Verdict | None  # why this person cannot be asked now, if anything
    lot: bytes  # breaks ties: fair, and the same every time
    cell: int


def lot_of(incident_id: UUID, volunteer_id: UUID) -> bytes:
    """sha256(incident id + volunteer id): what decides between two people equally far away."""
    return hashlib.sha256(incident_id.bytes + volunteer_id.bytes).digest()


def pseudonym_of(incident_id: UUID, volunteer_id: UUID) -> str:
    """What a dispatch centre calls somebody, for this incident only."""
    return hashlib.sha256(b"pseudonym" + incident_id.bytes + volunteer_id.bytes).hexdigest()[:8].upper()
