"""A campaign, and what may be seen of it by whom."""

from datetime import date
from enum import StrEnum
from uuid import UUID

import msgspec

from campaigns.modules.module import Part, Party
from campaigns.organisation.unit import Tree, UnitCode


class Campaign(msgspec.Struct, frozen=True):
    """From the Danish day `since` until the day before `until`. `made_up`: to show things; said wherever it is."""

    id: UUID
    name: str
    organisation: str
    since: date
    until: date
    k: int
    credit_days: int
    colour: str
    heart: bool
    made_up: bool = False

    def runs(self, day: date) -> bool:
        return self.since <= day < self.until


class Channel(StrEnum):
    """By what a code reaches people."""

    POSTER = "poster"
    INTRANET = "intranet"
    EMAIL = "email"
    EVENT = "event"


class Asked(msgspec.Struct, frozen=True):
    """How many people of a unit's own (without those of units below) are asked, and how many are hoped for by when."""

    unit: UnitCode
    people: int
    target: int | None = None
    target_on: date | None = None


class Actor(msgspec.Struct, frozen=True):
    """Somebody of a party; of the owner's with a `unit` for theirs and all below it only."""

    party: Party
    unit: UnitCode | None = None


def may_see(actor: Actor, unit: UnitCode | None, tree: Tree) -> bool:
    """Whether somebody sees a unit's numbers in today's tree; `unit` None: the campaign's total.

    Every party sees the total, the owner's people their unit and those below. Nobody sees the unit beside theirs.
    """
    if unit is None:
        return True
    if actor.party.part is not Part.OWNER or unit not in tree.units:
        return False
    return actor.unit is None or actor.unit in tree.way_to(unit)


def may_change(actor: Actor, unit: UnitCode | None, tree: Tree) -> bool:
    """Whether somebody makes and closes codes of a unit; `unit` None: what belongs to the campaign as a whole."""
    if actor.party.part is not Part.OWNER:
        return False
    return actor.unit is None if unit is None else may_see(actor, unit, tree)
