"""Visits: page views that a human acted on. Nobody's in particular, and never told of a unit that is too small.

Of the campaign they are exact and told until now. Of units they are told for weeks that are over and in steps of k, as
people are: what a unit that is not shown had could be reckoned from exact ones.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import msgspec

from backend.public.counting import ROOT
from backend.public.store import Connection
from campaigns.campaign.campaign import Campaign, Channel
from campaigns.figures import queries
from campaigns.figures.figure import Figure, Why
from campaigns.figures.period import SUNDAY, WEEK, week_end, week_start
from campaigns.figures.queries import Visited
from campaigns.figures.view import View
from campaigns.organisation.unit import UnitCode

ONE_DAY = timedelta(days=1)
NONE = Visited("", date.min, 0, 0, 0)


class Visits(msgspec.Struct, frozen=True):
    """By group and day: until the end of that day in `until`, in the week it ends in `weekly`."""

    view: View
    units: frozenset[UnitCode | None]
    until: Mapping[tuple[str, date], Visited]
    weekly: Mapping[tuple[str, date], Visited]

    def of(self, unit: UnitCode | None, day: date, *, in_week: bool = False) -> Figure:
        """Raises KeyError for a unit that was not read."""
        if unit not in self.units:
            raise KeyError(unit)
        found = self.weekly if in_week else self.until
        if unit is None:
            return Figure(found.get((ROOT, day), NONE).visited, exact=True)
        if unit not in self.view.places:
            return Figure(why=Why.NO_CODE)
        if not self.view.told_places(unit):
            return Figure(why=Why.FEW_ASKED)
        k = self.view.campaign.k
        steps = sum(found.get((group, day), NONE).visited for group in _groups_of(self.view, unit)) // k
        return Figure(steps * k) if steps else Figure(why=Why.FEWER)


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
    added_up = await add_up(connection, view.campaign, view.today.day)
    groups = {ROOT, *(group for unit in units if unit is not None for group in _groups_of(view, unit))}
    of = view.campaign.id
    until = _by(await queries.visited_by(connection, of, sorted(groups), sorted(set(days))))
    weekly: dict[tuple[str, date], Visited] = {}
    if weeks:
        weekly = _by(await queries.visited_each_week(connection, of, sorted(groups), min(weeks), max(weeks)))
    for day in {*days, *weeks}:
        sunday = day if day.weekday() == SUNDAY else week_start(day) - ONE_DAY
        if (base := min(sunday, added_up)) < day:  # the campaign's own go on within a week
            more = await _daily(connection, view.campaign, base, day)
            until[ROOT, day] = Visited(ROOT, day, until.get((ROOT, day), NONE).visited + more, 0, 0)
            weekly[ROOT, day] = Visited(
                ROOT, day, await _daily(connection, view.campaign, week_start(day) - ONE_DAY, day), 0, 0
            )
    return Visits(view, frozenset(units), until, weekly)


async def machines_and_humans(
    connection: Connection, view: View, day: date
) -> dict[str, tuple[Figure, Figure, Figure]]:
    """By channel ('' without a code) until the end of a day: visited, automatic, tests. Raises NotYours."""
    view.allow_whole()
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
        name: (Figure(visited, exact=True), Figure(automatic, exact=True), Figure(tests, exact=True))
        for name, (visited, automatic, tests) in sums.items()
    }


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


def _by(rows: Sequence[Visited]) -> dict[tuple[str, date], Visited]:
    return {(row.group_name, row.day): row for row in rows}
