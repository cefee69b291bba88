"""Staff: who they are, in which role at which centre, and what each role may do.

`MAY` and `RULES` are the tables that pages, commands and docs/security go by.
"""

from collections.abc import Iterable, Mapping, Set
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import NewType
from uuid import UUID

import msgspec

from backend.foundation.ids import CentreId

StaffId = NewType("StaffId", UUID)
SeatId = NewType("SeatId", UUID)
SessionId = NewType("SessionId", UUID)

LONGEST_NAME = 80
LONGEST_EMAIL = 254
_NOT_IN_AN_EMAIL = frozenset(' ()<>[]\\",:;')


class StaffRole(StrEnum):
    """In what capacity somebody works at a centre. The words are the field's own, and Danish."""

    VISITATOR = "visitator"  # sundhedsfaglig visitator: takes the call, starts the alarm
    TEKNISK_DISPONENT = "teknisk_disponent"  # sends vehicles, follows the alarm
    VAGTHAVENDE = "vagthavende"  # leads the room on this shift
    AMK_LAEGE = "amk_laege"  # the doctor on duty: answers for what is medical
    DRIFTSANSVARLIG = "driftsansvarlig"  # runs the service: policies, systems, exports; no patient
    REVISOR = "revisor"  # reads what was done, does nothing


class May(StrEnum):
    """What a role can allow."""

    FOLLOW = "follow"  # see a centre's incidents, without an address
    ACT = "act"  # revise, stand down, close an incident
    TRIGGER = "trigger"  # a live alarm by hand: the day the dispatch system is down
    EXERCISE = "exercise"  # an exercise alarm by hand: never by the right to a live one
    READ_ADDRESS = "read_address"  # break the glass: one incident's address, with a reason
    ALERT_AREA = "alert_area"  # ask for everybody in an area
    CHANGE_POLICY = "change_policy"
    EXPORT = "export"  # a person's data, on their behalf
    FREEZE = "freeze"  # stop a dispatch system's client, and let it in again
    AUDIT = "audit"  # read the journal and what was approved


_LEADS = frozenset({May.FOLLOW, May.ACT, May.TRIGGER, May.EXERCISE, May.READ_ADDRESS, May.ALERT_AREA})
MAY: Mapping[StaffRole, frozenset[May]] = MappingProxyType(
    {
        StaffRole.VISITATOR: frozenset({May.FOLLOW, May.ACT, May.TRIGGER}),
        StaffRole.TEKNISK_DISPONENT: frozenset({May.FOLLOW}),
        StaffRole.VAGTHAVENDE: _LEADS | {May.FREEZE},
        StaffRole.AMK_LAEGE: _LEADS | {May.CHANGE_POLICY, May.FREEZE},
        StaffRole.DRIFTSANSVARLIG: frozenset({May.EXERCISE, May.CHANGE_POLICY, May.EXPORT, May.FREEZE, May.AUDIT}),
        StaffRole.REVISOR: frozenset({May.AUDIT}),
    }
)

NO_PAGE_YET = frozenset({May.ALERT_AREA, May.AUDIT})
"""What a role stands for and the console does not do yet: operators' commands read the journal."""

STEP_UP = frozenset({May.ALERT_AREA, May.EXPORT, May.READ_ADDRESS})
"""What needs somebody who has proven a moment ago that it is still they who sit there."""
FRESH = timedelta(minutes=5)


class Staff(msgspec.Struct, frozen=True):
    """`email` is in small letters. `issuer` and `subject`: who signed them in first, None until they have."""

    id: StaffId
    email: str
    name: str
    issuer: str | None = None
    subject: str | None = None

    def __repr__(self) -> str:
        return f"Staff({self.id})"


class Seat(msgspec.Struct, frozen=True):
    """A chair with a screen at a centre."""

    id: SeatId
    centre_id: CentreId
    name: str


class Granted(msgspec.Struct, frozen=True):
    """A role at a centre (None: at every one), `[since, until)`."""

    id: UUID
    role: StaffRole
    centre_id: CentreId | None
    since: datetime
    until: datetime | None
    withdrawn_at: datetime | None = None

    def holds(self, at: datetime) -> bool:
        return self.holds_for_a_shift(at, at)

    def holds_for_a_shift(self, began: datetime, now: datetime) -> bool:
        """Whoever began their shift in a role ends it in that role, whatever date comes; withdrawn is withdrawn."""
        in_time = self.since <= now and (self.until is None or began < self.until)
        return in_time and (self.withdrawn_at is None or now < self.withdrawn_at)


def roles_at(
    granted: Iterable[Granted], centre_id: CentreId | None, began: datetime, now: datetime
) -> frozenset[StaffRole]:
    """In which roles somebody is at a centre, on a shift. At none (None): only those that hold at every one."""
    return frozenset(
        each.role
        for each in granted
        if each.holds_for_a_shift(began, now) and (each.centre_id is None or each.centre_id == centre_id)
    )


def may(roles: Iterable[StaffRole]) -> Set[May]:
    """All that the roles allow together."""
    allowed: set[May] = set()
    for role in roles:
        allowed |= MAY[role]
    return allowed


def address(email: str) -> str | None:
    """An e-mail address as it is kept and compared; None where it is none."""
    typed = email.strip().lower()
    name, _, host = typed.rpartition("@")
    whole = name and "." in host and all(host.split(".")) and "@" not in name
    fits = whole and len(typed) <= LONGEST_EMAIL and typed.isprintable() and _NOT_IN_AN_EMAIL.isdisjoint(typed)
    return typed if fits else None
