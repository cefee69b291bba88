"""The noun: one incident as figures see it. Pure; no place, no person, no case number."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from backend.aftercare.figure import Gap, Input
from backend.foundation.ids import CentreId
from backend.incidents.incident import Asking, EndReason, State

OF_USE_AT_THE_SCENE = 4
"""Two who take turns, one who fetches a defibrillator, one who shows the crew in: as many as the policy uses that gives
each a task of their own (DOMAIN §2, de-lebensretter). Whoever arrives after them is redundant: ours."""


class LeftOut(StrEnum):
    """Why an incident is counted as no alarm."""

    OPEN = "open"  # it goes on: whatever is told of it now can change
    JOINED = "joined"  # a second report of one arrest; the first is counted
    EXCLUDED = "excluded"  # the circumstances spoke against asking, and nobody overrode them


class Region(msgspec.Struct, frozen=True):
    """As it was called when an alarm in it opened; in force during `[since, until)`."""

    code: str
    name_da: str
    name_en: str
    since: datetime | None = None
    until: datetime | None = None


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """`alerted`: whom a channel took the alarm to; `accepted` of them said yes and had a place.

    `arrivals`: when each who told of it was at the scene or with the patient. `silent`: how many accepted, did not give
    up, and never told whether they came.
    """

    id: UUID
    opened_at: datetime
    centre_id: CentreId
    centre: str
    region: Region | None
    left_out: LeftOut | None
    alerted: int = 0
    accepted: int = 0
    stood_down: int = 0  # of the accepted: told not to go, and never told that they had come
    silent: int = 0
    first_push_at: datetime | None = None
    first_accept_at: datetime | None = None
    arrivals: tuple[datetime, ...] = ()

    def until_push(self) -> Input:
        """Seconds from the report until a provider took the first alarm; missing where only its silence is known."""
        return self._seconds(self.first_push_at, self.alerted > 0)

    def until_accept(self) -> Input:
        return self._seconds(self.first_accept_at, self.accepted > 0)

    def until_arrival(self) -> Input:
        """Seconds from the report until the first who told of it had come; missing where one may have in silence."""
        return self._seconds(min(self.arrivals, default=None), self.silent > 0)

    def redundant(self) -> Input:
        """Arrivals after those that are of use. Known as soon as the silent ones would change nothing."""
        at_least = max(0, len(self.arrivals) - OF_USE_AT_THE_SCENE)
        at_most = max(0, len(self.arrivals) + self.silent - OF_USE_AT_THE_SCENE)
        return at_least if at_least == at_most else Gap.MISSING

    def nobody_came(self) -> Input:
        """1 or 0."""
        if self.arrivals:
            return 0
        return Gap.MISSING if self.silent else 1

    def _seconds(self, at: datetime | None, was_to_be: bool) -> Input:
        if at is None:
            return Gap.MISSING if was_to_be else Gap.NO_PART
        # Who was on the way already when this was reported (two reports joined) has a time, and it is not of this one.
        return (at - self.opened_at).total_seconds() if at >= self.opened_at else Gap.MISSING


def left_out(state: State, asking: Asking, end_reason: EndReason | None) -> LeftOut | None:
    """Why an incident counts as no alarm; None: it does count."""
    if state is State.OPEN:
        return LeftOut.OPEN
    if end_reason is EndReason.JOINED:
        return LeftOut.JOINED
    return LeftOut.EXCLUDED if asking is Asking.EXCLUDED else None
