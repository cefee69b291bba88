"""A campaign as some actors see it. Whether a number is theirs is decided here and nowhere else."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import msgspec

from backend.public import counting
from backend.public.counting import LEAST_INVITED
from backend.public.store import Connection
from campaigns.campaign import queries, queries_codes
from campaigns.campaign.campaign import Actor, Asked, Campaign, may_see
from campaigns.campaign.place import Place
from campaigns.danish_day import day_of
from campaigns.figures.period import Period, period_in
from campaigns.modules.module import Part
from campaigns.organisation import queries as organisations
from campaigns.organisation.unit import Tree, Unit, UnitCode, tree_on


class NotYours(Exception):
    """Numbers were asked for that are not these actors' to see."""


class NoSuchUnit(Exception):
    """A unit that is not there on the day whose tree was asked for; says so in Danish."""


class View(msgspec.Struct, frozen=True):
    """`tree` is of the day that was asked for, `today` of now: what may be seen goes by where a unit stands now."""

    campaign: Campaign
    actors: tuple[Actor, ...]
    history: tuple[Unit, ...]
    tree: Tree
    today: Tree
    places: Mapping[UnitCode, tuple[Place, ...]]
    asked: Mapping[UnitCode, Asked]
    told_until: date | None

    @property
    def sees_whole(self) -> bool:
        """Channels, areas, sources and all units: the owner's people who are not of one unit."""
        return any(actor.party.part is Part.OWNER and actor.unit is None for actor in self.actors)

    def sees(self, unit: UnitCode | None) -> bool:
        """Whether any of the actors sees a unit; of one that is gone: where it stood last. None: the total."""
        where = self._where_now(unit)
        return any(may_see(actor, unit, where) for actor in self.actors)

    def _where_now(self, unit: UnitCode | None) -> Tree:
        if unit is None or unit in self.today.units:
            return self.today
        times = [each for each in self.history if each.code == unit]
        if not times:
            return self.today
        last = max(times, key=lambda each: each.since)
        return tree_on(self.history, last.since if last.until is None else last.until - timedelta(days=1))

    def allow(self, unit: UnitCode | None) -> None:
        """Raises NotYours, of a unit there never was as of one that is not theirs: whoever guesses learns nothing."""
        if not self.sees(unit):
            raise NotYours

    def allow_whole(self) -> None:
        """Raises NotYours for whoever may not see channels, areas, sources and all units."""
        if not self.sees_whole:
            raise NotYours

    def own_units(self) -> list[UnitCode]:
        """Where these actors may begin to look, of what is there that day: their units, or the topmost there are."""
        if self.sees_whole:
            return self.tree.roots()
        own = {actor.unit for actor in self.actors if actor.unit is not None and self.sees(actor.unit)}
        return sorted(own & self.tree.units.keys())

    def below(self, unit: UnitCode | None) -> list[UnitCode]:
        """The units right below, of which these actors see the numbers; of the campaign: below its one topmost unit."""
        if unit is None:
            roots = self.tree.roots()
            there = self.tree.below(roots[0]) if len(roots) == 1 else roots
        else:
            there = self.tree.below(unit)
        return [each for each in there if self.sees(each)]

    def told_places(self, unit: UnitCode) -> list[Place]:
        """Those of its places of which anything may be told."""
        least = LEAST_INVITED * self.campaign.k
        return [place for place in self.places.get(unit, ()) if (place.people or 0) >= least]

    def people_of(self, unit: UnitCode | None) -> int | None:
        """How many are asked in a unit and all below it, or in all."""
        units = self.tree.units if unit is None else self.tree.whole(unit)
        known = [self.asked[each].people for each in units if each in self.asked]
        return sum(known) if known else None

    def period(self, query: Mapping[str, str]) -> Period:
        """Raises WrongPeriod."""
        return period_in(query, self.campaign.since, self.told_until or self.campaign.since)

    def unit(self, code: str) -> Unit:
        """A unit that may be seen. Raises NotYours, and NoSuchUnit if it is not there that day."""
        unit = UnitCode(code)
        self.allow(unit)
        if unit not in self.tree.units:
            raise NoSuchUnit(
                f"{code} findes ikke {self.tree.day.day}.{self.tree.day.month}.{self.tree.day.year}: "
                "vælg en dag, hvor den var der."
            )
        return self.tree.units[unit]


async def view_of(
    connection: Connection, campaign: Campaign, actors: Sequence[Actor], now: datetime, tree_day: date | None = None
) -> View:
    """What is needed to read figures; reads no number. Raises NotYours for nobody."""
    if not actors:
        raise NotYours
    history = await organisations.history_of(connection, campaign.organisation)
    places: dict[UnitCode, list[Place]] = {}
    for place in await queries_codes.places_of(connection, campaign.id):
        places.setdefault(place.unit, []).append(place)
    today = tree_on(history, day_of(now))
    return View(
        campaign=campaign,
        actors=tuple(actors),
        history=tuple(history),
        tree=today if tree_day is None else tree_on(history, tree_day),
        today=today,
        places={unit: tuple(there) for unit, there in places.items()},
        asked={each.unit: each for each in await queries.asked_of(connection, campaign.id)},
        told_until=await counting.told_until(connection, campaign.id),
    )
