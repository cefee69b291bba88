"""A session of somebody who works: for a shift, and as long as an alarm that is under way then. Pure.

Whether one is, the edge knows: rooms that know incidents come later.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from backend.foundation.ids import CentreId
from backend.identity.staff import FRESH, SeatId, SessionId, StaffId

STILL_THERE = timedelta(hours=2)
"""Whoever clicked so recently still works: an alarm that begins then prolongs their session, as the first one did. As
long as an incident without an event lasts."""
LONGEST_OVERTIME = timedelta(hours=12)
"""An alarm that begins later than this after the shift's end prolongs nothing: by then somebody else sits there."""


class How(StrEnum):
    """How somebody came in."""

    OPENID = "openid"
    SEALED = "sealed"  # by the envelope beside the seat: who it is they say themselves


class Session(msgspec.Struct, frozen=True):
    """`fresh_at`: when they last proved who they are. `has_pin`: they can change back to it at its seat."""

    id: SessionId
    staff_id: StaffId
    centre_id: CentreId | None
    seat_id: SeatId | None
    how: How
    began_at: datetime
    used_at: datetime
    expires_at: datetime
    fresh_at: datetime | None
    has_pin: bool

    def is_fresh(self, now: datetime) -> bool:
        """Whether it is still they who sit there, as far as anybody can know."""
        return self.fresh_at is not None and now - self.fresh_at <= FRESH

    @property
    def sealed_seat(self) -> SeatId | None:
        """Only of one that nobody vouched for."""
        return self.seat_id if self.how is How.SEALED else None


class Parked(msgspec.Struct, frozen=True):
    """Somebody who works at this seat and is not sitting there just now."""

    id: SessionId
    staff_id: StaffId
    used_at: datetime
    expires_at: datetime
    has_pin: bool


class AtSeat(msgspec.Struct, frozen=True):
    """As :class:`Parked`, by name: for those who sit down there."""

    id: SessionId
    name: str
    has_pin: bool

    def __repr__(self) -> str:
        return f"AtSeat({self.id})"


def overtime_until(session: Session | Parked) -> datetime:
    """An alarm at the session's centre that began before this, and still is under way, keeps it going."""
    return min(max(session.expires_at, session.used_at + STILL_THERE), session.expires_at + LONGEST_OVERTIME)


def has_ended(session: Session | Parked, now: datetime, alarm_since: datetime | None) -> bool:
    """`alarm_since`: when the first of the alarms under way at the session's centre began; None: none is."""
    prolonged = alarm_since is not None and alarm_since < overtime_until(session)
    return now >= session.expires_at and not prolonged
