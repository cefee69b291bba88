"""A simulated campaign's numbers, for a demo: people who never were, as sums only; nobody of them has a row anywhere.

What may be told of them is decided by the real counting, day by day.
"""

from collections.abc import Sequence
from datetime import date

from backend.foundation.database import Connection, Role
from backend.recruitment import queries, queries_made_up
from backend.recruitment.campaign import Campaign
from backend.recruitment.queries_count import Count


class NotMadeUp(Exception):
    """The campaign began in earnest: nothing of it can be made up, ever."""


class PeopleCame(Exception):
    """Somebody has come by a code of this campaign: its numbers are not made up any more."""


async def first_told(connection: Connection, campaign: Campaign) -> date | None:
    """The first day of which anything was told."""
    return await queries_made_up.first_told(connection, campaign.id)


async def begin_anew(connection: Connection, campaign: Campaign) -> None:
    """As if no day of this campaign had been counted yet, so that its past can be made up.

    The log-in has to be the owner of the tables: no role may take back what was told. Raises NotMadeUp, PeopleCame.
    """
    _must_be_made_up(campaign)
    await queries.lock_campaign(connection, campaign.id)
    if await queries_made_up.has_people(connection, campaign.id):
        raise PeopleCame(f"somebody has come by a code of {campaign.name}: its past cannot be made up")
    await queries_made_up.forget_numbers(connection, campaign.id)


async def count_as_worker(connection: Connection) -> None:
    """From here to the transaction's end with the worker's rights and no more, as counting is done in earnest."""
    await queries_made_up.take_role(connection, Role.WORKER)


async def add(connection: Connection, campaign: Campaign, more: Sequence[Count]) -> None:
    """So many people more, of whom nothing but this is known. One person is counted in every group they are of.

    Raises NotMadeUp.
    """
    _must_be_made_up(campaign)
    await queries_made_up.add_to_tally(connection, campaign.id, more)


async def newest(connection: Connection, campaign: Campaign, stage: str) -> dict[str, int]:
    """Group → what was told of it last."""
    return {each.group_name: each.count for each in await queries_made_up.newest(connection, campaign.id, stage)}


def _must_be_made_up(campaign: Campaign) -> None:
    if not campaign.made_up:
        raise NotMadeUp(f"{campaign.name} began in earnest: begin another campaign, a made-up one, to show things with")
