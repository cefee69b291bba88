"""People whom a simulated campaign reaches: when, in which unit, by what, and how far they come. Pure; drawn by a seed.

The shares and curves are made up (††). What is known behind them: sign-ups peak and fall off within days, summer and
Christmas are quiet, and many in Hjemmeværnet are hjerteløbere already.
"""

import math
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

import msgspec

from backend.recruitment.campaign import NOWHERE, ROOT, Besides, Group, Stage, Way
from backend.recruitment.queries_count import Count
from backend.recruitment.tell import GroupName

HOME_GUARD = GroupName("HJV")
CHANNELS = {"poster": 0.34, "intranet": 0.26, "email": 0.24, "event": 0.16}  # ††
LAUNCH_FALLS_OFF_DAYS, TV_FALLS_OFF_DAYS = 9.0, 5.0
TV_AT = 0.72
"""Where in the period the minute on television is, which makes the second wave."""
NAMES_NO_AREA = 0.05


class Habit(msgspec.Struct, frozen=True):
    """How people of a part of the organisation answer; shares of those asked, or of those one step before. All ††."""

    begin: tuple[float, float]  # a unit's share lies between
    already: float
    registers: float = 0.86


IN_HOME_GUARD = Habit(begin=(0.20, 0.56), already=0.34)
ELSEWHERE = Habit(begin=(0.06, 0.13), already=0.09)
PROVES, CONNECTS, CAN_BE_RUNG, IS_TRAINED, LEARNS, HAS_ANSWERED, WITHDRAWS = 0.82, 0.83, 0.92, 0.71, 0.45, 0.13, 0.02


class Recruit(msgspec.Struct, frozen=True):
    """Somebody, in every group they are counted in, and the day they came as far as each stage."""

    groups: tuple[GroupName, ...]
    area: GroupName
    on: dict[Stage, date]
    besides: dict[Besides, date]


def recruits(
    groups: Sequence[Group], people_in: Mapping[GroupName, int], first: date, last: date, seed: int
) -> Iterator[Recruit]:
    """Everybody who begins from the first day to the last. `people_in`: how many live in each area."""
    draw = random.Random(f"recruits {seed}")
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    weights = [pull(day, first, last) for day in days]
    areas, by_population = list(people_in), list(people_in.values())
    above = {group.name: group.parent for group in groups}
    wholes = set(above.values())
    there = [name for name in CHANNELS if name in above]
    for group in groups:
        if group.way is not Way.UNIT or group.name in wholes:
            continue
        way = list(_way_up(group.name, above))
        habit = IN_HOME_GUARD if HOME_GUARD in way else ELSEWHERE
        count = round((group.invited or 0) * draw.uniform(*habit.begin))
        for day in draw.choices(days, weights, k=count):
            channel = draw.choices(there, [CHANNELS[name] for name in there])[0]
            area = NOWHERE if draw.random() < NAMES_NO_AREA else draw.choices(areas, by_population)[0]
            on, besides = _way_on(day, habit, draw)
            yield Recruit((ROOT, *way, GroupName(channel)), area, on, besides)


def pull(day: date, first: date, last: date) -> float:
    """How strongly a day draws people, an ordinary working day being 1."""
    since, tv = (day - first).days, int(TV_AT * (last - first).days)
    waves = 9.0 * math.exp(-since / LAUNCH_FALLS_OFF_DAYS)
    if since >= tv:
        waves += 8.0 * math.exp(-(since - tv) / TV_FALLS_OFF_DAYS)
    quiet = 0.25 if day.month == 7 or (day.month, day.day) >= (12, 22) else 1.0
    at_work = 0.5 if day.weekday() >= 5 else 1.0
    return (1.0 + waves) * quiet * at_work


def _way_up(name: GroupName, above: Mapping[GroupName, GroupName | None]) -> Iterator[GroupName]:
    each: GroupName | None = name
    while each is not None:
        yield each
        each = above[each]


def _way_on(day: date, habit: Habit, draw: random.Random) -> tuple[dict[Stage, date], dict[Besides, date]]:
    """Nobody comes to a stage without the one before it, nor sooner."""
    on = {Stage.BEGUN: day}
    if draw.random() >= PROVES:
        return on, {}
    on[Stage.PROVEN] = day
    if draw.random() < habit.already:
        return on, {Besides.ALREADY: day}
    if draw.random() >= habit.registers:
        return on, {}
    on[Stage.REGISTERED] = day
    besides = {Besides.WITHDRAWN: _after(day, 20, 200, draw)} if draw.random() < WITHDRAWS else {}
    if draw.random() >= CONNECTS:
        return on, besides
    on[Stage.CONNECTED] = day = _soon(day, 3.0, draw)
    if draw.random() >= CAN_BE_RUNG:
        return on, besides
    on[Stage.REACHABLE] = day = _soon(day, 1.0, draw)
    if draw.random() < IS_TRAINED:
        on[Stage.TRAINED] = day
    elif draw.random() < LEARNS:  # on a course
        on[Stage.TRAINED] = _after(day, 14, 100, draw)
    if draw.random() < HAS_ANSWERED:
        besides[Besides.ANSWERED] = _after(day, 10, 300, draw)
    return on, besides


def _soon(day: date, mean_days: float, draw: random.Random) -> date:
    return day + timedelta(days=int(draw.expovariate(1 / mean_days)))


def _after(day: date, least: int, most: int, draw: random.Random) -> date:
    return day + timedelta(days=draw.randint(least, most))


def new_each_day(everybody: Sequence[Recruit]) -> dict[date, list[Count]]:
    """How many more there are of each stage in each group, by day. Somebody is of an area once they registered."""
    more: Counter[tuple[date, str, GroupName]] = Counter()
    for one in everybody:
        for stage, day in one.on.items():
            knows_area = stage not in (Stage.BEGUN, Stage.PROVEN)
            more.update((day, stage.value, name) for name in ((*one.groups, one.area) if knows_area else one.groups))
        more.update((day, each.value, ROOT) for each, day in one.besides.items())
    by_day: dict[date, list[Count]] = {}
    for (day, reached, name), count in sorted(more.items()):
        by_day.setdefault(day, []).append(Count(reached, name, count))
    return by_day
