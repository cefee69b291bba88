"""A whole document for one audience."""

import sys
from collections.abc import Sequence
from enum import StrEnum
from importlib.metadata import version
from typing import Any

import msgspec
from litestar import Litestar
from litestar.routes import HTTPRoute

from backend.api.bodies import StrictBody
from backend.app.console_pages import alarms_by_hand, console_data
from backend.app.dependencies import DEPENDENCIES
from backend.app.openapi import calls, examples, pushes
from backend.app.openapi.operation import Described, describe, group_of, operation, usual_refusals
from backend.app.routes import DISPATCH, MOBILE
from backend.console.visit import COOKIE
from backend.foundation.problems import FieldError
from backend.foundation.schemas import Schema, Schemas


class Problem(msgspec.Struct, frozen=True):
    """A refusal (RFC 9457). `type` is stable and compared, not fetched; further members may come."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] | msgspec.UnsetType = msgspec.UNSET
    error_id: str | msgspec.UnsetType = msgspec.UNSET
    reason: str | msgspec.UnsetType = msgspec.UNSET


class Document(StrEnum):
    """The files, by name."""

    DISPATCH_CENTRE = "dispatch-centre"
    MOBILE = "mobile"
    CONSOLE = "console"


_COMMON = """All times are RFC 3339 in UTC. Refusals are problem documents (RFC 9457, `application/problem+json`) whose
`type` is stable. Within v1 there are only additions: a client has to survive fields and values it does not know."""

_ABOUT = {
    Document.DISPATCH_CENTRE: (
        "Hjerteløber for dispatch centres",
        "How a dispatch centre's system reports a suspected cardiac arrest and follows who goes. A report is never "
        "refused for its place or for a rate limit; unknown fields are refused, so that nothing is lost silently. "
        + _COMMON,
        DISPATCH,
    ),
    Document.MOBILE: (
        "Hjerteløber for phones",
        "What a volunteer's app needs: signing up, telling where it is, ringing, answering. The phone's truth is a "
        "read (`GET /mobile/v1/alerts`) and a stream of the same; a push is a hint (webhooks: what it carries). "
        + _COMMON,
        MOBILE,
    ),
    Document.CONSOLE: (
        "Hjerteløber for the console's own pages",
        "What the scripts of the pages below `/konsol` call: of one version with them, and of no use to anybody else. "
        "Who is signed in at the browser calls; what changes something brings the session's word. " + _COMMON,
        [console_data(), alarms_by_hand()[1]],
    ),
}

_SECURITY: dict[str, Schema] = {
    "staff_session": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "The session of somebody who signed in at /konsol/log-ind, for a shift.",
    },
    "volunteer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A volunteer's access token from sign-in, at most 10 minutes old.",
    },
    "proven_phone": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The sign-up token that sign-in gives to a phone number nobody has signed up with yet.",
    },
    "dispatch_centre": {
        "type": "oauth2",
        "description": "OAuth 2.0 client credentials by private_key_jwt (RFC 7523) or certificate (RFC 8705); a token "
        "lives 5 minutes, speaks for one centre and is bound to a key: Authorization: DPoP …, and with every request a "
        "DPoP header made for it (RFC 9449). Every answer says our time in Server-Time.",
        "flows": {
            "clientCredentials": {
                "tokenUrl": "/oauth/token",
                "scopes": {
                    "incidents:write": "Report, revise and end incidents",
                    "exercises:write": "The same for a client of kind exercise, which has no incidents:write",
                    "incidents:read": "Read and follow incidents",
                },
            }
        },
    },
}


_TOLD = {Document.MOBILE: pushes, Document.DISPATCH_CENTRE: calls}
"""What reaches an audience without its asking; the console's pages are reached by nothing."""


def make(which: Document) -> Schema:
    """The OpenAPI 3.1 document of `which`, as plain JSON values."""
    title, about, handlers = _ABOUT[which]
    routes = _routes(handlers)
    told = _TOLD.get(which)
    shapes = [] if told is None else list(told.SHAPES.values())
    schemas = Schemas(
        _once([shape for route in routes for shape in route.received()]),
        _once([Problem, *(shape for route in routes for shape in route.sent()), *shapes]),
    )
    paths: dict[str, Schema] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method] = operation(route, schemas)
    used = {name for item in paths.values() for each in item.values() for need in each["security"] for name in need}
    document: Schema = {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": version("hjerteloeber"),
            "description": " ".join(about.split()),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "contact": {"name": "Hjerteløber", "url": "https://hjerteloeber.example"},
        },
        "servers": [{"url": "/", "description": "The service that serves this document"}],
        "tags": _tags(routes),
        "paths": paths,
    }
    if told is not None:
        document["webhooks"] = told.webhooks(schemas)
    document["components"] = {
        "schemas": _with_optional_problem_members(dict(sorted(schemas.components.items()))),
        "responses": usual_refusals(_refusals_used(paths)),
        "securitySchemes": {name: scheme for name, scheme in _SECURITY.items() if name in used},
    }
    examples.add(document)
    return document


_METHODS = ("get", "put", "post", "patch", "delete")


def _routes(handlers: Sequence[Any]) -> list[Described]:
    """The routes as an application registers them; nothing is started."""
    app = Litestar(list(handlers), dependencies=DEPENDENCIES, dto=StrictBody, return_dto=None, openapi_config=None)
    found = [
        describe(route.path_format, method.lower(), handler)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for method, (handler, _) in route.route_handler_map.items()
        if method != "OPTIONS"
    ]
    # Litestar keeps a path's handlers in no order: the file has one.
    return sorted(found, key=lambda each: (each.path, _METHODS.index(each.method)))


def _refusals_used(paths: dict[str, Schema]) -> set[int]:
    answers = [answer for item in paths.values() for each in item.values() for answer in each["responses"].items()]
    return {int(status) for status, answer in answers if "$ref" in answer}


def _tags(routes: list[Described]) -> list[Schema]:
    """A tag is a file of handlers; its docstring's first sentence describes it."""
    found: dict[str, str] = {}
    for route in routes:
        group = group_of(route.handler.fn)
        words = " ".join((sys.modules[group].__doc__ or "").split("\n\n")[0].split())
        found[group.rsplit(".", 1)[1]] = words
    return [{"name": name, "description": words} for name, words in sorted(found.items())]


def _with_optional_problem_members(schemas: dict[str, Schema]) -> dict[str, Schema]:
    schemas["Problem"]["required"] = ["type", "title", "status", "detail"]
    return schemas


def _once(shapes: list[Any]) -> list[Any]:
    found: list[Any] = []
    for shape in shapes:
        if shape not in found:
            found.append(shape)
    return found
