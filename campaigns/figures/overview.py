"""Everything that is shown of one unit, or of the campaign, in one reading: for pages, the API and the weekly mail."""

import msgspec

from backend.public.counting import Stage
from backend.public.store import Connection
from campaigns.figures import headlines as heads
from campaigns.figures.comparison import Comparison, comparison
from campaigns.figures.funnel import Funnel, funnel
from campaigns.figures.headlines import Headline, headlines
from campaigns.figures.numbers import Numbers, of_units
from campaigns.figures.period import Period
from campaigns.figures.series import Series, series
from campaigns.figures.target import Target, target_of, targets_of
from campaigns.figures.view import View
from campaigns.figures.visits import visits_of
from campaigns.organisation.unit import UnitCode


class Overview(msgspec.Struct, frozen=True):
    """`unit` None: the whole campaign. `below` has units of which these actors see the numbers."""

    unit: UnitCode | None
    period: Period
    headlines: tuple[Headline, ...]
    target: Target | None
    funnel: Funnel
    series: Series
    below: Comparison


async def overview(connection: Connection, view: View, unit: UnitCode | None, period: Period) -> Overview:
    """Raises NotYours for a unit that these actors do not see, NoSuchUnit for one that is not there that day."""
    if unit is not None:
        view.unit(unit)
    days = heads.days_of(period)
    weeks = period.week_ends()
    numbers = await of_units(connection, view, [unit], [*days, *weeks])
    visits = await visits_of(connection, view, [unit], [period.day_before, period.until], weeks)
    sees_target = unit is not None or view.sees_whole  # of the campaign it is the units' targets added up
    return Overview(
        unit=unit,
        period=period,
        headlines=headlines(numbers, unit, period),
        target=target_of(view, unit, numbers.of(unit, Stage.REGISTERED, period.until), period.until)
        if sees_target
        else None,
        funnel=funnel(numbers, visits, unit, period),
        series=series(numbers, visits, unit, period, targets_of(view, unit) if sees_target else ()),
        below=await units_side_by_side(connection, view, view.below(unit), period),
    )


async def units_side_by_side(connection: Connection, view: View, units: list[UnitCode], period: Period) -> Comparison:
    """Raises NotYours if any of them is not these actors' to see."""
    numbers: Numbers = await of_units(connection, view, units, [period.day_before, period.until])
    return comparison(numbers, units, period)


async def all_units(connection: Connection, view: View, period: Period) -> Comparison:
    """Every unit of the tree. Raises NotYours for whoever does not see the whole."""
    view.allow_whole()
    return await units_side_by_side(connection, view, list(view.tree.units), period)
