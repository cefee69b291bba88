"""What is told of counts: true, in steps, nothing taken back, and as much as the laws allow."""

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from backend.recruitment.tell import Counted, GroupName, Groups, tell
from tests.recruitment.population import DAYS, WEEKS, draw

K = 10


def of(*leaves: str) -> Groups:
    return Groups(GroupName("all"), [[GroupName(leaf) for leaf in leaves]])


def told(groups: Groups, counts: Mapping[str, int], before: Mapping[str, int] | None = None) -> dict[str, int]:
    named = {GroupName(name): count for name, count in counts.items()}
    whole = named | {groups.root: named.get(groups.root, sum(named.values()))}
    earlier = {GroupName(name): count for name, count in (before or {}).items()}
    return {str(name): number for name, number in tell([Counted(groups, whole)], [earlier], K)[0].items()}


def test_a_number_is_told_from_ten_on_and_rounded_down_to_tens() -> None:
    assert told(of("a"), {"a": 9}) == {"all": 0, "a": 0}
    assert told(of("a"), {"a": 10}) == {"all": 10, "a": 10}
    assert told(of("a"), {"a": 29}) == {"all": 20, "a": 20}


def test_small_units_are_gathered_in_the_group_above_until_they_can_be_told() -> None:
    """Three with nine each: of the whole two steps could be told, but then one of them has to have more than nobody."""
    assert told(of("a", "b", "c"), {"a": 9, "b": 9, "c": 9}) == {"all": 10, "a": 0, "b": 0, "c": 0}
    assert told(of(*"abcdef"), dict.fromkeys("abcdef", 9))["all"] == 40


def test_two_units_of_nine_are_not_told_as_ten_together() -> None:
    assert told(of("a", "b"), {"a": 9, "b": 9})["all"] == 0


def test_a_unit_is_told_before_the_group_above_uses_its_people_up() -> None:
    assert told(of("a", "b", "c"), {"a": 12, "b": 9, "c": 9}) == {"all": 20, "a": 10, "b": 0, "c": 0}


def test_of_a_unit_with_too_few_invited_nothing_is_told_but_it_counts_above() -> None:
    groups = Groups(GroupName("all"), [[GroupName("a"), GroupName("b")]], untold=frozenset([GroupName("b")]))
    assert told(groups, {"a": 14, "b": 25}) == {"all": 10, "a": 10, "b": 0}


def test_somebody_who_came_by_two_codes_is_told_of_once_above() -> None:
    """Twelve people, all of them in both."""
    assert told(of("a", "b"), {"a": 12, "b": 12, "all": 12}) == {"all": 10, "a": 10, "b": 0}


def test_what_was_told_of_the_whole_without_its_parts_stays_beyond_them() -> None:
    groups = of("a", "b", "c")
    before = told(groups, {"a": 9, "b": 5, "c": 5})
    assert before == {"all": 10, "a": 0, "b": 0, "c": 0}
    # One more in a: it has ten, and of the whole there are no ten new ones to tell.
    assert told(groups, {"a": 10, "b": 5, "c": 4}, before) == before
    assert told(groups, {"a": 10, "b": 5, "c": 5}, before) == {"all": 20, "a": 10, "b": 0, "c": 0}


def test_a_later_stage_is_never_told_more_than_an_earlier_one() -> None:
    groups = of("a", "b")
    registered = {GroupName("a"): 25, GroupName("b"): 3, GroupName("all"): 28}
    earlier, later = tell([Counted(groups, registered)] * 2, [{}, {}], K)
    assert earlier == later


@given(st.integers(0, 10_000_000))
def test_the_laws_hold_for_any_campaign(seed: int) -> None:
    population = draw(seed)
    before: Sequence[Mapping[GroupName, int]] = [{} for _ in range(population.stages)]
    for day in range(1, WEEKS * DAYS + 1):
        stages = [
            Counted(population.groups_on(day, stage), population.counts(day, stage))
            for stage in range(population.stages)
        ]
        now = tell(stages, before, population.k)
        for stage, (told_now, counted) in enumerate(zip(now, stages, strict=True)):
            for name, number in told_now.items():
                assert number % population.k == 0
                assert before[stage].get(name, 0) <= number <= counted.counts[name]
                assert stage == 0 or number <= now[stage - 1].get(name, number)
                assert number == 0 or name not in counted.groups.untold
            for whole, parts in population.parted(stage):
                surplus = told_now[whole] - sum(told_now.get(part, 0) for part in parts)
                assert surplus >= before[stage].get(whole, 0) - sum(before[stage].get(part, 0) for part in parts)
        before = now
