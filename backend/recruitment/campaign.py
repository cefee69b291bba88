"""A campaign as counting knows it: opaque names of groups and codes, and how far people come."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from backend.recruitment.tell import GroupName

ROOT = GroupName("campaign")
"""Everybody who came by any of a campaign's codes."""
NOWHERE = GroupName("area unknown")
LEAST_INVITED = 3
"""Of a unit with fewer people invited than so many times k nothing is told: too many of them would have to be asked."""


class Stage(StrEnum):
    """How far somebody has come, in this order; nobody goes back."""

    BEGUN = "begun"  # the sign-up pages were begun with a code: not people, but times
    PROVEN = "proven"  # a phone was proven
    REGISTERED = "registered"  # a new hjerteløber, with consent to be counted
    CONNECTED = "connected"  # has the app
    REACHABLE = "reachable"  # can be rung
    TRAINED = "trained"  # and has learnt to resuscitate


STAGES = tuple(Stage)


class Besides(StrEnum):
    """What is told of the whole campaign only."""

    ALREADY = "already"  # proved their phone, and were hjerteløbere before
    ANSWERED = "answered"  # have answered an alarm
    WITHDRAWN = "withdrawn"  # took their consent to be counted back, or left


OF = {Besides.ALREADY: Stage.PROVEN, Besides.ANSWERED: Stage.REGISTERED, Besides.WITHDRAWN: Stage.REGISTERED}
"""Whom they are among: never is more told of them than of that stage."""


class Way(StrEnum):
    """The ways a campaign's people are parted."""

    UNIT = "unit"
    CHANNEL = "channel"
    AREA = "area"


class Campaign(msgspec.Struct, frozen=True):
    """No number below `k` is told. A code counts for who registers within `credit_days` of proving a phone with it.

    `made_up`: it began as one to show things with; of no other can numbers be made up.
    """

    id: UUID
    name: str
    k: int
    credit_days: int
    opens_at: datetime
    closes_at: datetime
    made_up: bool = False


class Group(msgspec.Struct, frozen=True):
    """`invited` is how many people were asked in a unit and all below it; None: nobody counted, and it is not told."""

    name: GroupName
    way: Way
    parent: GroupName | None = None
    invited: int | None = None


class Code(msgspec.Struct, frozen=True):
    code: str
    unit: GroupName
    channel: GroupName


class Standing(StrEnum):
    """What a join code is worth to whoever signs up with it."""

    OPEN = "open"
    CLOSED = "closed"  # it was one; they sign up all the same, uncredited
    UNKNOWN = "unknown"
