"""What is sent. Within v1 fields are only added; a client has to survive fields and values it does not know."""

from datetime import date

import msgspec

from backend.public.counting import Besides, Stage
from campaigns.campaign.campaign import Channel
from campaigns.figures.areas import InArea
from campaigns.figures.channels import ByChannel
from campaigns.figures.comparison import Compared
from campaigns.figures.figure import Figure as Told
from campaigns.figures.figure import Why
from campaigns.figures.funnel import Step
from campaigns.figures.headlines import Headline as Head
from campaigns.figures.period import Period as Days
from campaigns.figures.series import Week as InWeek
from campaigns.figures.target import State
from campaigns.figures.target import Target as Wanted


class Figure(msgspec.Struct, frozen=True):
    """At least so many, in steps of k, or why there is no number. `exact`: page views, which are told as they are.

    Why not: `fewer`: no whole step of k was told yet, or `fewer_in_each` place it is the sum of; `nothing_yet` was
    told; `few_asked`: fewer than 3 k people are asked, who count with those above; `withheld`: it would say by
    subtraction what such a unit has; `no_code`: nobody can come by it yet.
    """

    at_least: int | None
    why: Why | None
    exact: bool


class Period(msgspec.Struct, frozen=True, rename={"since": "from", "until": "to"}):
    """Both days are among it. Whole weeks, but for a campaign's first and last."""

    since: date
    until: date


class Campaign(msgspec.Struct, frozen=True, rename={"since": "from", "until": "to"}):
    """What the token reads: `unit` null and `sees_units` true: everything; `sees_units` false: the total only."""

    name: str
    organisation: str
    since: date
    until: date
    k: int
    made_up: bool
    told_until: date | None
    party: str
    sees_units: bool
    unit: str | None


class Campaigns(msgspec.Struct, frozen=True):
    """A token reads one."""

    campaigns: list[Campaign]


class Unit(msgspec.Struct, frozen=True):
    """As it is today. `parent` is null where that is not the token's to see; `asked` counts all units below, too."""

    code: str
    parent: str | None
    kind: str
    name_da: str
    name_en: str
    asked: int | None


class Units(msgspec.Struct, frozen=True):
    """Those the token's holder sees, each after the one it is below."""

    units: list[Unit]


class Headline(msgspec.Struct, frozen=True):
    """How many by the end of the period, and how many more are told than before it, in its last seven days, and in the
    seven before those."""

    stage: Stage
    figure: Figure
    in_period: int | None
    this_week: int | None
    week_before: int | None


class Target(msgspec.Struct, frozen=True):
    """How many new ones are hoped for by the end of `on`; `expected` by now, on a straight line."""

    people: int
    on: date
    reached: State
    expected: int
    on_track: State


class Figures(msgspec.Struct, frozen=True):
    """The three numbers that matter, of the campaign (`unit` null) or a unit."""

    period: Period
    unit: str | None
    headlines: list[Headline]
    target: Target | None


class FunnelStep(msgspec.Struct, frozen=True):
    """`stage` is `visited` or a stage of sign-up; `of_before`, 0 to 1, is null where steps of k are too coarse."""

    stage: str
    figure: Figure
    in_period: int | None
    of_before: float | None


class FunnelBesides(msgspec.Struct, frozen=True):
    """Of the whole campaign only."""

    stage: Besides
    figure: Figure
    in_period: int | None


class Funnel(msgspec.Struct, frozen=True):
    """How far people come, step by step."""

    period: Period
    unit: str | None
    steps: list[FunnelStep]
    besides: list[FunnelBesides]


class Week(msgspec.Struct, frozen=True):
    """By the end of `ends_on`, a Sunday or the last day told of; `visited` in the week itself."""

    ends_on: date
    registered: Figure
    connected: Figure
    reachable: Figure
    trained: Figure
    visited: Figure


class Series(msgspec.Struct, frozen=True):
    """Week by week."""

    period: Period
    unit: str | None
    weeks: list[Week]


