"""A year of simulated recruitment: sums of made-up people, counted and told day by day by the real counting.

    python -m backend.demo.campaign_year --database DSN --campaign NAME --today 2026-11-28 --seed 1

All of it is one transaction: a year is there as a whole or not at all, and the worker's own counting waits beside it.
"""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta

import asyncpg
import msgspec

from backend.demo.recruits import new_each_day, recruits
from backend.foundation.clock import COPENHAGEN
from backend.foundation.database import Connection, prepare_connection
from backend.recruitment import made_up, queries
from backend.recruitment.campaign import Campaign, Group, Stage, Way
from backend.recruitment.day import look_at, midnight_after
from backend.recruitment.tell import GroupName
from backend.regions import shipped
from backend.regions.shipped import Place

TOLD_AFTER = timedelta(hours=1)  # past midnight
SAY_EVERY_DAYS = 60
Tell = Callable[[str], None]


class Year(msgspec.Struct, frozen=True):
    """What came of it: how many units show a number of registered people, of how many there are."""

    days: int
    registered: int
    units_with_a_number: int
    units: int


async def tell_year(dsn: str, name: str, places: Sequence[Place], today: date, seed: int, tell: Tell) -> Year:
    """Make the days of a campaign up to yesterday up, unless that was done. `dsn` is the owner's."""
    connection = await asyncpg.connect(dsn)
    try:
        await prepare_connection(connection)
        async with connection.transaction():
            campaign = await queries.campaign_named(connection, name)
            assert campaign is not None
            first = campaign.opens_at.astimezone(COPENHAGEN).date()
            if await made_up.first_told(connection, campaign) != first:
                await made_up.begin_anew(connection, campaign)
                await _make_up(connection, campaign, places, first, today - timedelta(days=1), seed, tell)
            return await _outcome(connection, campaign, (today - first).days)
    finally:
        await connection.close()


async def _make_up(
    connection: Connection, campaign: Campaign, places: Sequence[Place], first: date, last: date, seed: int, tell: Tell
) -> None:
    groups = await queries.groups_of(connection, campaign.id)
    more = new_each_day(list(recruits(groups, _people_in(places), first, last, seed)))
    await made_up.count_as_worker(connection)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if day in more:
            await made_up.add(connection, campaign, more[day])
        await look_at(connection, campaign.id, midnight_after(day) + TOLD_AFTER)
        if (number + 1) % SAY_EVERY_DAYS == 0:
            tell(f"the campaign's made-up year: {number + 1} days are told")


def _people_in(places: Sequence[Place]) -> dict[GroupName, int]:
    living: Counter[GroupName] = Counter()
    for place in places:
        living[GroupName(place.municipality)] += place.population
    return dict(sorted(living.items()))


async def _outcome(connection: Connection, campaign: Campaign, days: int) -> Year:
    groups = await queries.groups_of(connection, campaign.id)
    told = await made_up.newest(connection, campaign, Stage.REGISTERED.value)
    units = units_of(groups)
    shown = [name for name in units if told.get(name, 0) >= campaign.k]
    return Year(days, told.get("campaign", 0), len(shown), len(units))


def units_of(groups: Sequence[Group]) -> list[GroupName]:
    """Each unit once: as the whole it is, not as the leaf for its own codes."""
    return [group.name for group in groups if group.way is Way.UNIT and not group.name.endswith("/own")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", required=True, help="with its owner's log-in")
    parser.add_argument("--campaign", required=True, help="its name")
    parser.add_argument("--today", type=date.fromisoformat, required=True, help="the first day that is not made up")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    told = tell_year(chosen.database, chosen.campaign, shipped.places(), chosen.today, chosen.seed, _say)
    _say(msgspec.json.encode(asyncio.run(told)).decode())


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
