"""Made-up campaigns: who came by which leaf when, in trees that are edited meanwhile."""

import random
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from backend.recruitment.tell import GroupName, Groups

WEEKS = 8
DAYS = 2
"""Days of a week, to be quick: on the last one figures of all groups are told, on the others the campaign's alone."""
ROOT = GroupName("all")


class Person(msgspec.Struct, frozen=True):
    """Since which day somebody is in a leaf (two leaves of one way: they came by two codes), and how far they came."""

    since: Mapping[GroupName, int]
    reached: Sequence[int]  # the day of each stage


class Population(msgspec.Struct, frozen=True):
    """What there is to count. `opened` is each group's first day: a unit that moves goes on as a new leaf."""

    k: int
    groups: Groups
    opened: Mapping[GroupName, int]
    people: Sequence[Person]
    stages: int
    late_ways: (
        int  # the last so many ways are those of later stages only, as areas are: who signs up says where they live
    )
    twice: bool  # whether anybody may be in two leaves of one way

    def groups_on(self, day: int, stage: int) -> Groups:
        """The groups there are: one that is not open yet holds nobody, and everybody knows it."""
        parts = {
            whole: [part for part in parts if self.opened[part] <= day] for whole, parts in self.groups.parts.items()
        }
        return msgspec.structs.replace(self.groups, ways=self.ways_of(stage), parts=parts)

    def ways_of(self, stage: int) -> Sequence[Sequence[GroupName]]:
        return self.groups.ways if stage else self.groups.ways[: len(self.groups.ways) - self.late_ways]

    def parted(self, stage: int) -> Iterator[tuple[GroupName, Sequence[GroupName]]]:
        """Every group with its parts, the root once for each way."""
        yield from ((self.groups.root, way) for way in self.ways_of(stage))
        yield from self.groups.parts.items()

    def names(self, stage: int) -> list[GroupName]:
        return [self.groups.root, *(part for _, parts in self.parted(stage) for part in parts)]

    def leaves_of(self, group: GroupName) -> frozenset[GroupName]:
        parts = self.groups.ways[0] if group == self.groups.root else self.groups.parts.get(group, ())
        return frozenset().union(*(self.leaves_of(part) for part in parts)) if parts else frozenset([group])

    def counts(self, day: int, stage: int) -> dict[GroupName, int]:
        """Distinct people in each group by the end of `day` who have come as far as `stage`."""
        leaves = {name: self.leaves_of(name) for name in self.names(stage)}
        found = dict.fromkeys(leaves, 0)
        for person in self.people:
            if person.reached[stage] <= day:
                there = {leaf for leaf, since in person.since.items() if since <= day}
                for name, its in leaves.items():
                    found[name] += not its.isdisjoint(there)
        return found


def draw(seed: int, days: int = WEEKS * DAYS) -> Population:
    """A campaign in the small: a few units in one to three levels, channels beside them, everything by chance."""
    rng = random.Random(seed)
    k = rng.choice((5, 10))
    units, parts, opened = _units(rng, days)
    leaves = [name for name in opened if name not in parts]
    channels = [GroupName(f"channel {number}") for number in range(rng.choice((0, 0, 2, 3)))]
    areas = [GroupName(f"area {number}") for number in range(rng.choice((0, 0, 2, 4)))]
    opened |= dict.fromkeys((*channels, *areas), 1)
    besides = [way for way in (channels, areas) if way]
    untold = frozenset(leaf for leaf in leaves if rng.random() < 0.12)
    twice, stages = rng.random() < 0.4, rng.choice((1, 1, 2, 3))
    people = [
        _person(rng, leaf, day, leaves, besides, opened, twice, stages)
        for leaf in leaves
        for pace in [rng.choice((0.0, 0.1, 0.3, 0.6, 1.0, 3.0)) * k / (4 * DAYS)]
        for day in range(opened[leaf], days + 1)
        for _ in range(_poisson(rng, pace))
    ]
    groups = Groups(ROOT, [units, *besides], parts, untold)
    return Population(k, groups, opened, people, stages, 1 if areas else 0, twice)


def _units(
    rng: random.Random, days: int
) -> tuple[list[GroupName], dict[GroupName, list[GroupName]], dict[GroupName, int]]:
    parts: dict[GroupName, list[GroupName]] = {}
    units = [GroupName(f"unit {number}") for number in range(rng.randint(1, 5))]
    for unit in units:
        if rng.random() < 0.5:
            parts[unit] = [GroupName(f"{unit}.{number}") for number in range(rng.randint(1, 4))]
    if len(units) > 2 and rng.random() < 0.3:  # a level between
        parts[GroupName("command")] = units[:-1]
        units = [GroupName("command"), units[-1]]
    opened = dict.fromkeys((*units, *(part for its in parts.values() for part in its)), 1)
    for number in range(rng.choice((0, 0, 1, 2)) if parts else 0):  # what was opened, merged or moved meanwhile
        new = GroupName(f"new {number}")
        parts[rng.choice(list(parts))].append(new)
        opened[new] = rng.randint(2, days)
    return units, parts, opened


def _person(
    rng: random.Random,
    leaf: GroupName,
    day: int,
    leaves: Sequence[GroupName],
    besides: Sequence[Sequence[GroupName]],
    opened: Mapping[GroupName, int],
    twice: bool,
    stages: int,
) -> Person:
    since = {leaf: day} | {rng.choice(way): day for way in besides}
    if twice and rng.random() < 0.2:
        other = rng.choice(leaves)
        since.setdefault(other, max(day, opened[other]))
    reached = [day]
    while len(reached) < stages:
        reached.append(reached[-1] + int(rng.expovariate(0.4)))
    return Person(since, reached)


def _poisson(rng: random.Random, mean: float) -> int:
    count, left = 0, rng.expovariate(1.0)
    while left < mean:
        count += 1
        left += rng.expovariate(1.0)
    return count