class ComparedUnit(msgspec.Struct, frozen=True):
    """`of_asked` is at least this share of the people asked."""

    code: str
    name_da: str
    asked: int | None
    registered: Figure
    in_period: int | None
    reachable: Figure
    trained: Figure
    of_asked: float | None
    target: Target | None


class Comparison(msgspec.Struct, frozen=True):
    """The units right below one, side by side, the most new first."""

    period: Period
    unit: str | None
    units: list[ComparedUnit]


class ChannelFigures(msgspec.Struct, frozen=True):
    """`channel` null: pages opened without a code."""

    channel: Channel | None
    visited: Figure
    automatic: Figure
    tests: Figure
    begun: Figure
    proven: Figure
    registered: Figure
    in_period: int | None
    connected: Figure
    reachable: Figure
    trained: Figure


class Channels(msgspec.Struct, frozen=True):
    """By which channel people came."""

    period: Period
    channels: list[ChannelFigures]


class Source(msgspec.Struct, frozen=True):
    """Visits until the period's end, in steps of k, by what a link said of itself; below k all together.

    Anybody can write anything into a link.
    """

    utm_source: str
    utm_medium: str
    utm_campaign: str
    visited: int


class Sources(msgspec.Struct, frozen=True):
    """Where links stood, the most visited first, 200 at most."""

    period: Period
    sources: list[Source]


class Area(msgspec.Struct, frozen=True):
    """`active` can be alarmed. Of 100,000 inhabitants where their number is known, as of `inhabitants_year`."""

    code: str
    name: str
    parent: str | None
    inhabitants: int | None
    inhabitants_year: int | None
    registered: Figure
    registered_per_100_000: float | None
    active: Figure
    active_per_100_000: float | None
    connected: Figure
    trained: Figure


class Areas(msgspec.Struct, frozen=True):
    """Where new hjerteløbere live, by what they wrote themselves; a region is the sum of its municipalities."""

    period: Period
    regions: list[Area]
    municipalities: list[Area]


def figure(told: Told) -> Figure:
    return Figure(told.at_least, told.why, told.exact)


def period(days: Days) -> Period:
    return Period(days.since, days.until)


def headline(head: Head) -> Headline:
    return Headline(Stage(head.stage), figure(head.figure), head.in_period, head.this_week, head.week_before)


def target(wanted: Wanted | None) -> Target | None:
    if wanted is None:
        return None
    return Target(wanted.people, wanted.on, wanted.reached, wanted.expected, wanted.on_track)


def step(each: Step) -> FunnelStep:
    return FunnelStep(each.stage, figure(each.figure), each.in_period, each.of_before)


def besides(each: Step) -> FunnelBesides:
    return FunnelBesides(Besides(each.stage), figure(each.figure), each.in_period)


def week(each: InWeek) -> Week:
    figures = (each.registered, each.connected, each.reachable, each.trained, each.visited)
    return Week(each.ends_on, *map(figure, figures))


def compared(each: Compared) -> ComparedUnit:
    return ComparedUnit(
        each.unit,
        each.name,
        each.asked,
        figure(each.registered),
        each.in_period,
        figure(each.reachable),
        figure(each.trained),
        each.of_asked,
        target(each.target),
    )


def channel(each: ByChannel) -> ChannelFigures:
    return ChannelFigures(
        channel=each.channel,
        visited=figure(each.visited),
        automatic=figure(each.automatic),
        tests=figure(each.tests),
        begun=figure(each.begun),
        proven=figure(each.proven),
        registered=figure(each.registered),
        in_period=each.in_period,
        connected=figure(each.connected),
        reachable=figure(each.reachable),
        trained=figure(each.trained),
    )


def area(each: InArea) -> Area:
    return Area(
        each.code,
        each.name,
        each.parent,
        each.inhabitants,
        each.year,
        figure(each.new),
        each.new_per_100_000,
        figure(each.active),
        each.active_per_100_000,
        figure(each.connected),
        figure(each.trained),
    )
