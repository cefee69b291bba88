"""What a unit is for counting: where it stands, as long as it stands there.

A group that was registered never moves, and its numbers stay where they were (docs/decisions/0018, 0020). So a unit
that moves, or that others merge into or are split from, goes on in a new place; and every unit is registered as a whole
with a leaf below it for its own codes, so that units can be opened below it at any time.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from backend.public.counting import Group, GroupName, Way
from campaigns.campaign.campaign import Asked
from campaigns.organisation.unit import Tree, Unit, UnitCode, tree_on


class Place(msgspec.Struct, frozen=True):
    """`people` are those asked in the unit and all below, `own_people` those of its own, when the place was taken."""

    unit: UnitCode
    number: int
    above: GroupName | None
    reshaped_on: date | None
    people: int | None
    own_people: int | None

    @property
    def whole(self) -> GroupName:
        return GroupName(self.unit if self.number == 1 else f"{self.unit}/{self.number}")

    @property
    def own(self) -> GroupName:
        return GroupName(f"{self.whole}/own")

    def groups(self, *, with_own: bool) -> list[Group]:
        """As counting is told of it; again and again the same."""
        whole = Group(self.whole, Way.UNIT, self.above, self.people)
        return [whole, Group(self.own, Way.UNIT, self.whole, self.own_people)] if with_own else [whole]


def places_on(
    history: Sequence[Unit],
    day: date,
    asked: Mapping[UnitCode, Asked],
    taken: Sequence[Place],
    unit: UnitCode,
) -> list[Place]:
    """The places of a unit and of each above it on a day, from the top down: taken already where nothing has changed.

    Raises KeyError if the unit is not there that day.
    """
    tree = tree_on(history, day)
    newest = {place.unit: place for place in sorted(taken, key=lambda place: place.number)}
    places: list[Place] = []
    for code in tree.way_to(unit):
        above = places[-1].whole if places else None
        reshaped_on = _reshaped_on(history, code, day)
        last = newest.get(code)
        if last is None or (last.above, last.reshaped_on) != (above, reshaped_on):
            number = 1 if last is None else last.number + 1
            own = asked[code].people if code in asked else None
            last = Place(code, number, above, reshaped_on, _people_of(tree, code, asked), own)
        places.append(last)
    return places


def _reshaped_on(history: Sequence[Unit], code: UnitCode, day: date) -> date | None:
    """The last day until then on which a unit merged into this one or was split from it."""
    merged = [unit.until for unit in history if unit.merged_into == code and unit.until is not None]
    split = [unit.since for unit in history if unit.split_from == code]
    return max((each for each in (*merged, *split) if each <= day), default=None)


def _people_of(tree: Tree, code: UnitCode, asked: Mapping[UnitCode, Asked]) -> int | None:
    """As far as it was told: of too few people nothing is told, so a number too small does no harm."""
    known = [asked[each].people for each in tree.whole(code) if each in asked]
    return sum(known) if known else None
