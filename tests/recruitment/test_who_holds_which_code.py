"""Which unit holds which codes stands on its posters: no channel tells of a unit that is too small to be told of."""

from collections.abc import Mapping

import pytest

from backend.recruitment.campaign import Group, Way
from backend.recruitment.day import tellable_now
from backend.recruitment.queries import Held
from backend.recruitment.queries_count import Count
from backend.recruitment.tell import GroupName

K = 10
BIG, SMALL, OTHER = (GroupName(name) for name in ("big", "small", "other"))
POSTER, EVENT, FAIR = (GroupName(name) for name in ("poster", "event", "fair"))
ABOVE = GroupName("above")
UNITS = [Group(BIG, Way.UNIT, None, 300), Group(SMALL, Way.UNIT, None, 12), Group(OTHER, Way.UNIT, None, 18)]
CHANNELS = [Group(name, Way.CHANNEL) for name in (POSTER, EVENT, FAIR)]
Came = Mapping[tuple[GroupName, GroupName], int]


def told(groups: list[Group], came: Came, before: Mapping[str, int] | None = None) -> dict[str, int]:
    """How many came by which unit's code of which channel, to what is told of the registered, zeros left out."""
    above = {group.name: group.parent for group in groups}
    counts = [Count("registered", GroupName("campaign"), sum(came.values()))]
    for (unit, channel), count in came.items():
        whole: GroupName | None = unit
        while whole is not None:
            counts.append(Count("registered", whole, count))
            whole = above[whole]
        counts.append(Count("registered", channel, count))
    earlier = [
        Count(stage, GroupName(name), number)
        for stage in ("begun", "proven", "registered")
        for name, number in (before or {}).items()
    ]
    held = [Held(unit, channel) for unit, channel in came]
    found = tellable_now(K, groups, held, counts, earlier)
    return {str(each.group_name): each.count for each in found if each.stage == "registered" and each.count}


def test_a_channel_whose_only_codes_are_a_small_unit_s_is_not_told() -> None:
    came = {(BIG, POSTER): 30, (SMALL, EVENT): 11}
    assert told([*UNITS, *CHANNELS], came) == {"campaign": 30, "big": 30, "poster": 30}


def test_a_channel_is_told_once_its_units_have_enough_invited_together() -> None:
    came = {(BIG, POSTER): 30, (SMALL, EVENT): 11, (OTHER, EVENT): 10}
    assert told([*UNITS, *CHANNELS], came)["event"] == 20


def test_a_unit_of_which_nobody_counted_the_invited_adds_none() -> None:
    unknown = GroupName("unknown")
    came = {(BIG, POSTER): 30, (SMALL, EVENT): 11, (unknown, EVENT): 10}
    assert "event" not in told([*UNITS, Group(unknown, Way.UNIT), *CHANNELS], came)


def test_two_untold_channels_of_one_small_unit_are_not_told_as_the_rest_of_the_campaign() -> None:
    """Of the campaign 50 beside a poster's 30 would say that small's two channels have eleven at least."""
    many = [Group(GroupName(f"unit {number}"), Way.UNIT, None, 300) for number in range(5)]
    came = {(BIG, POSTER): 30, (SMALL, EVENT): 11, (SMALL, FAIR): 11} | {(unit.name, POSTER): 0 for unit in many}
    found = told([*UNITS, *many, *CHANNELS], came)
    assert (found["campaign"], found["poster"]) == (30, 30)


def test_where_no_channel_is_told_the_campaign_is_all_the_same() -> None:
    uncounted = [Group(name, Way.UNIT) for name in (BIG, SMALL)]
    came = {(BIG, POSTER): 30, (SMALL, POSTER): 12}
    assert told([*uncounted, *CHANNELS], came) == {"campaign": 40}


def test_units_without_codes_hide_nobody() -> None:
    """Three units beside it have no code: all who came to the unit above came by the small one."""
    beside = [Group(GroupName(f"beside {number}"), Way.UNIT, ABOVE, 300) for number in range(3)]
    units = [
        Group(ABOVE, Way.UNIT, None, 912),
        *beside,
        Group(SMALL, Way.UNIT, ABOVE, 12),
        Group(BIG, Way.UNIT, None, 300),
    ]
    came = {(SMALL, POSTER): 11, (BIG, POSTER): 30}
    assert told([*units, *CHANNELS], came) == {"campaign": 30, "big": 30, "poster": 30}


def test_what_was_told_of_a_channel_stays_told() -> None:
    """As it may have been told before this law was one."""
    came = {(BIG, POSTER): 30, (SMALL, EVENT): 11}
    before = {"campaign": 40, "big": 30, "poster": 30, "event": 10}
    found = told([*UNITS, *CHANNELS], came, before)
    assert (found["campaign"], found["event"]) == (40, 10)


@pytest.mark.parametrize(
    ("what", "of"), [("already", "proven"), ("answered", "registered"), ("withdrawn", "registered")]
)
def test_no_more_is_told_of_the_whole_s_own_numbers_than_of_those_they_are_among(what: str, of: str) -> None:
    """Nine each in two units, of which ten are told nowhere: ten who answered would say that both have somebody."""
    held = [Held(BIG, POSTER), Held(OTHER, POSTER)]
    groups = [Group(BIG, Way.UNIT, None, 300), Group(OTHER, Way.UNIT, None, 300), Group(POSTER, Way.CHANNEL)]
    campaign = GroupName("campaign")
    counts = [Count(of, BIG, 9), Count(of, OTHER, 9), Count(of, POSTER, 18), Count(of, campaign, 18)]
    found = tellable_now(K, groups, held, [*counts, Count(what, campaign, 18)], [])
    assert {each.stage: each.count for each in found if each.group_name == campaign and each.stage in (what, of)} == {
        what: 0,
        of: 0,
    }
