"""What a page says: whose campaign, in which words, and what the code in the link is worth."""

from datetime import datetime
from urllib.parse import urlencode

import msgspec

from backend.public.store import Connection
from campaigns.campaign import join_code, queries, queries_codes
from campaigns.campaign.campaign import Campaign
from campaigns.campaign.codes import Standing, standing_of
from campaigns.campaign.join_code import JoinCode
from campaigns.danish_day import day_of
from campaigns.landing import queries as counters
from campaigns.landing.visit import By, Source, Visit
from campaigns.modules.texts import Language, Texts


class Found(msgspec.Struct, frozen=True):
    """What stands behind an address. `standing` None: there is no code in it, or the database was away.

    `code` is what a visit is counted for, `credits` what sign-up is told.
    """

    campaign: Campaign | None = None
    texts: Texts | None = None
    standing: Standing | None = None
    code: JoinCode | None = None
    credits: JoinCode | None = None


async def find(connection: Connection, visit: Visit, now: datetime, *, shown: bool = True) -> Found | None:
    """What stands behind an address: a campaign's name, a join code, or both; None where there is no such campaign.

    Texts are read only where they are shown: of a page and the word that somebody acted on it one needs none.
    """
    asked = None
    if visit.campaign:
        asked = await queries.campaign_named(connection, visit.campaign)
        if asked is None or not visit.code:
            return None if asked is None else Found(asked, await _texts(connection, asked) if shown else None)
    code = join_code.read(visit.code)
    named = None if code is None else await queries_codes.code_named(connection, code)
    owner = None if named is None else await queries.campaign(connection, named.campaign_id)
    standing = standing_of(visit.code, named, owner, now, asked)
    campaign = asked or owner
    return Found(
        campaign,
        await _texts(connection, campaign) if shown else None,
        standing,
        code if campaign is not None and campaign == owner else None,
        code if standing is Standing.OPEN else None,
    )


async def running(connection: Connection, now: datetime) -> list[tuple[Campaign, Texts]]:
    """Campaigns of today that have something to say."""
    today = [each for each in await queries.campaigns(connection) if each.runs(day_of(now))]
    said = [(each, await _texts(connection, each)) for each in today]
    return [(each, texts) for each, texts in said if texts is not None]


async def _texts(connection: Connection, campaign: Campaign | None) -> Texts | None:
    version = None if campaign is None else await queries.approved_version(connection, campaign.id)
    return None if version is None else version.texts


def away(typed: str) -> Found:
    """While nobody can be asked: a code that is well typed goes along to sign-up, which knows what it is worth."""
    return Found(credits=join_code.read(typed))


async def count(connection: Connection, found: Found, visit: Visit, now: datetime) -> None:
    """A human acted, a machine fetched, a manager tried: one more, for the code and the Danish day."""
    if found.campaign is None:
        return
    campaign_id, code, day = found.campaign.id, found.code or "", day_of(now)
    await counters.need_not_wait(connection)
    match visit.by:
        case By.TEST:
            await counters.count_test(connection, campaign_id, code, day)
        case By.AUTOMATIC:
            await counters.count_automatic(connection, campaign_id, code, day)
        case By.HUMAN:
            await counters.count_visit(connection, campaign_id, code, day)
            if visit.source != Source():
                await counters.count_source(connection, campaign_id, day, visit.source)


def sign_up_address(sign_up_url: str, found: Found, visit: Visit) -> str:
    """Where *Tilmeld* leads. A code that counts for nobody stays here, and so does that of a manager's test."""
    query = {}
    if found.credits is not None and visit.by is not By.TEST:
        query["code"] = str(found.credits)
    if visit.language is Language.EN:
        query["lang"] = Language.EN.value
    return f"{sign_up_url}/tilmelding" + (f"?{urlencode(query)}" if query else "")
