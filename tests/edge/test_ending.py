"""Streams end with their token; answers without a database say so and that one should come again."""

import asyncio
from datetime import timedelta
from pathlib import Path

import httpx

from backend.demo.embedded_postgres import running_server
from backend.foundation.migrations import migrate
from backend.identity.tokens import LIFETIMES, Audience
from tests.edge.cast import Edge, load_shipped, make_settings, running_edge


async def test_a_stream_ends_with_the_token_it_was_opened_with(edge: Edge) -> None:
    headers = edge.as_centre()
    edge.clock.advance(LIFETIMES[Audience.DISPATCH] - timedelta(seconds=0.1))
    following = asyncio.create_task(edge.http.get("/dispatch/v1/events", headers=headers))
    await edge.is_followed()
    assert not following.done()
    edge.clock.advance(timedelta(seconds=1))
    assert (await following).status_code == 200
    refused = await edge.http.get("/dispatch/v1/events", headers=headers)
    assert refused.status_code == 401


def test_without_a_database_every_answer_is_503_and_says_when_to_come_again(tmp_path: Path) -> None:
    """The server goes away under a running application; live stays live, ready says why not."""

    async def story() -> list[httpx.Response]:
        with running_server(None, fast=True) as server:
            await migrate(server.dsn())
            await load_shipped(server.dsn())
            context = running_edge(make_settings(server.dsn(), tmp_path))
            edge = await context.__aenter__()
            ready = await edge.http.get("/health/ready")
        answers = [
            ready,
            await edge.http.get("/mobile/v1/me", headers=edge.as_volunteer()),
            await edge.http.get("/mobile/v1/me", headers=edge.as_volunteer()),
            await edge.http.get("/health/live"),
            await _not_ready(edge),
        ]
        await context.__aexit__(None, None, None)
        return answers

    before, first, second, live, after = asyncio.run(story())
    assert before.json() == {"ready": True}
    for answer in (first, second):
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["retry-after"] == "1"
    assert live.json() == {"live": True}
    assert after.status_code == 503
    assert [error["field"] for error in after.json()["errors"]] == ["database"]


async def _not_ready(edge: Edge) -> httpx.Response:
    """Readiness as soon as it knows: the connection that listens notices by itself, a moment after the pools do."""
    async with asyncio.timeout(20):
        while (answer := await edge.http.get("/health/ready")).status_code == 200:  # noqa: ASYNC110 – over HTTP
            await asyncio.sleep(0.05)
    return answer
