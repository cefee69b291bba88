"""Visits of people who never were, for a made-up campaign: as many as go with the sign-ups that were told."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from backend.public import counting
from backend.public.counting import GroupName, Told
from backend.public.store import Connection
from campaigns.campaign import queries_codes
from campaigns.campaign.begin import CannotBe
from campaigns.campaign.campaign import Campaign, Channel
from campaigns.campaign.queries_codes import Code
from campaigns.landing import queries
from campaigns.landing.visit import Source

VISITS_A_SIGN_UP = (2.4, 3.8)  # ††: most who read a page do not begin
FETCHES_A_VISIT = {Channel.EMAIL: 0.9, Channel.INTRANET: 0.1, Channel.POSTER: 0.05, Channel.EVENT: 0.05}  # ††
NAMES_A_SOURCE = 0.6  # †† of those by a link, which can carry one
SOURCES = {
    Channel.EMAIL: (Source("nyhedsbrev", "email", "lancering"), Source("nyhedsbrev", "email", "tv")),
    Channel.INTRANET: (Source("intranet", "banner", ""), Source("intranet", "artikel", "spoergsmaal-og-svar")),
}


class Day(msgspec.Struct, frozen=True):
    """What a code had on a Danish day."""

    code: str
    day: date
    visited: int
    automatic: int
    tests: int


class Drawn(msgspec.Struct, frozen=True):
    days: list[Day]
    sources: dict[tuple[date, Source], int]


async def make_up_visits(connection: Connection, campaign: Campaign, until: date, seed: int) -> int:
    """Visits of each day before `until` of which none was counted; how many in all. Again without harm.

    Raises CannotBe for a campaign that is not made up.
    """
    if not campaign.made_up:
        raise CannotBe(f"{campaign.name} is not made up, so its visits are counted: begin one with --made-up")
    codes = await queries_codes.codes_of(connection, campaign.id)
    units = {group_of(code) for code in codes}
    told = await counting.told(connection, campaign.id, [counting.ROOT, *units], campaign.since, until)
    drawn = draw_visits(codes, [each for each in told if each.stage == counting.Stage.BEGUN], seed)
    there = await queries.days_counted(connection, campaign.id)
    days = [each for each in drawn.days if each.day not in there]
    await queries.insert_days(
        connection,
        campaign.id,
        [each.code for each in days],
        [each.day for each in days],
        [(each.visited, each.automatic, each.tests) for each in days],
    )
    sources = {key: count for key, count in drawn.sources.items() if key[0] not in there}
    await queries.insert_source_days(connection, campaign.id, sources)
    return sum(each.visited for each in days)


def group_of(code: Code) -> GroupName:
    """The unit as a whole, in the place this code stands in."""
    return GroupName(code.unit if code.place == 1 else f"{code.unit}/{code.place}")


def draw_visits(codes: Sequence[Code], begun: Sequence[Told], seed: int) -> Drawn:
    """By what was told of sign-ups begun: of the campaign by day, of each unit so far."""
    draw = random.Random(f"visits {seed}")  # noqa: S311 – made up, and the same again
    by_code = _weights(codes, begun)
    visited: Counter[tuple[str, date]] = Counter()
    sources: Counter[tuple[date, Source]] = Counter()
    channels = {str(code.code): code.channel for code in codes}
    before, days_since = 0, list[date]()
    for told in (each for each in begun if each.group_name == counting.ROOT):
        days_since.append(told.day)
        # A step of k came of several days: spread over those since the last.
        if told.at_least > before:
            count = round((told.at_least - before) * draw.uniform(*VISITS_A_SIGN_UP))
            for name in draw.choices(list(by_code), list(by_code.values()), k=count) if by_code else ():
                day = draw.choice(days_since)
                visited[name, day] += 1
                if channels[name] in SOURCES and draw.random() < NAMES_A_SOURCE:
                    sources[day, draw.choice(SOURCES[channels[name]])] += 1
            before, days_since = told.at_least, []
    days = [
        Day(name, day, count, _fetches(count, channels[name], draw), tests=2 if draw.random() < 0.01 else 0)
        for (name, day), count in sorted(visited.items())
    ]
    return Drawn(days, dict(sources))


def _weights(codes: Sequence[Code], begun: Sequence[Told]) -> Mapping[str, float]:
    """A unit's visits go with its sign-ups, whatever its codes are; one of whom nothing is told has some, too."""
    so_far = {told.group_name: told.at_least for told in begun}
    of_unit = Counter(group_of(code) for code in codes)
    return {str(code.code): (so_far.get(group_of(code), 0) + 5) / of_unit[group_of(code)] for code in codes}


def _fetches(visits: int, channel: Channel, draw: random.Random) -> int:
    return sum(draw.random() < FETCHES_A_VISIT[channel] for _ in range(visits))
