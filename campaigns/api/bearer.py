"""Who asks: a guard before every route, and what the token's holder may see."""

import math
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from backend.public.contract import not_found, too_many, unauthorised
from backend.public.store import Connection
from campaigns.campaign import queries as campaigns
from campaigns.campaign.campaign import Campaign
from campaigns.managers import tokens
from campaigns.managers.manager import Token

LONGEST = 200
PER_MINUTE, BURST = 120, 60
"""Of one token: a BI tool that refreshes reads some ten tables, once an hour."""
_SEND = "Send a token: Authorization: Bearer hlk_…"


async def must_hold_a_token(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard. Raises Problem: 401 for a token that opens nothing, 429 for one that asks too often."""
    scheme, _space, secret = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip() or len(secret) > LONGEST:
        raise unauthorised(_SEND)
    state = connection.app.state
    async with state.store.transaction() as store:
        token = await tokens.bearer(store, secret.strip(), state.clock.now())
    if token is None:
        raise unauthorised("This token is unknown, withdrawn or over: `python -m campaigns tokens make` makes another.")
    if wait := state.rates.wait_s(token.id):
        raise too_many("This token asks too often: keep what you read.", math.ceil(wait))
    connection.state["token"] = token


async def token_of(request: Request[Any, Any, Any]) -> Token:
    found: Token = request.state["token"]
    return found


async def campaign_of(connection: Connection, token: Token, name: str | None = None) -> Campaign:
    """The token's campaign, if it is the one that was asked for. Raises Problem."""
    found = await campaigns.campaign(connection, token.campaign_id)
    if found is None or name not in (None, found.name):
        raise not_found("campaign")
    return found
