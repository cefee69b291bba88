"""What stands before every page of numbers: somebody signed in, and no form from elsewhere."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Router
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler
from litestar.handlers.http_handlers import HTTPRouteHandler

from campaigns.managers import session
from campaigns.managers.manager import Manager
from campaigns.signing_in.answers import COOKIE, trouble
from campaigns.signing_in.trouble import CannotSignIn, NotSignedIn, Trouble

AnyConnection = ASGIConnection[Any, Any, Any, Any]
_HARMLESS = ("GET", "HEAD", "OPTIONS")


async def must_be_signed_in(connection: AnyConnection, _: BaseRouteHandler) -> None:
    """A guard: raises NotSignedIn. Whoever is signed in stands in the request's state as `manager`."""
    secret = connection.cookies.get(COOKIE)
    manager = None
    if secret:
        async with connection.app.state.store.transaction() as store:
            manager = await session.signed_in(store, secret, connection.app.state.clock.now())
    if manager is None:
        query = connection.scope["query_string"].decode("latin-1")
        raise NotSignedIn(connection.url.path + (f"?{query}" if query else ""))
    connection.state["manager"] = manager


def must_come_from_here(connection: AnyConnection, _: BaseRouteHandler) -> None:
    """A guard: a form or a script of another site changes nothing. Raises CannotSignIn."""
    method = connection.scope.get("method", "GET")
    if method not in _HARMLESS and not from_here(connection.headers, connection.app.state.settings.public_url):
        raise CannotSignIn(Trouble.ELSEWHERE)


def from_here(headers: Any, public_url: str) -> bool:
    """Whether a browser says that a page of ours sent it. One that says nothing, says no."""
    site = headers.get("sec-fetch-site")
    return site in ("same-origin", "none") if site is not None else headers.get("origin") == public_url


async def _manager(request: Request[Any, Any, Any]) -> Manager:
    found: Manager = request.state["manager"]
    return found


def behind_sign_in(handlers: Sequence[HTTPRouteHandler]) -> Router:
    """Pages only somebody signed in sees; each may take `manager: NamedDependency[Manager]`."""
    return Router(
        "/",
        route_handlers=list(handlers),
        guards=[must_come_from_here, must_be_signed_in],
        dependencies={"manager": Provide(_manager)},
        exception_handlers={
            CannotSignIn: trouble,
            NotSignedIn: trouble,
            HTTPException: trouble,
            Exception: trouble,
        },
    )
