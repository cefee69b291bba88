"""The noun: an alarm that somebody raised by hand, how far one goes alone, and what a second person decides."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from backend.foundation.ids import CentreId, IncidentId
from backend.foundation.kinds import Kind


class Above(StrEnum):
    """What somebody alone does not do."""

    AN_HOUR = "an_hour"  # one more live alarm by the same person within an hour
    UNCERTAIN = "uncertain"  # the patient may be anywhere in a wide circle: a town, a long street


class Decision(StrEnum):
    """What the second person did."""

    CONFIRMED = "confirmed"
    STOPPED = "stopped"


class Limit(msgspec.Struct, frozen=True):
    """How far one person goes alone: so many alarms in an hour, each so exact."""

    an_hour: int
    uncertain_m: int


UNTIL_DECIDED = Limit(an_hour=3, uncertain_m=500)
"""Where a centre has set nothing. Ours ††: a visitator's shift seldom has two arrests in one hour, and beyond half a
kilometre nobody asked can find the patient without being told more."""


class ByHand(msgspec.Struct, frozen=True):
    """An alarm somebody raised. `above` empty: no second person is called."""

    incident_id: IncidentId
    kind: Kind
    centre_id: CentreId
    raised_by: UUID
    raised_at: datetime
    above: list[Above]
    decision: Decision | None = None
    decided_by: UUID | None = None
    decided_at: datetime | None = None
