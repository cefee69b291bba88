"""Every error as an RFC 9457 document: ours, Litestar's, the database's and bugs. What was sent is never repeated."""

import re
from collections.abc import Callable
from typing import Any

import asyncpg
import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.exceptions.http_exceptions import ClientException, InternalServerException, MethodNotAllowedException
from litestar.params import ParameterKwarg
from prometheus_client import Counter

from backend.api.wrong_input import explain
from backend.foundation.ids import without_time
from backend.foundation.problems import FieldError, Problem
from backend.identity.caller import Caller

MEDIA_TYPE = "application/problem+json"

AnyRequest = Request[Any, Any, Any]

# No connection to be had, or the server went away, is no primary, or took too long.
DATABASE_AWAY: tuple[type[Exception], ...] = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.IdleSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.TooManyConnectionsError,
    asyncpg.QueryCanceledError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection lost in the middle of a statement
    asyncpg.TargetServerAttributeNotMatched,
    OSError,
    TimeoutError,
)

_BY_STATUS: dict[int, tuple[str, str, str]] = {
    400: ("bad-request", "The request cannot be read", "The request is not well-formed."),
    401: ("unauthorised", "Not signed in", "Send an access token: Authorization: Bearer …"),
    403: ("forbidden", "Not allowed", "This is not for you."),
    404: ("not-found", "Not found", "There is nothing at this address."),
    405: (
        "method-not-allowed",
        "Not possible here",
        "This address does not take this method; Allow names those it takes.",
    ),
    413: ("too-large", "Too large", "The body is larger than it may be here."),
    415: ("wrong-media-type", "Not JSON", "Send the body as application/json."),
    429: ("too-many", "Too many requests", "Too many of these calls."),
}

refusals_total = Counter("hjerteloeber_refusals_total", "Answers that were a problem", ["route", "status", "kind"])

log = structlog.get_logger()


def respond(problem: Problem) -> Response[bytes]:
    """The answer that says `problem`."""
    return Response(
        msgspec.json.encode(problem.document()),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **problem.headers},
    )


def refused(_request: AnyRequest, problem: Problem) -> Response[bytes]:
    return respond(problem)


def refused_by_litestar(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    """404, 405, 413, unreadable parameters: said in our words, since Litestar's repeat the query string."""
    if isinstance(error, ValidationException):
        return respond(_unusable_parameters(request, error))
    if isinstance(error, InternalServerException):
        if "disconnect" in str(error.detail) or "consumed" in str(error.detail):
            return respond(Problem(400, *_BY_STATUS[400]))  # the caller hung up while sending: nobody reads the answer
        return failed(request, error)
    slug, title, detail = _BY_STATUS.get(error.status_code, _BY_STATUS[400])
    status = error.status_code if error.status_code in _BY_STATUS else 400
    headers = {name: value for name, value in (error.headers or {}).items() if name.lower() in ("allow", "retry-after")}
    if isinstance(error, MethodNotAllowedException):
        return respond(Problem(405, *_BY_STATUS[405], headers=headers))
    if isinstance(error, ClientException) and status == 400:
        return respond(Problem(400, *_BY_STATUS[400]))
    return respond(Problem(status, slug, title, detail, headers=headers))


def database_away(request: AnyRequest, error: Exception) -> Response[bytes]:
    log.warning("database away", error=type(error).__name__, route=_route(request))
    return respond(
        Problem(
            503,
            "unavailable",
            "Not available just now",
            "The service cannot reach its database. Send the same request again, with the same Idempotency-Key.",
            headers={"Retry-After": "1"},
        )
    )


def failed(request: AnyRequest, error: Exception) -> Response[bytes]:
    """A bug: the caller gets a number to quote, the log gets the rest under the same number."""
    error_id = str(without_time())
    log.error("request failed", error_id=error_id, route=_route(request), exc_info=error)
    return respond(
        Problem(
            500,
            "internal-error",
            "Something went wrong on our side",
            "The request could not be carried out. Quote error_id when you report it.",
            error_id=error_id,
        )
    )


def _name(error: Exception) -> str:
    sqlstate = getattr(error, "sqlstate", None)
    return f"{type(error).__name__} {sqlstate}" if sqlstate else type(error).__name__


def _route(request: AnyRequest) -> str:
    """The route's name, never its path or query: those could hold a link's secret."""
    handler = request.scope.get("route_handler")
    return str(getattr(handler, "handler_name", "none"))


def _unusable_parameters(request: AnyRequest, error: ValidationException) -> Problem:
    found = [entry for entry in error.extra if isinstance(entry, dict)] if isinstance(error.extra, list) else []
    errors = [_parameter(request, str(entry.get("key", "")), str(entry.get("message", ""))) for entry in found]
    if not errors:
        # Litestar names a missing parameter in its sentence only.
        missing = re.match(r"Missing required (query|header|cookie|path) parameter '([\w-]+)'", str(error.detail))
        errors = [
            FieldError(f"{missing[1]}:{missing[2]}", "is required") if missing else FieldError("", "cannot be used")
        ]
    detail = "; ".join(f"{each.field or 'the body'} {each.problem}" for each in errors)
    return Problem(422, "invalid-request", "The request cannot be used as it is", detail, errors=errors)


def _parameter(request: AnyRequest, key: str, message: str) -> FieldError:
    if key == "data" or "field `data`" in message:
        return FieldError("", "is required: send a JSON body")
    field = request.route_handler.parsed_fn_signature.parameters.get(key)
    definition = field.kwarg_definition if field else None
    where = key
    if isinstance(definition, ParameterKwarg):
        where = f"{definition.param_type.value}:{definition.name or key}"
    return FieldError(where, explain(message, _shape(request, key)).problem)


def _shape(request: AnyRequest, key: str) -> Any:
    """The parameter's type, so that its possible values can be named."""
    model = request.route_handler.signature_model
    return model.__annotations__.get(key, str) if model else str


def _counted(answer: Callable[[AnyRequest, Any], Response[bytes]]) -> Callable[[AnyRequest, Any], Response[bytes]]:
    def and_counted(request: AnyRequest, error: Any) -> Response[bytes]:
        response = answer(request, error)
        caller = request.scope.get("user")  # None where a guard let nobody in
        kind = caller.kind.value if isinstance(caller, Caller) else "unknown"
        refusals_total.labels(_route(request), str(response.status_code), kind).inc()
        return response

    return and_counted


HANDLERS: dict[int | type[Exception], Any] = {
    Problem: _counted(refused),
    HTTPException: _counted(refused_by_litestar),
    **dict.fromkeys(DATABASE_AWAY, _counted(database_away)),
    Exception: _counted(failed),
}
