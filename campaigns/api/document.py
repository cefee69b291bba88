"""`openapi/campaigns.json`, written from the routes: what each answers, takes and refuses."""

import inspect
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec
from litestar.handlers.http_handlers import HTTPRouteHandler

from backend.public.contract import REF, FieldError, Schema, Schemas
from campaigns.api import routes

NAME = "campaigns.json"
ABOUT = (
    "The numbers of a campaign, for a party's own programmes. A token reads one campaign: all of it, one unit and "
    "those below, or the total only, and nothing of what it does not read, not even whether it is there. Numbers of "
    "people are told as *at least so many*, in steps of k (5, or 10 in a defence organisation), by whole weeks; where "
    "there is none, `why` says so, and it is never nought. Days are Danish days. Refusals are problem documents "
    "(RFC 9457, `application/problem+json`) whose `type` is stable. Within v1 there are only additions: a client has "
    "to survive fields and values it does not know, and so do readers of a CSV, whose columns have names."
)
PARAMETERS: dict[str, Schema] = {
    "from": {
        "description": "The first day, as 2027-01-31; its whole week is taken. Left out: the campaign's first.",
        "schema": {"type": "string", "format": "date"},
    },
    "to": {
        "description": "The last day, as 2027-01-31; its whole week is taken. Left out: the last that was told of.",
        "schema": {"type": "string", "format": "date"},
    },
    "unit": {"description": "A unit's code. Left out: the whole campaign.", "schema": {"type": "string"}},
    "format": {
        "description": "`csv`: the answer's rows (RFC 4180, UTF-8); a figure is two columns, the second its *why*.",
        "schema": {"type": "string", "enum": ["json", "csv"], "default": "json"},
    },
}
REFUSALS = {
    401: "No token, or one that is unknown, withdrawn or over",
    403: "The token reads less than this",
    404: "There is no such campaign or unit, or it is not the token's to read",
    422: "A parameter cannot be used; `errors` names it and what would be right",
    429: "The token asks too often; `Retry-After` says when to try again",
    503: "The database is away; ask again after `Retry-After` seconds",
}


class Problem(msgspec.Struct, frozen=True):
    """A refusal (RFC 9457). `type` is stable and compared, not fetched; further members may come."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] | msgspec.UnsetType = msgspec.UNSET


def make() -> Schema:
    """The OpenAPI 3.1 document, as plain JSON values."""
    found = _found()
    shapes = [_answer(handler) for _, handler in found]
    schemas = Schemas([], [Problem, *shapes])
    used = sorted({status for path, handler in found for status in _refusals(path, handler)})
    components = dict(sorted(schemas.components.items()))
    components["Problem"]["required"] = ["type", "title", "status", "detail"]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Hjerteløber for campaigns",
            "version": version("hjerteloeber"),
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "contact": {"name": "Hjerteløber", "url": "https://hjerteloeber.example"},
        },
        "servers": [{"url": "/", "description": "The service that serves this document"}],
        "tags": [{"name": "numbers", "description": (routes.__doc__ or "").strip()}],
        "paths": {path: {"get": _operation(path, handler, schemas)} for path, handler in found},
        "components": {
            "schemas": components,
            "responses": {f"Refusal{status}": _refusal(REFUSALS[status]) for status in used},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Made with `python -m campaigns tokens make`; it begins with `hlk_`.",
                }
            },
        },
    }


def text() -> str:
    """The document as it stands in its file."""
    return json.dumps(make(), ensure_ascii=False, indent=2) + "\n"


def write(folder: Path) -> Path:
    path = folder / NAME
    path.write_text(text(), "utf-8")
    return path


def _found() -> list[tuple[str, HTTPRouteHandler]]:
    return sorted(
        ((path.replace(":str}", "}"), handler) for handler in routes.handlers for path in handler.paths),
        key=lambda found: found[0],
    )


def _operation(path: str, handler: HTTPRouteHandler, schemas: Schemas) -> Schema:
    first, _, rest = (inspect.getdoc(handler.fn) or "").partition("\n\n")
    summary = " ".join(first.split())
    content: Schema = {"application/json": {"schema": schemas.sent(_answer(handler))}}
    taken = _taken(handler)
    if "format" in taken:
        content["text/csv"] = {"schema": {"type": "string"}}
    parameters = [{"name": name, "in": "query", "required": False} | PARAMETERS[name] for name in taken]
    if "{campaign}" in path:
        about = {"description": "The campaign's name.", "schema": {"type": "string"}}
        parameters.insert(0, {"name": "campaign", "in": "path", "required": True} | about)
    return {
        "operationId": handler.fn.__name__,
        "tags": ["numbers"],
        "summary": summary,
        "description": " ".join(rest.split()) or f"{summary}.",
        "security": [{"token": []}],
        "parameters": parameters,
        "responses": {"200": {"description": "The numbers", "content": content}}
        | {f"{status}": {"$ref": f"#/components/responses/Refusal{status}"} for status in _refusals(path, handler)},
    }


def _taken(handler: HTTPRouteHandler) -> tuple[str, ...]:
    """The names a route reads from its query, as it says itself."""
    named: tuple[str, ...] = handler.opt.get(routes.TAKES, ())
    return named


def _refusals(path: str, handler: HTTPRouteHandler) -> list[int]:
    statuses = {401, 422, 429, 503}
    if "{campaign}" in path:
        statuses.add(404)
    if _taken(handler) == routes.WHOLE:
        statuses.add(403)
    return sorted(statuses)


def _refusal(words: str) -> Schema:
    return {"description": words, "content": {"application/problem+json": {"schema": {"$ref": REF + "Problem"}}}}


def _answer(handler: HTTPRouteHandler) -> Any:
    (shape,) = get_args(get_type_hints(handler.fn)["return"])
    return shape
