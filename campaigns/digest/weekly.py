"""Sending the mails of a week: claim, write, send, settle; as often as one likes."""

from collections import Counter
from datetime import date, datetime, timedelta

import structlog

from backend.public import counting
from backend.public.store import Clock, Connection, Store
from campaigns.campaign import queries as campaigns
from campaigns.campaign.campaign import Campaign
from campaigns.danish_day import day_of
from campaigns.digest import post, queries
from campaigns.digest.letter import Part, letter
from campaigns.digest.post import Letter, Outcome, Server
from campaigns.digest.queries import Wish
from campaigns.figures.headlines import days_of, headlines
from campaigns.figures.numbers import of_units
from campaigns.figures.period import SUNDAY, WEEK, Period, week_start
from campaigns.figures.view import View, view_of
from campaigns.managers.queries import actors_of
from campaigns.organisation.unit import UnitCode

log = structlog.get_logger()
CLAIM_HOLDS = timedelta(minutes=10)
"""Longer than a mail server may take; after it a claim is some dead process's."""


async def send_due(store: Store, server: Server, sender: str, home: str, clock: Clock) -> Counter[Outcome]:
    """Send everybody's mail of the week that ended last, of each campaign that was told of it.

    Whoever could not be reached is tried again the next time, until the next week is told; a mail server's faults are
    outcomes, never raised.
    """
    outcomes: Counter[Outcome] = Counter()
    for campaign, week in await _due(store, clock.now()):
        async with store.transaction() as connection:
            wishes = await queries.wishes(connection, campaign.id, week)
        for wish in wishes:
            try:
                outcome = await _serve(store, server, sender, home, clock, campaign, week, wish)
            except (LookupError, ValueError) as fault:  # one that cannot be written costs nobody else theirs
                log.warning("mail_not_written", campaign=campaign.name, kind=type(fault).__name__)
                outcome = Outcome.AWAY
            if outcome is not None:
                outcomes[outcome] += 1
    return outcomes


async def _due(store: Store, now: datetime) -> list[tuple[Campaign, date]]:
    """Campaigns whose last week was told, each with its Sunday. Nobody is told of weeks long past."""
    due = []
    async with store.transaction() as connection:
        for campaign in await campaigns.campaigns(connection):
            week = week_told(await counting.told_until(connection, campaign.id))
            if week is not None and campaign.since <= week and day_of(now) <= week + WEEK:
                due.append((campaign, week))
    return due


def week_told(until: date | None) -> date | None:
    """The Sunday of the last week that was told whole."""
    if until is None:
        return None
    return until if until.weekday() == SUNDAY else week_start(until) - timedelta(days=1)


async def _serve(
    store: Store, server: Server, sender: str, home: str, clock: Clock, campaign: Campaign, week: date, wish: Wish
) -> Outcome | None:
    """One mail; None where another process has it, or there is nothing they may see."""
    now = clock.now()
    async with store.transaction() as connection:
        if not await queries.claim(connection, wish, week, now, now - CLAIM_HOLDS):
            return None
        written = await _written(connection, campaign, week, wish, home, now)
    if written is None:
        return None
    message_id = post.message_id_of(campaign.name, wish.email, week, sender)
    outcome = await post.send(post.mail_of(written, sender, message_id, now), server)
    async with store.transaction() as connection:
        await queries.settle(
            connection,
            wish,
            week,
            claimed_at=now - 2 * CLAIM_HOLDS if outcome is Outcome.AWAY else now,
            sent_at=clock.now() if outcome is Outcome.SENT else None,
            refused_at=clock.now() if outcome is Outcome.REFUSED else None,
        )
    return outcome


async def _written(
    connection: Connection, campaign: Campaign, week: date, wish: Wish, home: str, now: datetime
) -> Letter | None:
    actors = await actors_of(connection, wish.manager_id, campaign.id)
    if not actors:
        return None
    view = await view_of(connection, campaign, actors, now)
    own = view.below(None) if view.sees_whole else view.own_units()
    parts = [await _part(connection, view, unit, week, home) for unit in (None, *own)]
    return letter(wish.email, wish.name, campaign, week, parts, home)


async def _part(connection: Connection, view: View, unit: UnitCode | None, week: date, home: str) -> Part:
    period = Period(max(view.campaign.since, week_start(week)), week)
    numbers = await of_units(connection, view, [unit], days_of(period))
    page = f"{home}/tal/{view.campaign.name}"
    if unit is None:
        return Part("Hele kampagnen", page, headlines(numbers, None, period))
    return Part(view.tree.units[unit].name_da, f"{page}/enhed/{unit}", headlines(numbers, unit, period))
