"""Visits: page views that a human acted on. Nobody's in particular, and never told of a unit that is too small.

Of the campaign they are exact and told until now. Of units they are told for weeks that are over and in steps of k, a
week's as the difference of two sums; and of some not at all (`withheld`).
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import chain

import msgspec

from backend.public.counting import LEAST_INVITED, ROOT
from backend.public.store import Connection
from campaigns.campaign.campaign import Campaign, Channel
from campaigns.figures import queries
from campaigns.figures.figure import Figure, Why
from campaigns.figures.period import SUNDAY, WEEK, week_end, week_start
from campaigns.figures.view import View
from campaigns.figures.withheld import withheld_channels, withheld_places
from campaigns.organisation.unit import UnitCode

ONE_DAY = timedelta(days=1)


class Visits(msgspec.Struct, frozen=True):
    """Of the campaign until the end of some days and in the weeks they end; of units in every week added up so far."""

    view: View
    until: Mapping[date, int]
    in_week: Mapping[date, int]
    of_units: Mapping[UnitCode, Mapping[date, int]]
    added_up: date
    withheld: frozenset[str]

    def of(self, unit: UnitCode | None, day: date, *, in_week: bool = False) -> Figure:
        """Raises KeyError for a unit, or a day of the campaign, that was not read."""
        if unit is None:
            return Figure((self.in_week if in_week else self.until)[day], exact=True)
        weeks = self.of_units[unit]
        if unit not in self.view.places:
            return Figure(why=Why.NO_CODE)
        told = self.view.told_places(unit)
        if not told:
            return Figure(why=Why.FEW_ASKED)
        if any(place.whole in self.withheld for place in told):
            return Figure(why=Why.WITHHELD)
        over = day if in_week else min(self.added_up, _sunday_until(day))
        if over > self.added_up or over.weekday() != SUNDAY or over < week_end(self.view.campaign.since):
            return Figure(why=Why.NOTHING_YET)
        steps = self._steps(weeks, over) - (self._steps(weeks, over - WEEK) if in_week else 0)
        return Figure(steps) if steps else Figure(why=Why.FEWER)

    def _steps(self, weeks: Mapping[date, int], until: date) -> int:
        k = self.view.campaign.k
        return sum(visited for week, visited in weeks.items() if week <= until) // k * k


def _sunday_until(day: date) -> date:
    return day if day.weekday() == SUNDAY else week_start(day) - ONE_DAY


def _groups_of(view: View, unit: UnitCode) -> set[str]:
    """The places of a unit of which something may be told, and all places below them."""
    below: dict[str | None, list[str]] = {}
    for places in view.places.values():
        for place in places:
            below.setdefault(place.above, []).append(place.whole)
    found: set[str] = set()
    there: list[str] = [place.whole for place in view.told_places(unit)]
    while there:
        found.add(each := there.pop())
        there += below.get(each, [])
    return found


async def visits_of(
    connection: Connection,
    view: View,
    units: Sequence[UnitCode | None],
    days: Sequence[date],
    weeks: Sequence[date] = (),
) -> Visits:
    """Until the end of each of `days`, and in the weeks that end on `weeks`. Raises NotYours."""
    for unit in units:
        view.allow(unit)
    of = view.campaign.id
    added_up = await add_up(connection, view.campaign, view.today.day)
    groups = {unit: _groups_of(view, unit) for unit in units if unit is not None}
    wanted = sorted({ROOT, *chain.from_iterable(groups.values())})
    weekly: dict[str, dict[date, int]] = {}
    for row in await queries.visited_each_week(connection, of, wanted, view.campaign.since, added_up):
        weekly.setdefault(row.group_name, {})[row.day] = row.visited
    whole = weekly.get(ROOT, {})
    until, in_week = {}, {}
    for day in {*days, *weeks}:
        base = min(_sunday_until(day), added_up)  # the campaign's own go on within a week
        since = await _daily(connection, view.campaign, base, day) if base < day else 0
        until[day] = sum(visited for week, visited in whole.items() if week <= base) + since
        in_week[day] = whole.get(day, 0) if base == day else await _of_week(connection, view.campaign, day)
    places = list(chain.from_iterable(view.places.values()))
    coded = await queries.coded(connection, of) if groups else []
    return Visits(
        view,
        until,
        in_week,
        {unit: _added(weekly, there) for unit, there in groups.items()},
        added_up,
        withheld_places(places, coded, LEAST_INVITED * view.campaign.k),
    )


def _added(weekly: Mapping[str, Mapping[date, int]], groups: set[str]) -> dict[date, int]:
    added: dict[date, int] = {}
    for group in groups:
        for week, visited in weekly.get(group, {}).items():
            added[week] = added.get(week, 0) + visited
    return added


async def _of_week(connection: Connection, campaign: Campaign, day: date) -> int:
    return await _daily(connection, campaign, week_start(day) - ONE_DAY, day)


async def machines_and_humans(
    connection: Connection, view: View, day: date
) -> dict[str, tuple[Figure, Figure, Figure]]:
    """By channel (none: no code) until the end of a day: visited (in steps of k), automatic, tests. Raises NotYours."""
    view.allow_whole()
    k = view.campaign.k
    places = list(chain.from_iterable(view.places.values()))
    coded = await queries.coded(connection, view.campaign.id)
    withheld = withheld_channels(places, coded, LEAST_INVITED * k)
    added_up = await add_up(connection, view.campaign, view.today.day)
    names = [channel.value for channel in Channel]
    base = min(added_up, day if day.weekday() == SUNDAY else week_start(day) - ONE_DAY)
    until = await queries.visited_by(connection, view.campaign.id, [ROOT, *names], [base])
    since = await queries.visited_since(connection, view.campaign.id, base, day)
    sums = dict.fromkeys(("", *names), (0, 0, 0))
    for each in (*until, *since):
        v, a, t = sums.get(each.group_name, sums[""])
        sums[each.group_name] = (v + each.visited, a + each.automatic, t + each.tests)
    return {
        name: (_of_channel(name, visited, k, withheld), Figure(automatic, exact=True), Figure(tests, exact=True))
        for name, (visited, automatic, tests) in sums.items()
    }


def _of_channel(name: str, visited: int, k: int, withheld: frozenset[Channel]) -> Figure:
    if name in withheld:
        return Figure(why=Why.WITHHELD)
    return Figure(visited // k * k) if visited >= k else Figure(why=Why.FEWER)


async def _daily(connection: Connection, campaign: Campaign, after: date, until: date) -> int:
    return sum(each.visited for each in await queries.visited_since(connection, campaign.id, after, until))


async def add_up(connection: Connection, campaign: Campaign, today: date) -> date:
    """Add up the weeks that are over and were not yet; the last day that is added up."""
    last_sunday = week_end(today) - WEEK if today.weekday() != SUNDAY else today - WEEK
    if last_sunday == today - ONE_DAY:
        last_sunday -= WEEK  # a visit from before midnight may still be on its way
    before = await queries.last_week_added_up(connection, campaign.id, ROOT) or week_end(campaign.since) - WEEK
    if last_sunday > before:
        await queries.add_up_weeks(connection, campaign.id, ROOT, before, last_sunday)
    return max(before, last_sunday)
