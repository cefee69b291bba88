"""The nouns: what needs a person, how a centre wants it, and an agreement with a neighbour."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from backend.foundation.clock import COPENHAGEN
from backend.foundation.ids import CentreId, IncidentId
from backend.foundation.kinds import Kind

NOBODY_AFTER = timedelta(seconds=120)
"""So long without anybody on the way before it needs a person, counted from when the first was asked, or the last one
who went gave up. Ours ††: the longest ring, and a little. The board says so and it sounds at this one moment; a centre
may set another (`Rule`)."""


class Needs(StrEnum):
    """What only a person can settle."""

    NEW_ALARM = "new_alarm"  # where the console acknowledges reports
    NOBODY_ACCEPTED = "nobody_accepted"
    WORD = "word"  # somebody on the way stands before a locked door, finds no way, or is afraid
    FLAGGED = "flagged"  # one of too many from one system
    SECOND_PERSON = "second_person"  # called, and has not decided yet
    STILL_GOING = "still_going"  # an hour without an event
    CHANNEL_DOWN = "channel_down"
    FEED_SILENT = "feed_silent"
    HANDOVER_RECEIVED = "handover_received"


class Acknowledges(StrEnum):
    """Who says that a report has been seen."""

    SYSTEM = "system"  # the dispatch system, by reporting it: somebody sits before it
    CONSOLE = "console"  # somebody at the console here


class Rule(msgspec.Struct, frozen=True):
    """How a centre wants it."""

    acknowledges: Acknowledges = Acknowledges.SYSTEM
    nobody_after: timedelta = NOBODY_AFTER


class Agreement(msgspec.Struct, frozen=True):
    """After so long untaken, within hours, a centre's incidents are lent to another for a while."""

    to: CentreId
    after: timedelta
    from_hour: int
    to_hour: int
    lends_for: timedelta

    def holds(self, at: datetime) -> bool:
        """Within its Danish hours, over midnight too; from and to alike: always."""
        hour = at.astimezone(COPENHAGEN).hour
        if self.from_hour == self.to_hour:
            return True
        if self.from_hour < self.to_hour:
            return self.from_hour <= hour < self.to_hour
        return hour >= self.from_hour or hour < self.to_hour


class Need(msgspec.Struct, frozen=True):
    """Something that needs a person now. With `subject` it is one and the same, however often it is looked at."""

    what: Needs
    subject: str
    kind: Kind
    incident_id: IncidentId | None = None
    detail: dict[str, str] = {}


class By(StrEnum):
    """Who took something up."""

    STAFF = "staff"
    SYSTEM = "system"


class Item(msgspec.Struct, frozen=True):
    """Something that needs a person, as it is kept. It sounds until it is over or taken up."""

    id: UUID
    centre_id: CentreId
    kind: Kind
    what: Needs
    subject: str
    incident_id: IncidentId | None
    detail: dict[str, str]
    raised_at: datetime
    over_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: By | None
    acknowledged_by_id: UUID | None

    @property
    def waits(self) -> bool:
        return self.over_at is None and self.acknowledged_at is None
