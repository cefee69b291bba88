"""The three addresses of sign-in."""

from litestar import Router, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.response import Response

from backend.public.openid import NotVouched, Provider
from backend.public.store import Clock, Store
from campaigns.managers import session
from campaigns.settings import Settings
from campaigns.signing_in.answers import (
    COOKIE,
    WAY_COOKIE,
    AnyRequest,
    led_to,
    page,
    refused,
    session_cookie,
    trouble,
    way_cookie,
    without,
)
from campaigns.signing_in.guard import must_come_from_here
from campaigns.signing_in.let_in import let_in
from campaigns.signing_in.trouble import ONWARD, SIGNED_OUT, CannotSignIn, Trouble, why_of
from campaigns.signing_in.way import HOME, OnTheWay, begin, read

BACK = f"{HOME}/tilbage"
_AWAY_FOR_NOW = ("temporarily_unavailable", "server_error")


@get("/tal/log-ind")
async def sign_in(
    request: AnyRequest, state: State, clock: NamedDependency[Clock], settings: NamedDependency[Settings]
) -> Response[str]:
    """On to the provider

    By a page of its own and no redirect: a browser holds every redirect of a form to its page's policy, and whoever
    chooses another period after an hour's pause would come to nothing.
    """
    provider: Provider = state.provider
    way = begin(request.query_params.get("til", HOME))
    address = await provider.address(way.way, settings.public_url + BACK, clock.now())
    return page(ONWARD, way_cookie(settings, way), onward=address)


@get("/tal/tilbage")
async def came_back(
    request: AnyRequest,
    state: State,
    store: NamedDependency[Store],
    clock: NamedDependency[Clock],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """Back from the provider, with a code or a no"""
    way = read(request.cookies.get(WAY_COOKIE, ""))
    if way is None or request.query_params.get("state") != way.way.state:
        return await _lost(request, store, clock)
    gone = without(settings, WAY_COOKIE)
    try:
        secret = await _let_in(request, state.provider, way, store, clock, settings)
    except (CannotSignIn, NotVouched) as error:
        return refused(why_of(error), gone)
    return led_to(way.til, session_cookie(settings, secret), gone)


async def _let_in(
    request: AnyRequest, provider: Provider, way: OnTheWay, store: Store, clock: Clock, settings: Settings
) -> str:
    """The secret of a new session. The provider is asked outside every transaction. Raises CannotSignIn, NotVouched."""
    code = request.query_params.get("code")
    if not code:
        raise CannotSignIn(_why(request.query_params.get("error", "")))
    vouched = await provider.vouches_for(code, way.way, settings.public_url + BACK, clock.now())
    async with store.transaction() as connection:
        manager = await let_in(connection, vouched, silence_is_yes=settings.oidc_email == "trusted")
        await session.end(connection, request.cookies.get(COOKIE, ""))
        return await session.begin(connection, manager, clock.now())


def _why(error: str) -> Trouble:
    if error == "access_denied":
        return Trouble.DENIED
    return Trouble.AWAY if error in _AWAY_FOR_NOW else Trouble.NONSENSE


async def _lost(request: AnyRequest, store: Store, clock: Clock) -> Response[str]:
    """An answer nobody here waits for: a link used again, the back button, another browser's. It does nothing."""
    async with store.transaction() as connection:
        if await session.signed_in(connection, request.cookies.get(COOKIE, ""), clock.now()):
            return led_to(HOME)
    # A provider may leave the state out when somebody says no.
    denied = request.query_params.get("error") == "access_denied"
    return refused(Trouble.DENIED if denied else Trouble.LOST)


@post("/tal/log-ud")
async def sign_out(
    request: AnyRequest, store: NamedDependency[Store], settings: NamedDependency[Settings]
) -> Response[str]:
    """The session ends, here and for every window"""
    async with store.transaction() as connection:
        await session.end(connection, request.cookies.get(COOKIE, ""))
    return led_to("/tal/log-ud", without(settings, COOKIE))


@get("/tal/log-ud")
async def signed_out() -> Response[str]:
    """Said after signing out"""
    return page(SIGNED_OUT)


def sign_in_pages() -> Router:
    """A router of its own for each app: Litestar lets each be registered once."""
    return Router(
        "/",
        route_handlers=[sign_in, came_back, sign_out, signed_out],
        guards=[must_come_from_here],
        exception_handlers={CannotSignIn: trouble, NotVouched: trouble, HTTPException: trouble, Exception: trouble},
    )
