"""Figures month by month, of each centre or each region. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum

import msgspec

from backend.aftercare.alarm import Alarm, LeftOut
from backend.aftercare.figure import Figure, Known, mean, middle, nine_of_ten, share, total
from backend.foundation.clock import COPENHAGEN, copenhagen_midnight

MOST_MONTHS = 24


class Measure(StrEnum):
    """Every figure there is, in the order of the columns."""

    ALARMS = "alarms"
    ALERTED = "alerted"  # on average of each alarm
    ACCEPTED = "accepted"  # a share of the alerted
    PUSH_MEDIAN = "push_median"
    PUSH_P90 = "push_p90"
    ACCEPT_MEDIAN = "accept_median"
    ACCEPT_P90 = "accept_p90"
    ARRIVAL_MEDIAN = "arrival_median"
    ARRIVAL_P90 = "arrival_p90"
    REDUNDANT = "redundant"
    STOOD_DOWN = "stood_down"
    NOBODY_CAME = "nobody_came"


class Unit(StrEnum):
    COUNT = "count"
    AVERAGE = "average"
    SHARE = "share"
    SECONDS = "seconds"


UNITS: Mapping[Measure, Unit] = dict.fromkeys(Measure, Unit.SECONDS) | {
    Measure.ALARMS: Unit.COUNT,
    Measure.ALERTED: Unit.AVERAGE,
    Measure.ACCEPTED: Unit.SHARE,
    Measure.REDUNDANT: Unit.COUNT,
    Measure.STOOD_DOWN: Unit.COUNT,
    Measure.NOBODY_CAME: Unit.COUNT,
}


class By(StrEnum):
    """What a month's alarms are told apart by, beside the month."""

    CENTRE = "centre"
    REGION = "region"


class Group(msgspec.Struct, frozen=True):
    """A centre or a region. `key` is its id or code, "" where an alarm lay in none; in force in `[since, until)`."""

    key: str
    name: str
    since: datetime | None = None
    until: datetime | None = None


class Row(msgspec.Struct, frozen=True):
    """One month of one group. `left_out`: how many incidents count as no alarm, and why."""

    group: Group
    month: date
    figures: Mapping[Measure, Figure]
    left_out: Mapping[LeftOut, int]


def figures_of(alarms: Sequence[Alarm]) -> dict[Measure, Figure]:
    """Of alarms that all count."""
    until_push, until_accept = [a.until_push() for a in alarms], [a.until_accept() for a in alarms]
    until_arrival = [a.until_arrival() for a in alarms]
    return {
        Measure.ALARMS: Known(len(alarms), len(alarms)),
        Measure.ALERTED: mean([a.alerted for a in alarms]),
        Measure.ACCEPTED: share(sum(a.accepted for a in alarms), sum(a.alerted for a in alarms)),
        Measure.PUSH_MEDIAN: middle(until_push),
        Measure.PUSH_P90: nine_of_ten(until_push),
        Measure.ACCEPT_MEDIAN: middle(until_accept),
        Measure.ACCEPT_P90: nine_of_ten(until_accept),
        Measure.ARRIVAL_MEDIAN: middle(until_arrival),
        Measure.ARRIVAL_P90: nine_of_ten(until_arrival),
        Measure.REDUNDANT: total([a.redundant() for a in alarms]),
        Measure.STOOD_DOWN: total([a.stood_down for a in alarms]),
        Measure.NOBODY_CAME: total([a.nobody_came() for a in alarms]),
    }


def rows_of(alarms: Iterable[Alarm], groups: Sequence[Group], months: Sequence[date], by: By) -> list[Row]:
    """A row for each group and month it was in force in, and for each that has an incident: each is in exactly one."""
    found: dict[tuple[str, date], list[Alarm]] = defaultdict(list)
    for alarm in alarms:
        found[key_of(alarm, by), month_of(alarm.opened_at)].append(alarm)
    return [
        _row(group, month, found.get((group.key, month), []))
        for group in groups
        for month in months
        if (group.key, month) in found or _in_force(group, month)
    ]


def key_of(alarm: Alarm, by: By) -> str:
    if by is By.CENTRE:
        return str(alarm.centre_id)
    return "" if alarm.region is None else alarm.region.code


def month_of(at: datetime) -> date:
    """The first day of the month it is in Denmark then: 2026-12-31T23:00Z is in January."""
    return at.astimezone(COPENHAGEN).date().replace(day=1)


def begins(month: date) -> datetime:
    return copenhagen_midnight(month.year, month.month, 1)


def later(month: date, by: int) -> date:
    """So many months after, or before."""
    count = month.year * 12 + month.month - 1 + by
    return date(count // 12, count % 12 + 1, 1)


def months_between(first: date, last: date) -> list[date]:
    """Both and all between; none where the last is before the first."""
    found = []
    while first <= last:
        found.append(first)
        first = later(first, 1)
    return found


def _in_force(group: Group, month: date) -> bool:
    since, until = group.since, group.until
    return (since is None or since < begins(later(month, 1))) and (until is None or begins(month) < until)


def _row(group: Group, month: date, alarms: Sequence[Alarm]) -> Row:
    counted = [each for each in alarms if each.left_out is None]
    why = Counter(each.left_out for each in alarms if each.left_out is not None)
    return Row(group, month, figures_of(counted), dict(why))
