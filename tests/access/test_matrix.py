"""The matrix says what the code does, and has a row for every route."""

from typing import Any

import pytest
from litestar import get

from backend.api.guards import volunteer
from backend.api.limits import Limit
from tests.access import calls
from tests.access.gates import Gate, Opens, Route, every_route
from tests.access.matrix import DOCUMENT, document
from tests.access.ownership import SECTIONS

ROUTES = every_route()


def test_the_document_says_what_the_code_does() -> None:
    assert DOCUMENT.read_text("utf-8") == document(ROUTES), "run: make access"


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    served = {(route.app, route.name) for route in ROUTES}
    declared = [(app, name) for app, table in SECTIONS.values() for name in table]
    assert len(declared) == len(set(declared))
    assert served == set(declared), "declare whose things the route touches: tests/access/ownership.py"


def test_a_route_without_a_row_fails() -> None:
    @get("/mobile/v1/new", guards=[volunteer(Limit.PROFILE)])
    async def new() -> None:
        """Something new"""

    (path,) = new.paths
    with pytest.raises(KeyError, match="GET /mobile/v1/new has no row"):
        document([*ROUTES, Route("backend", str(path), "GET", Gate(Opens.VOLUNTEER))])


def test_every_route_of_the_backend_can_be_called() -> None:
    """What the performed matrix, and the search for leaks, call routes with."""
    served = {route.name for route in ROUTES if route.app == "backend"}
    assert served == set(calls.EVERY), "say how a well-formed call looks: tests/access/calls.py"


def test_whoever_may_name_a_thing_is_named_in_the_address() -> None:
    """`named` is what the search for leaks goes by: an address with an id in it names a thing."""
    unnamed: list[Any] = [
        name
        for _, table in SECTIONS.values()
        for name, what in table.items()
        if name.partition(" ")[2].count("_id}") and not what.named and what.whose.name != "ANYBODY"
    ]
    assert unnamed == []
