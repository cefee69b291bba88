"""The console as the app serves it: who may call it and how much, every refusal as a page, and the provider it asks.

As with the sign-up pages (`backend.app.sign_up_pages`): the rooms stand side by side and do not import each other.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from litestar import Request, Router
from litestar.response import Response

from backend.api.guards import anyone
from backend.api.limits import Limit
from backend.api.problem_answers import HANDLERS, refused
from backend.console import (
    after_pages,
    after_replay,
    approval_pages,
    board_data,
    board_pages,
    export_pages,
    glass,
    own_page,
    seat_pages,
    served,
    sign_in,
)
from backend.console.by_script import not_fresh, not_signed_in
from backend.console.visit import CONFIRM, SIGN_IN, go, must_come_from_here, trouble
from backend.console.who import NotFresh, NotSignedIn, with_til
from backend.foundation.settings import Settings
from backend.identity.openid_provider import Provider, http_client
from backend.signup import files

AnyRequest = Request[Any, Any, Any]
Answer = Callable[[AnyRequest, Any], Response[bytes]]


def console_pages() -> Router:
    """A router of its own for each app: Litestar lets each be registered once."""
    told: dict[Any, Any] = {kind: _on_a_page(answer) for kind, answer in HANDLERS.items()}
    told |= {NotSignedIn: _to_sign_in, NotFresh: _to_confirm}
    routes = [
        *board_pages.routes,
        *sign_in.routes,
        *seat_pages.routes,
        *own_page.routes,
        *approval_pages.routes,
        *export_pages.routes,
        *glass.routes,
        *after_pages.routes,
        *after_replay.routes,
    ]
    guards: list[Any] = [anyone(Limit.CONSOLE), must_come_from_here]
    return Router("/", guards=guards, exception_handlers=told, route_handlers=routes)


def console_data() -> Router:
    """What the pages' scripts call: the same guards and limit, and refusals as everywhere but for where to sign in."""
    told: dict[Any, Any] = {NotSignedIn: _must_sign_in, NotFresh: _must_confirm}
    guards: list[Any] = [anyone(Limit.CONSOLE), must_come_from_here]
    return Router("/", guards=guards, exception_handlers=HANDLERS | told, route_handlers=[*board_data.routes])


def look() -> Router:
    """The style sheets and letters of the sign-up pages, for a process that serves the console alone."""
    return Router("/", guards=[anyone(Limit.CONSOLE)], route_handlers=[*files.routes])


def console_files() -> Router:
    """Its own scripts, style sheets and map: no secret, and the same for everybody."""
    return Router("/", guards=[anyone(Limit.CONSOLE)], route_handlers=[*served.routes])


@asynccontextmanager
async def provider_of(settings: Settings) -> AsyncIterator[Provider | None]:
    """Whoever signs staff in; None where nobody is set."""
    if not settings.staff_oidc_issuer:
        yield None
        return
    file = settings.staff_oidc_client_secret_file
    secret = file.read_text("utf-8").strip() if file is not None else ""
    async with http_client() as http:
        yield Provider(settings.staff_oidc_issuer.rstrip("/"), settings.staff_oidc_client_id, secret, http)


def _on_a_page(answer: Answer) -> Callable[[AnyRequest, Any], Response[str]]:
    """Logged and counted as everywhere; told in words a person reads."""

    def and_told(request: AnyRequest, error: Any) -> Response[str]:
        refused = answer(request, error)
        return trouble(request, refused.status_code or 500, refused.headers)

    return and_told


def _must_sign_in(request: AnyRequest, _: NotSignedIn) -> Response[bytes]:
    return refused(request, not_signed_in())


def _must_confirm(request: AnyRequest, _: NotFresh) -> Response[bytes]:
    return refused(request, not_fresh())


def _to_sign_in(_request: AnyRequest, error: NotSignedIn) -> Response[str]:
    return go(with_til(SIGN_IN, error.til))


def _to_confirm(_request: AnyRequest, error: NotFresh) -> Response[str]:
    return go(with_til(CONFIRM, error.til))
