"""How much may be told of counts: in steps of k, that only ever come, and never so that a part could be reckoned.

Groups form a tree and count distinct people: a leaf has join codes, a group above it whoever came by any leaf below,
once. Numbers are told as *at least so many*, by these laws:

- a number told is a multiple of k, and never told smaller again: no change smaller than k is ever told;
- a step told of a group is a step of every group above it;
- what is told of a group beyond what is told of its parts, its *surplus*, never shrinks, and is never more than all its
  parts but one could hold, each with less than k untold: so that any one part may still be as small as what is told;
- of a later stage (connected, of those who registered) neither more is told than of an earlier one, nor more surplus.

They are enough, also for whoever knows them and every table of every week: whatever is told, of each group each of the
k values from what is told of it is possible. The proof stands in docs/decisions/0018-counts-in-steps.md;
`make attack-statistics` tries to refute it with an exact solver.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import NewType

import msgspec

GroupName = NewType("GroupName", str)
"""What a campaign calls a group; opaque here."""
Counts = Mapping[GroupName, int]


class Groups(msgspec.Struct, frozen=True):
    """How the people of one root are parted: `ways` names its parts, once for each way; `parts` those of other groups.

    `untold` are groups of which nothing is ever told, with all their parts. Parts are looked at in the order they have.
    """

    root: GroupName
    ways: Sequence[Sequence[GroupName]]
    parts: Mapping[GroupName, Sequence[GroupName]] = {}
    untold: frozenset[GroupName] = frozenset()


class Counted(msgspec.Struct, frozen=True):
    """One stage: the groups it is told of, and how many distinct people each has; they never get fewer."""

    groups: Groups
    counts: Counts


def tell(stages: Sequence[Counted], told: Sequence[Counts], k: int) -> list[dict[GroupName, int]]:
    """What may be told now, for each stage from the first to the last, after `told` before (who is not in it: 0).

    A later stage has the groups of an earlier one, and may part the root in more ways.
    """
    found: list[Stage] = []
    for counted, before in zip(stages, told, strict=True):
        found.append(Stage(counted, before, k, found[-1] if found else None))
        found[-1].tell_all()
    return [stage.told for stage in found]


class Stage:
    """The figures of one stage while steps are told. `earlier` is the stage before it, already told."""

    def __init__(self, counted: Counted, before: Counts, k: int, earlier: "Stage | None") -> None:
        self._groups = groups = counted.groups
        self._counts = counted.counts
        self._k = k
        self._earlier = earlier
        self._above: dict[GroupName, GroupName] = {}
        self._in_way = [list(self._walk(way)) for way in groups.ways]
        self.told = {name: before.get(name, 0) for name in (groups.root, *itertools.chain(*self._in_way))}

    def _walk(self, parts: Sequence[GroupName]) -> Iterator[GroupName]:
        """These groups and all below them."""
        for part in parts:
            yield part
            below = self._groups.parts.get(part, ())
            self._above.update(dict.fromkeys(below, part))
            yield from self._walk(below)

    def surplus(self, whole: GroupName, parts: Sequence[GroupName]) -> int:
        """What is told of a group beyond what is told of its parts."""
        return self.told[whole] - sum(self.told[part] for part in parts)

    def tell_all(self) -> None:
        """Tell every step there may be. A step of the root is one of a part in each way, where a part has one."""
        root = self._groups.root
        while self._has_room(root):
            steps = [self._step_in(groups) for groups in self._in_way]
            ways = zip(steps, self._groups.ways, strict=True)
            if not all(step or self._may_have_more(root, way) for step, way in ways):
                return
            for name in itertools.chain([root], *steps):
                self.told[name] += self._k

    def _step_in(self, groups: Sequence[GroupName]) -> list[GroupName]:
        """A group of which a step may be told, and those above it: a leaf before others, little told before much."""
        by_need = sorted(groups, key=lambda name: (name in self._groups.parts, self.told[name]))
        return next((way for name in by_need if (way := self._way_up(name))), [])

    def _way_up(self, name: GroupName) -> list[GroupName]:
        """This group and those above it up to the root, if a step of it may be told."""
        if not self._may(name):
            return []
        way = [name]
        while way[-1] in self._above:
            way.append(self._above[way[-1]])
        return way if all(self._has_room(each) for each in way) else []

    def _has_room(self, name: GroupName) -> bool:
        return self.told[name] + self._k <= self._counts[name]

    def _may(self, name: GroupName) -> bool:
        """Whether the laws allow this group itself one step more."""
        if name in self._groups.untold:
            return False
        parts = self._groups.parts.get(name)
        if parts is not None:
            return self._may_have_more(name, parts)
        return self._earlier is None or self.told[name] + self._k <= self._earlier.told.get(name, self._counts[name])

    def _may_have_more(self, whole: GroupName, parts: Sequence[GroupName]) -> bool:
        """Whether a step of this group may be told that is none of its parts'."""
        more = self.surplus(whole, parts) + self._k
        # Of two parts of which nothing is told each may hold any number.
        any_number = sum(part in self._groups.untold for part in parts) > 1
        held = any_number or more <= (len(parts) - 1) * (self._k - 1)
        earlier = self._earlier
        known = earlier is not None and all(part in earlier.told for part in parts)
        return held and (earlier is None or not known or more <= earlier.surplus(whole, parts))
