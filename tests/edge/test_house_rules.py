"""What every route and every document keeps to."""

import json
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from backend.api.guards import Guard
from backend.api.limits import ALLOWANCES, Limit
from backend.api.shedding import NEVER_SHED
from backend.app.factory import create_app
from backend.app.openapi.document import Document
from backend.app.openapi.files import different
from backend.identity.tokens import Audience
from tests.edge.cast import make_settings

OPENAPI = Path(__file__).parents[2] / "openapi"


@pytest.fixture
def app(tmp_path: Path) -> Litestar:
    return create_app(make_settings("postgresql://nowhere/", tmp_path))


def handlers(app: Litestar) -> list[tuple[str, HTTPRouteHandler]]:
    return [
        (f"{method} {route.path}", handler)
        for route in app.routes
        for method, (handler, _) in getattr(route, "route_handler_map", {}).items()
        if method != "OPTIONS"
    ]


def test_every_route_has_exactly_one_guard_and_with_it_one_limit(app: Litestar) -> None:
    guards = {name: [g for g in handler.resolve_guards() if isinstance(g, Guard)] for name, handler in handlers(app)}
    assert {name for name, found in guards.items() if len(found) != 1} == set()
    assert len(guards) > 5


def test_every_limit_has_an_allowance() -> None:
    assert set(ALLOWANCES) == set(Limit)


LOOKS_ONLY = {"POST /dispatch/v1/previews"}
"""No report and no part of one. POST, since a place does not belong in an address."""


def test_no_limit_refuses_what_a_dispatch_centre_reports(app: Litestar) -> None:
    """Whatever changes an incident is never counted."""
    for name, handler in handlers(app):
        (guard,) = (g for g in handler.resolve_guards() if isinstance(g, Guard))
        if guard.audience is Audience.DISPATCH and name.startswith("POST") and name not in LOOKS_ONLY:
            assert guard.limit in NEVER_SHED, name
            assert ALLOWANCES[guard.limit] is None, name


def test_dispatch_routes_ask_for_a_scope(app: Litestar) -> None:
    for name, handler in handlers(app):
        (guard,) = (g for g in handler.resolve_guards() if isinstance(g, Guard))
        if guard.audience is Audience.DISPATCH:
            assert guard.scope is not None, name


def test_the_files_in_openapi_say_what_the_app_serves() -> None:
    assert [path.name for path in different(OPENAPI)] == [], "run: hjerteloeber openapi --write"


@pytest.mark.parametrize("which", list(Document))
def test_every_operation_has_a_name_of_its_own_and_says_how_it_refuses(which: Document) -> None:
    document = json.loads((OPENAPI / f"{which}.json").read_text("utf-8"))
    operations = [operation for item in document["paths"].values() for operation in item.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    for operation in operations:
        assert {"500", "503"} <= set(operation["responses"]), operation["operationId"]
        assert operation["summary"] != operation["operationId"], "say in the docstring what it does"


@pytest.mark.parametrize("which", list(Document))
def test_what_comes_out_is_documented_as_open_and_what_goes_in_for_dispatch_centres_as_closed(which: Document) -> None:
    document = json.loads((OPENAPI / f"{which}.json").read_text("utf-8"))
    schemas = document["components"]["schemas"]
    sent = reachable(document, schemas, incoming=False)
    assert [
        name for name in sent if "enum" in json.dumps(schemas[name].get("properties", schemas[name])).split('"')
    ] == []
    if which is Document.DISPATCH_CENTRE:
        received = reachable(document, schemas, incoming=True) - {"TokenRequest"}
        bodies = [name for name in received if schemas[name].get("type") == "object"]
        assert [name for name in bodies if schemas[name].get("additionalProperties") is not False] == []


def reachable(document: dict[str, Any], schemas: dict[str, Any], *, incoming: bool) -> set[str]:
    """The schemas that answers, or bodies, lead to."""
    operations = [operation for item in document["paths"].values() for operation in item.values()]
    found: set[str] = set()
    waiting = [json.dumps(each.get("requestBody", {}) if incoming else each["responses"]) for each in operations]
    while waiting:
        text = waiting.pop()
        for part in text.split('"#/components/schemas/')[1:]:
            name = part.split('"')[0]
            if name not in found:
                found.add(name)
                waiting.append(json.dumps(schemas[name]))
    return found
