"""The sign-up pages as the app serves them: who may call them and how much, and every refusal as a page.

The rooms `api` and `signup` stand side by side and do not import each other. Guards, limits and the handling of errors
are the API's; so they are put round the pages here, where both are known: docs/decisions/0017 has the reasons.
"""

from collections.abc import Callable
from typing import Any

from litestar import Request, Router
from litestar.response import Response

from backend.api.guards import anyone
from backend.api.limits import Limit
from backend.api.problem_answers import HANDLERS
from backend.signup import ends, files, pages
from backend.signup.visit import trouble

AnyRequest = Request[Any, Any, Any]
Answer = Callable[[AnyRequest, Any], Response[bytes]]


def sign_up_pages() -> Router:
    """A router of its own for each app: Litestar lets each be registered once."""
    told = {kind: _on_a_page(answer) for kind, answer in HANDLERS.items()}
    routes = [*pages.routes, *ends.routes, *files.routes]
    return Router("/", guards=[anyone(Limit.SIGN_UP)], exception_handlers=told, route_handlers=routes)


def _on_a_page(answer: Answer) -> Callable[[AnyRequest, Any], Response[str]]:
    """Logged and counted as everywhere; told in words a person reads."""

    def and_told(request: AnyRequest, error: Any) -> Response[str]:
        refused = answer(request, error)
        return trouble(request, refused.status_code or 500, refused.headers)

    return and_told
