"""Operations: how channels and addresses are doing."""

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Response

from backend.console.operations import OPERATIONS, moment, operations_words_of, percent, show_operations
from backend.console.visit import AnyRequest
from backend.console.who import here_of, must_be_signed_in
from backend.console.words_operations import OperationsWords
from backend.delivery import channel_health
from backend.delivery.channel_health import ChannelHealth, State
from backend.delivery.report import K
from backend.foundation.database import Database
from backend.foundation.kinds import Kind
from backend.foundation.problems import Problem
from backend.identity.staff import May
from backend.volunteers import queries_health
from backend.volunteers.queries_health import Addresses

HEALTHS = ("healthy", "quarantined", "retired")


@get(OPERATIONS, guards=[must_be_signed_in], opt={"may": May.OPERATE})
async def health_page(request: AnyRequest, database: NamedDependency[Database]) -> Response[str]:
    """How the channels and the addresses are doing: what came of the attempts of the last hour and day"""
    said, now = operations_words_of(request), here_of(request).now
    try:
        async with database.statistics() as connection:
            channels = await channel_health.look(connection, now)
            addresses = await queries_health.addresses(connection, Kind.LIVE)
    except Problem:  # an alarm is under way, or it took too long: no figure is worth slowing one down
        return show_operations(
            request, "operations_health.html", said.no_figures_now, wrong=False, channels=[], addresses={}, healths=()
        )
    return show_operations(
        request,
        "operations_health.html",
        first_sentence(said, channels),
        wrong=channels[0].state in (State.OFF, State.FAILING),
        channels=channels,
        addresses=by_channel(addresses),
        healths=HEALTHS,
        percent=percent,
    )


def first_sentence(said: OperationsWords, channels: list[ChannelHealth]) -> str:
    """The worst there is to say; that all is well with the number it rests on."""
    worst = channels[0]
    name = said.channels[worst.channel]
    if worst.state is State.OFF:
        return said.channel_is_off.format(name, moment(worst.changed_at))
    if worst.state is State.FAILING:
        return said.channel_fails.format(name, percent(worst.failed_share), worst.answered_lately)
    answered = sum(each.answered_lately for each in channels)
    if answered < K:
        return said.channels_quiet.format(sum(each.waiting for each in channels))
    return said.channels_fine.format(percent(sum(each.accepted_lately for each in channels) / answered), answered)


def by_channel(addresses: list[Addresses]) -> dict[str, dict[str, int | None]]:
    """For each channel how many there are in each health; None: fewer than K."""
    found: dict[str, dict[str, int | None]] = {}
    for each in addresses:
        counts = found.setdefault(each.channel, dict.fromkeys(HEALTHS, 0))
        counts[each.health] = each.how_many if each.how_many >= K else None
    return found


routes = (health_page,)
