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
    aeds_page,
    after_pages,
    after_replay,
    approval_pages,
    attention_data,
    board_data,
    board_pages,
    by_hand_data,
    by_hand_pages,
    called_pages,
    centre_page,
    export_pages,
    glass,
    health_page,
    held_page,
    incident_acts,
    incident_data,
    incident_pages,
    own_page,
    policy_pages,
    reach_page,
    retention_page,
    seat_pages,
    served,
    sign_in,
    streets,
    synthetic_page,
    wish_data,
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
        *health_page.routes,
        *held_page.routes,
        *aeds_page.routes,
        *reach_page.routes,
        *retention_page.routes,
        *synthetic_page.routes,
        *policy_pages.routes,
        *centre_page.routes,
        *after_pages.routes,
        *after_replay.routes,
        *by_hand_pages.routes,
        *called_pages.routes,
        *incident_pages.routes,
    ]
    return Router("/", guards=_guards(Limit.CONSOLE), exception_handlers=told, route_handlers=routes)


def alarms_by_hand() -> tuple[Router, Router]:
    """Raising one, acting on one and stopping one, by form and by script: a limit of their own, and never shed."""
    told: dict[Any, Any] = {kind: _on_a_page(answer) for kind, answer in HANDLERS.items()}
    told |= {NotSignedIn: _to_sign_in, NotFresh: _to_confirm}
    by_script: dict[Any, Any] = {NotSignedIn: _must_sign_in, NotFresh: _must_confirm}
    pages, calls = (
        [*by_hand_pages.alarms, *called_pages.alarms, *incident_acts.alarms],
        [*by_hand_data.alarms, *wish_data.routes, *attention_data.alarms],
    )
    return (
        Router("/", guards=_guards(Limit.BY_HAND), exception_handlers=told, route_handlers=pages),
        Router("/", guards=_guards(Limit.BY_HAND), exception_handlers=HANDLERS | by_script, route_handlers=calls),
    )


def console_data() -> Router:
    """What the pages' scripts call: the same guards and limit, and refusals as everywhere but for where to sign in."""
    told: dict[Any, Any] = {NotSignedIn: _must_sign_in, NotFresh: _must_confirm}
    routes = [
        *board_data.routes,
        *attention_data.routes,
        *by_hand_data.routes,
        *incident_data.routes,
    ]
    return Router("/", guards=_guards(Limit.CONSOLE), exception_handlers=HANDLERS | told, route_handlers=routes)


def _guards(limit: Limit) -> list[Any]:
    return [anyone(limit), must_come_from_here]


def look() -> Router:
    """The style sheets and letters of the sign-up pages, for a process that serves the console alone."""
    return Router("/", guards=[anyone(Limit.CONSOLE)], route_handlers=[*files.routes])


def console_files() -> Router:
    """Its own scripts, style sheets and map: no secret, and the same for everybody."""
    return Router("/", guards=[anyone(Limit.CONSOLE)], route_handlers=[*served.routes])


def console_streets() -> Router:
    """The map's streets: everybody's, and the first to be turned away under pressure."""
    return Router("/", guards=[anyone(Limit.MAP)], route_handlers=[*streets.routes])


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
