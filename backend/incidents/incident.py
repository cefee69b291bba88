"""The noun: an incident, its place, its words."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from backend.foundation.ids import CentreId, IncidentId
from backend.foundation.kinds import Kind


class State(StrEnum):
    OPEN = "open"
    ENDED = "ended"


MOVES: dict[State, frozenset[State]] = {State.OPEN: frozenset({State.ENDED}), State.ENDED: frozenset()}


class Asking(StrEnum):
    """How far asking has come."""

    PENDING = "pending"  # choosing failed or has not run: the worker chooses
    ASKED = "asked"
    NOBODY_IN_REACH = "nobody_in_reach"
    EXCLUDED = "excluded"  # the circumstances rule it out until the centre overrides


class StandDownReason(StrEnum):
    """Why a dispatch centre stops a mission (DOMAIN, words)."""

    AMBULANCE_ARRIVED = "ambulance_arrived"
    NOT_CARDIAC_ARREST = "not_cardiac_arrest"
    UNSAFE_PLACE = "unsafe_place"
    WRONG_ADDRESS = "wrong_address"
    ENOUGH_HELPERS = "enough_helpers"
    SENT_IN_ERROR = "sent_in_error"


class EndReason(StrEnum):
    """How an incident can end: stood down, closed by its centre, timed out, or joined to another."""

    AMBULANCE_ARRIVED = "ambulance_arrived"
    NOT_CARDIAC_ARREST = "not_cardiac_arrest"
    UNSAFE_PLACE = "unsafe_place"
    WRONG_ADDRESS = "wrong_address"
    ENOUGH_HELPERS = "enough_helpers"
    SENT_IN_ERROR = "sent_in_error"
    CLOSED = "closed"
    TIMED_OUT = "timed_out"
    JOINED = "joined"  # a second report of one arrest: `linked_to` is the incident that goes on


class Circumstance(StrEnum):
    """What can speak against asking volunteers (DOMAIN §2); which ones do is the policy's choice."""

    TRAUMA = "trauma"
    DROWNING = "drowning"
    INTOXICATION = "intoxication"
    SUICIDE = "suicide"
    STAFFED_NURSING_HOME = "staffed_nursing_home"
    WITNESSED_BY_CREW = "witnessed_by_crew"
    UNSAFE_SCENE = "unsafe_scene"
    CALLER_NOT_WITH_PATIENT = "caller_not_with_patient"
    AGE_UP_TO_7 = "age_up_to_7"


class AgeGroup(StrEnum):
    UP_TO_7 = "up_to_7"
    FROM_8_TO_17 = "8_to_17"
    ADULT = "adult"
    UNKNOWN = "unknown"


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"
    UNKNOWN = "unknown"


class PrecisionClass(StrEnum):
    """How exact the address is, in the address register's own steps."""

    DOOR = "door"
    ENTRANCE = "entrance"
    BUILDING = "building"
    STREET = "street"
    AREA = "area"


class Address(msgspec.Struct, frozen=True):
    """What a volunteer must know to reach the patient's side; every part optional."""

    text: str | None = None
    dar_id: UUID | None = None
    floor: str | None = None
    door: str | None = None
    entrance: str | None = None
    door_code: str | None = None
    precision_class: PrecisionClass | None = None

    def __repr__(self) -> str:
        return "Address(…)"


class Place(msgspec.Struct, frozen=True):
    """Where the patient is: WGS84 degrees, an accuracy radius in metres (None: not told) and the address.

    Not `readable`: the key is missing, and the middle of the incident's cell stands in for the place.
    """

    lat: float
    lon: float
    accuracy_m: float | None
    address: Address
    readable: bool = True

    def __repr__(self) -> str:
        return "Place(…)"


class PlaceOnMap(msgspec.Struct, frozen=True):
    """A place, its cell of resolution 9, and the area codes it lies in (None: in none we know)."""

    place: Place
    cell_r9: int
    region: str | None
    municipality: str | None

    def __repr__(self) -> str:
        return "PlaceOnMap(…)"


class Report(msgspec.Struct, frozen=True):
    """What a dispatch centre tells when it reports an arrest, parsed and placed; `…_at`: when it was established."""

    case_number: str
    where: PlaceOnMap
    circumstances: tuple[Circumstance, ...] = ()
    age_group: AgeGroup | None = None
    patient_sex: Sex | None = None
    patient_sex_at: datetime | None = None
    dansk_indeks: str | None = None
    dansk_indeks_at: datetime | None = None
    call_taker_group: str | None = None
    call_taker_group_at: datetime | None = None
    call_received_at: datetime | None = None
    recognised_at: datetime | None = None
    numbered_by: CentreId | None = None  # whose case number it is, where that is not the centre's own
    told_by: UUID | None = None  # the dispatch system's log-in whose words the place is; None: somebody at the console

    def all_circumstances(self) -> tuple[Circumstance, ...]:
        """The reported ones, with what the age group says added."""
        by_age = (Circumstance.AGE_UP_TO_7,) if self.age_group is AgeGroup.UP_TO_7 else ()
        return tuple(dict.fromkeys(self.circumstances + by_age))


class Incident(msgspec.Struct, frozen=True):
    """An incident as stored, without its place. `policy` is frozen at opening and read by `selection`."""

    id: IncidentId
    kind: Kind
    centre_id: CentreId
    case_number: str
    state: State
    asking: Asking
    opened_at: datetime
    last_event_at: datetime
    centre_asked_at: datetime | None
    ended_at: datetime | None
    end_reason: EndReason | None
    next_seq: int
    revision: int
    policy: dict[str, Any]
    municipality: str | None
    region: str | None
    accuracy_m: float | None
    coarse: bool
    exclusions: tuple[str, ...]  # circumstances, or "outside_hours"
    override_reason: str | None
    linked_to: IncidentId | None
    reach_step: int = 0  # how often asking was widened
    reach_since: datetime | None = None  # None: as of the opening
    wanted: int = 0  # how many are to be asked at a time: the first wave, and what a new place or a wider reach added
    lacking: int = 0  # of these not asked at the last look, only because they rang or ran elsewhere
    wished: int = 0  # how many its centre asked for by hand, beside those the policy asks in total
