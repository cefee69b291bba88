"""The suite against a client: play a difficult server to it until it has met everything, then say how it did."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

from aiohttp import web

from backend.conform.client_checks import CHECKS, judge
from backend.conform.trial import Trial, Trouble
from backend.conform.verdict import Tell, Verdict

CASES = len(Trouble)
LOOK_EVERY_S = 0.05


@asynccontextmanager
async def listening(trial: Trial, host: str, port: int) -> AsyncIterator[str]:
    """Where it listens; with port 0 on one that the system picks."""
    runner = web.AppRunner(trial.app(), handler_cancellation=True, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield "http://{}:{}".format(*runner.addresses[0][:2])
    finally:
        await runner.cleanup()


async def judge_client(
    trial: Trial, host: str, port: int, *, within_s: float, tell: Tell, stopped: asyncio.Event | None = None
) -> Verdict:
    """Listen until the client has met every trouble, `within_s` are over or `stopped` is set; judge what was seen.

    Raises OSError where nobody can listen.
    """
    enough = stopped or asyncio.Event()
    began = monotonic()
    async with listening(trial, host, port) as url:
        tell(f"listening at {url}: client id {trial.client_id}, key {trial.door.thumbprint}")
        tell(f"let your client report {CASES} cases, one after another, and stand down each that it could open")
        trial.tell = tell
        while not trial.is_over and not enough.is_set() and monotonic() - began < within_s:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(enough.wait(), LOOK_EVERY_S)
    verdict = Verdict("client", judge(trial))
    assert len(verdict.results) == len(CHECKS)
    for result in verdict.results:
        tell(result.line())
    return verdict
