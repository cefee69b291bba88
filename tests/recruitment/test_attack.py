"""An exact solver over everything that is told learns nothing smaller than k, and would without any of the laws."""

from collections.abc import Sequence

import pytest

from backend.recruitment.tell import Counted, Counts, GroupName, Stage, tell
from tests.recruitment.attack import Telling
from tests.recruitment.attack_statistics import attacked


def test_whatever_is_told_says_of_no_group_whether_nobody_came_or_k_minus_one_did() -> None:
    assert attacked(range(150)).first == []


class WithoutSuppression(Stage):
    """Tells of a group what it has, whatever that says of its parts."""

    def _may_have_more(self, _whole: GroupName, _parts: Sequence[GroupName]) -> bool:
        return True


class WithShrinkingSurplus(Stage):
    """Tells a step of a leaf without one of the groups above it, so that these have less surplus afterwards."""

    def _way_up(self, name: GroupName) -> list[GroupName]:
        return [name] if self._may(name) and self._has_room(name) else []

    def tell_all(self) -> None:
        for groups in self._in_way:
            while steps := self._step_in(groups):
                for name in steps:
                    self.told[name] += self._k
        while self._has_room(self._groups.root) and all(
            self._may_have_more(self._groups.root, way) for way in self._groups.ways
        ):
            self.told[self._groups.root] += self._k


def _by(stage: type[Stage]) -> Telling:
    def telling(stages: Sequence[Counted], told: Sequence[Counts], k: int) -> list[Counts]:
        found: list[Stage] = []
        for counted, before in zip(stages, told, strict=True):
            found.append(stage(counted, before, k, found[-1] if found else None))
            found[-1].tell_all()
        return [each.told for each in found]

    return telling


def in_any_increment(stages: Sequence[Counted], _told: Sequence[Counts], k: int) -> list[Counts]:
    """Hides what is small, and tells the rest to the last person."""
    return [
        {name: counted.counts[name] if number else 0 for name, number in each.items()}
        for each, counted in zip(tell(stages, [{}] * len(stages), k), stages, strict=True)
    ]


def of_each_stage_by_itself(stages: Sequence[Counted], told: Sequence[Counts], k: int) -> list[Counts]:
    """Tells of a later stage without a look at the earlier one."""
    return [tell([counted], [before], k)[0] for counted, before in zip(stages, told, strict=True)]


@pytest.mark.parametrize(
    "telling",
    [_by(WithoutSuppression), _by(WithShrinkingSurplus), in_any_increment, of_each_stage_by_itself],
    ids=["without suppression", "with a surplus that shrinks", "in any increment", "of each stage by itself"],
)
def test_without_any_one_of_the_laws_the_attack_learns_what_nobody_may(telling: Telling) -> None:
    assert attacked(range(60), telling).leaking != []
