"""A stand-in that listens, and clients that talk to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from backend.conform.judge_server import judge_server
from backend.conform.stand_in import StandIn
from backend.conform.verdict import Outcome, Verdict

SPEED = 100.0


@asynccontextmanager
async def listening(stand_in: StandIn) -> AsyncIterator[str]:
    """Where it listens, on a port the system picks."""
    runner = web.AppRunner(stand_in.app(), handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


async def judged(stand_in: StandIn) -> Verdict:
    async with listening(stand_in) as url:
        return await judge_server(url, stand_in.client_id, stand_in.client_secret, tell=lambda _line: None, speed=SPEED)


def failures(verdict: Verdict) -> dict[str, str]:
    """What failed, by sentence, and why."""
    return {each.sentence: each.why for each in verdict.results if each.outcome is not Outcome.PASSED}
