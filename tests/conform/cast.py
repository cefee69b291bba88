"""A stand-in that listens, and clients that talk to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from backend.conform.judge_client import CASES, judge_client
from backend.conform.judge_server import judge_server
from backend.conform.reference_client import DispatchSystem
from backend.conform.rehearse import rehearse
from backend.conform.stand_in import StandIn
from backend.conform.trial import Trial
from backend.conform.verdict import Outcome, Verdict

SPEED = 100.0


async def tried(client: type[DispatchSystem], speed: float = 50.0, *, within_s: float = 20.0) -> Verdict:
    """A client reports case after case to a trial; what the judge says of it."""
    trial = Trial(speed=speed)
    met = asyncio.Event()
    where: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def tell(line: str) -> None:
        if not where.done():
            where.set_result(line.split(" ")[2].rstrip(":"))

    judging = asyncio.create_task(judge_client(trial, "127.0.0.1", 0, within_s=within_s, tell=tell, stopped=met))
    async with aiohttp.ClientSession() as session:
        system = client(session, await where, trial.client_id, trial.private_key, pace=speed)
        working = asyncio.create_task(rehearse(system, CASES, at=(55.4, 10.4), stay_s=0.01, tell=lambda _line: None))
        working.add_done_callback(lambda _task: asyncio.get_running_loop().call_later(30 / speed, met.set))
        verdict = await judging
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    return verdict


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
        return await judge_server(url, stand_in.client_id, stand_in.private_key, tell=lambda _line: None, speed=SPEED)


def failures(verdict: Verdict) -> dict[str, str]:
    """What failed, by sentence, and why."""
    return {each.sentence: each.why for each in verdict.results if each.outcome is not Outcome.PASSED}
