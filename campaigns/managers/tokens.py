"""Tokens by which a party's own programme reads what the party, or somebody of one unit of it, may see."""

from datetime import date, datetime, timedelta
from uuid import uuid4

from backend.public.store import Connection
from campaigns.campaign.begin import CannotBe
from campaigns.campaign.campaign import Campaign
from campaigns.danish_day import day_of, start_of
from campaigns.managers import queries_tokens
from campaigns.managers.grants import LONGEST_NAME, fitting_party
from campaigns.managers.manager import Token, TokenId
from campaigns.managers.secret import Secret, draw, hash_of
from campaigns.organisation.unit import UnitCode

PREFIX = "hlk_"
"""By which a token that lies about where it should not is recognised."""
LONGEST = timedelta(days=400)
"""Somebody looks once a year whether it is still wanted."""


async def make(
    connection: Connection,
    campaign: Campaign,
    name: str,
    party_code: str,
    unit: UnitCode | None,
    until: date | None,
    now: datetime,
) -> tuple[Token, Secret]:
    """A token, until the end of the day `until`, or for LONGEST. Its secret is told here and never again.

    Raises CannotBe.
    """
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise CannotBe(f"a name of {len(name)} letters: 1 to {LONGEST_NAME} that can be printed, as »Power BI, FMN«")
    today = day_of(now)
    last = today + LONGEST if until is None else until
    if not today <= last <= today + LONGEST:
        raise CannotBe(f"until {last}: a day from {today} to {today + LONGEST}")
    party = await fitting_party(connection, campaign, party_code, unit, now)
    if any(each.name == name for each in await queries_tokens.tokens_of(connection, campaign.id)):
        raise CannotBe(f"there is a token {name} of {campaign.name}: another name, or `tokens withdraw` that one first")
    expires_at = start_of(last + timedelta(days=1))
    token, secret = Token(TokenId(uuid4()), name, campaign.id, party, unit, now, expires_at), Secret(PREFIX + draw())
    await queries_tokens.insert_token(connection, hash_of(secret), token)
    return token, secret


async def bearer(connection: Connection, secret: str, now: datetime) -> Token | None:
    """The token whose secret it is; None for one that is unknown, over or withdrawn. Its day of use is kept."""
    token = await queries_tokens.token_by(connection, hash_of(secret))
    if token is None or token.withdrawn_at is not None or now >= token.expires_at:
        return None
    await queries_tokens.use_token(connection, token.id, day_of(now))
    return token


async def withdraw(connection: Connection, campaign: Campaign, name: str, now: datetime) -> None:
    """It opens nothing any more. Raises CannotBe where there is none of the name."""
    for token in await queries_tokens.tokens_of(connection, campaign.id):
        if token.name == name:
            await queries_tokens.withdraw_token(connection, token.id, now)
            return
    raise CannotBe(f"{campaign.name} has no token {name}: `python -m campaigns tokens list {campaign.name}` lists them")
