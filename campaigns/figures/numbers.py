"""Reading what was told: only of what a view allows."""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from backend.public import counting
from backend.public.counting import ROOT, STAGES, Besides, GroupName
from backend.public.store import Connection
from campaigns.figures.figure import Figure, Why, at_least
from campaigns.figures.view import View
from campaigns.organisation.unit import UnitCode

PEOPLE = tuple(stage.value for stage in STAGES)
BESIDES = tuple(each.value for each in Besides)
Told = Mapping[tuple[str, str, date], int]


class Numbers(msgspec.Struct, frozen=True):
    """What was told of some units, or of other groups, by the end of some days."""

    view: View
    units: frozenset[UnitCode | None]
    told: Told

    def of(self, unit: UnitCode | None, stage: str, day: date) -> Figure:
        """A unit's number is the sum of what is told of its places. Raises KeyError for a unit that was not read.

        Somebody who proved their phone with codes of two places of one unit is in both; later stages have nobody twice.
        """
        if unit not in self.units:
            raise KeyError(unit)
        if unit is None:
            return self.of_group(ROOT, stage, day)
        places = self.view.told_places(unit)
        if not places:
            return Figure(why=Why.FEW_ASKED if unit in self.view.places else Why.NO_CODE)
        return at_least([self.told.get((place.whole, stage, day)) for place in places])

    def of_group(self, group: GroupName, stage: str, day: date) -> Figure:
        return at_least([self.told.get((group, stage, day))])


async def of_units(
    connection: Connection, view: View, units: Sequence[UnitCode | None], days: Sequence[date]
) -> Numbers:
    """Raises NotYours if any of the units (None: the total) is not these actors' to see."""
    for unit in units:
        view.allow(unit)
    groups = [place.whole for unit in units if unit is not None for place in view.told_places(unit)]
    told = await _told(connection, view, groups, PEOPLE, days)
    if None in units:
        told |= await _told(connection, view, [ROOT], (*PEOPLE, *BESIDES), days)
    return Numbers(view, frozenset(units), told)


async def of_groups(
    connection: Connection, view: View, groups: Sequence[GroupName], stages: Sequence[str], days: Sequence[date]
) -> Numbers:
    """Of channels and areas. Raises NotYours for whoever does not see the whole."""
    view.allow_whole()
    return Numbers(view, frozenset(), await _told(connection, view, groups, stages, days))


async def _told(
    connection: Connection, view: View, groups: Sequence[GroupName], stages: Sequence[str], days: Sequence[date]
) -> dict[tuple[str, str, date], int]:
    if not groups:
        return {}
    rows = await counting.told_by(connection, view.campaign.id, groups, stages, sorted(set(days)))
    return {(row.group_name, row.stage, row.day): row.at_least for row in rows}
