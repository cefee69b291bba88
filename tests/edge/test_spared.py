"""What Litestar did with every request and is spared: still so after an update of it, and nothing lost by it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar, get
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from backend.api.json_answer import JsonAnswer
from backend.api.wrong_input import EARLIEST, LATEST, read_body
from backend.app.factory import create_app
from backend.app.spared import Connection
from backend.foundation.problems import Problem
from tests.edge.cast import make_settings


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Any, Any]]:
    folder: Path = tmp_path_factory.mktemp("spared")
    return handlers_of(create_app(make_settings("postgresql://nowhere/", folder)))


def handlers_of(app: Litestar) -> list[tuple[Any, Any]]:
    """Every handler with what Litestar knows of its parameters."""
    return [found for route in app.routes for found in getattr(route, "route_handler_map", {}).values()]


def test_what_a_handler_needs_is_found_without_a_task_for_each(routes: list[tuple[Any, Any]]) -> None:
    batches = [model.dependency_batches for _, model in routes]
    assert max(len(each) for each in batches) > 3
    assert all(len(batch) == 1 for each in batches for batch in each)


async def test_a_guard_is_asked_about_the_very_route_and_not_about_a_copy(tmp_path: Path) -> None:
    asked: list[BaseRouteHandler] = []

    async def guard(_connection: Connection, handler: BaseRouteHandler) -> None:
        asked.append(handler)

    @get("/guarded", guards=[guard])
    async def guarded() -> None:
        """Nothing."""

    app = create_app(make_settings("postgresql://nowhere/", tmp_path), extra_routes=[guarded])
    (handler,) = (handler for handler, _ in handlers_of(app) if handler.handler_name == "guarded")
    scope: Any = {"type": "http"}
    await handler.authorize_connection(ASGIConnection(scope))
    assert asked[0] is handler
    assert handler.resolve_exception_handlers() is handler.resolve_exception_handlers()


def test_what_is_given_back_is_encoded_by_the_short_way(routes: list[tuple[Any, Any]]) -> None:
    assert {handler.resolve_response_class() for handler, _ in routes} == {JsonAnswer}


class Said(msgspec.Struct, frozen=True):
    text: str
    at: datetime
    more: list[str]


@given(st.text(max_size=8), st.datetimes(timezones=st.just(UTC)), st.lists(st.text(alphabet="a\0\\\"'é2-", max_size=3)))
def test_only_a_body_that_may_hold_something_impossible_is_gone_through(
    text: str, at: datetime, more: list[str]
) -> None:
    """The quick look at the bytes lets nothing past that the slow one would refuse."""
    impossible = any("\0" in each for each in (text, *more)) or not EARLIEST <= at.year <= LATEST
    for body in _written(Said(text, at, more)):
        if impossible:
            with pytest.raises(Problem) as refused:
                read_body(body, Said)
            assert refused.value.status == 422
        else:
            assert read_body(body, Said) == Said(text, at, more)


def _written(said: Said) -> list[bytes]:
    """As one writes it, with room, and with every digit of the time as an escape."""
    body = msgspec.json.encode(said)
    time = msgspec.json.encode(said.at)
    escaped = b'"' + b"".join(b"\\u%04x" % letter for letter in time[1:-1]) + b'"'
    return [body, msgspec.json.format(body), body.replace(time, escaped)]
