"""Which channels people came by, and where links stood; of the whole campaign only."""

import msgspec

from backend.public.counting import GroupName, Stage
from backend.public.store import Connection
from campaigns.campaign.campaign import Channel
from campaigns.figures import queries
from campaigns.figures.figure import Figure, change
from campaigns.figures.numbers import PEOPLE, of_groups
from campaigns.figures.period import Period
from campaigns.figures.queries import FromSource
from campaigns.figures.table import Column, Kind, Row, Table
from campaigns.figures.view import View
from campaigns.figures.visits import machines_and_humans
from campaigns.landing.queries import OTHERS

TITLES = {
    Channel.POSTER: "Plakat",
    Channel.INTRANET: "Intranet",
    Channel.EMAIL: "E-mail",
    Channel.EVENT: "Arrangement",
}
NO_CODE = "Uden kode"


class ByChannel(msgspec.Struct, frozen=True):
    """`channel` None: pages opened without a code, by which nobody can be counted.

    Visits are page views until the end of the period: by humans, by machines, and those managers tried.
    """

    channel: Channel | None
    title: str
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
    channels: tuple[ByChannel, ...]


class Sources(msgspec.Struct, frozen=True):
    """Visits until the end of the period, by what `utm_source`, `utm_medium` and `utm_campaign` said, in steps of k.

    Whoever writes a link can write anybody into it: what has fewer than k stands together with others, or not at all.
    """

    sources: tuple[FromSource, ...]


async def channels(connection: Connection, view: View, period: Period) -> Channels:
    """Raises NotYours for whoever does not see the whole."""
    names = [GroupName(channel.value) for channel in Channel]
    numbers = await of_groups(connection, view, names, PEOPLE, [period.day_before, period.until])
    seen = await machines_and_humans(connection, view, period.until)
    found = []
    for channel in Channel:
        now = {stage: numbers.of_group(GroupName(channel.value), stage, period.until) for stage in Stage}
        before = numbers.of_group(GroupName(channel.value), Stage.REGISTERED, period.day_before)
        found.append(
            ByChannel(
                channel,
                TITLES[channel],
                *seen[channel.value],
                now[Stage.BEGUN],
                now[Stage.PROVEN],
                now[Stage.REGISTERED],
                change(now[Stage.REGISTERED], before),
                now[Stage.CONNECTED],
                now[Stage.REACHABLE],
                now[Stage.TRAINED],
            )
        )
    nobody = Figure()
    found.append(ByChannel(None, NO_CODE, *seen[""], nobody, nobody, nobody, None, nobody, nobody, nobody))
    return Channels(tuple(found))


async def sources(connection: Connection, view: View, period: Period) -> Sources:
    """Raises NotYours for whoever does not see the whole."""
    view.allow_whole()
    k, until = view.campaign.k, period.until
    return Sources(tuple(await queries.sources(connection, view.campaign.id, until, k, OTHERS.source)))


def channels_table(found: Channels) -> Table:
    return Table(
        "kanaler",
        "Kanaler",
        "Automatiske besøg er mailfiltre og forhåndsvisninger; prøver er links med ?test=1. De tæller ikke som besøg.",
        (
            Column("channel", "Kanal", Kind.TEXT),
            Column("visited", "Besøg", Kind.COUNT),
            Column("automatic", "Automatiske", Kind.COUNT),
            Column("tests", "Prøver", Kind.COUNT),
            Column("begun", "Tilmelding begyndt", Kind.COUNT),
            Column("proven", "Telefon bekræftet", Kind.COUNT),
            Column("registered", "Nye hjerteløbere", Kind.COUNT),
            Column("in_period", "I perioden", Kind.CHANGE),
            Column("connected", "Har appen", Kind.COUNT),
            Column("reachable", "Kan alarmeres", Kind.COUNT),
            Column("trained", "Har lært HLR", Kind.COUNT),
        ),
        tuple(
            Row(
                "" if each.channel is None else each.channel.value,
                (
                    each.title,
                    each.visited,
                    each.automatic,
                    each.tests,
                    each.begun,
                    each.proven,
                    each.registered,
                    each.in_period,
                    each.connected,
                    each.reachable,
                    each.trained,
                ),
            )
            for each in found.channels
        ),
    )


def sources_table(found: Sources) -> Table:
    return Table(
        "kilder",
        "Hvor linkene stod",
        "Det, som links sagde om sig selv med utm_source, utm_medium og utm_campaign, i hele trin; små tal samlet.",
        (
            Column("source", "Kilde", Kind.TEXT),
            Column("medium", "Medie", Kind.TEXT),
            Column("name", "Navn", Kind.TEXT),
            Column("visited", "Besøg i alt", Kind.COUNT),
        ),
        tuple(Row(f"{n}", (each.source, each.medium, each.name, each.visited)) for n, each in enumerate(found.sources)),
    )
