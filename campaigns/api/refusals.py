"""Every error as an RFC 9457 document. What was sent is never repeated, and a bug says no more than that it is one."""

from typing import Any

import asyncpg
import msgspec
import structlog
from litestar import Request, Router
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.response import Response

from backend.public.contract import Problem
from campaigns.api import routes
from campaigns.api.bearer import must_hold_a_token, token_of

MEDIA_TYPE = "application/problem+json"
AWAY = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
log = structlog.get_logger()

_NOT_THERE = Problem(404, "not-found", "Not found", "There is nothing at this address.")
_METHOD = Problem(
    405,
    "method-not-allowed",
    "Not possible here",
    "Everything here is only read: GET.",
    headers={"Allow": "GET, OPTIONS"},
)
_BAD = Problem(400, "bad-request", "The request cannot be read", "The request is not well-formed.")
_AWAY = Problem(
    503,
    "unavailable",
    "Not available just now",
    "The service cannot reach its database. Ask again in a moment.",
    headers={"Retry-After": "5"},
)
_BROKEN = Problem(500, "internal-error", "Something went wrong on our side", "The numbers could not be read.")


def answered(_: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    match error:
        case Problem():
            return _respond(error)
        case HTTPException() if error.status_code in (404, 405):
            return _respond(_NOT_THERE if error.status_code == 404 else _METHOD)
        case HTTPException() if error.status_code < 500:
            return _respond(_BAD)
        case _ if isinstance(error, AWAY):
            return _respond(_AWAY)
        case _:
            log.error("an_answer_failed", kind=type(error).__name__)
            return _respond(_BROKEN)


def _respond(problem: Problem) -> Response[bytes]:
    return Response(
        msgspec.json.encode(problem.document()),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=routes.HEADERS | problem.headers,
    )


def api() -> Router:
    """A router of its own for each app: Litestar lets each be registered once."""
    return Router(
        "/",
        route_handlers=list(routes.handlers),
        guards=[must_hold_a_token],
        dependencies={"token": Provide(token_of)},
        exception_handlers={Problem: answered, HTTPException: answered, Exception: answered},
    )
