"""Round after round: one at a time, its figures, its log line, and the dead man's signal after a good one."""

import asyncio
import contextlib
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, time

import aiohttp
import structlog

from backend.conform.reference_client import DispatchSystem, NobodyAnswers, Refused
from backend.foundation.telemetry import (
    dead_man_failed_total,
    synthetic_failed_total,
    synthetic_last_ok_timestamp,
    synthetic_seconds,
)
from backend.rehearsal import dead_man, key_file
from backend.rehearsal.phone import SyntheticPhone
from backend.rehearsal.round import CLEAN_UP_S, Failed, Round, Stopwatch, close_left_open

WHOLE = "whole"
OneRound = Callable[[], Awaitable[Stopwatch]]
"""Comes through or raises Failed."""
Signal = Callable[[], Awaitable[str | None]]
"""The dead man's; None when it was taken, else what was the matter."""

_log = structlog.get_logger()


@dataclass(frozen=True)
class Options:
    """`every_s` from the start of one round to the start of the next, `limit_s` for a whole one."""

    url: str  # for phones
    file: Path
    every_s: float = 60.0
    limit_s: float = 10.0
    dead_man_url: str | None = None
    dispatch_url: str | None = None  # for dispatch systems, where that is another


async def run(options: Options, stopped: asyncio.Event, rounds: int | None = None) -> bool:
    """Until stopped, or for so many rounds; whether the last one went well. Raises Unusable and WrongUrl."""
    with key_file.alone(options.file):
        return await _run(options, stopped, rounds)


async def _run(options: Options, stopped: asyncio.Event, rounds: int | None) -> bool:
    keys = key_file.read(options.file)
    if not keys.private_key:
        raise key_file.Unusable(f"{options.file} is an earlier version's: `hjerteloeber synthetic prepare`")
    watcher = None if options.dead_man_url is None else dead_man.checked(options.dead_man_url, options.url)
    async with aiohttp.ClientSession() as session, aiohttp.ClientSession() as outside:
        dispatch_url = options.dispatch_url or options.url
        centre = DispatchSystem(session, dispatch_url, keys.client_id, keys.private_key, retry_for_s=0)
        phone = SyntheticPhone(session, options.url, options.file, keys)

        async def clean_up() -> None:
            with contextlib.suppress(Refused, NobodyAnswers, TimeoutError):
                async with asyncio.timeout(CLEAN_UP_S):
                    await close_left_open(centre, keys.client_id)

        async def one_round() -> Stopwatch:
            this = Round(centre, phone)
            try:
                await this.run(options.limit_s)
            except Failed:
                await clean_up()
                raise
            return this.watch

        async def signal() -> str | None:
            return None if watcher is None else await dead_man.signal(outside, watcher)

        await clean_up()  # of a process that was killed in the middle: its phone would still be busy
        return await keep_going(one_round, signal, options.every_s, stopped, rounds)


async def keep_going(
    one_round: OneRound, signal: Signal, every_s: float, stopped: asyncio.Event, rounds: int | None = None
) -> bool:
    """One round after the other; whether the last went well. A late one is not followed by those it made late."""
    began, done, went_well = monotonic(), 0, False
    while not stopped.is_set():
        went_well = await judged(one_round, signal)
        done += 1
        if done == rounds:
            break
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), pause_s(monotonic() - began, every_s))
    return went_well


async def judged(one_round: OneRound, signal: Signal) -> bool:
    """One round, told to everybody who has to know; the dead man hears of good ones only. Raises nothing."""
    began = monotonic()
    try:
        watch = await one_round()
    except Failed as failed:
        synthetic_failed_total.labels(failed.leg).inc()
        _log.error("synthetic_failed", step=failed.leg.value, why=failed.why)
        return False
    except Exception:  # noqa: BLE001 – an alarm that ends by its own fault would be as silent as one that is well
        synthetic_failed_total.labels("bug").inc()
        _log.exception("synthetic_failed", step="bug")
        return False
    took_s = monotonic() - began
    for leg, seconds in watch.seconds.items():
        synthetic_seconds.labels(leg.value).set(seconds)
    synthetic_seconds.labels(WHOLE).set(took_s)
    synthetic_last_ok_timestamp.set(time())
    _log.info("synthetic_ok", ms=round(took_s * 1000), legs_ms={k: round(v * 1000) for k, v in watch.seconds.items()})
    if (trouble := await signal()) is not None:
        dead_man_failed_total.inc()
        _log.warning("dead_man_not_reached", why=trouble)
    return True


def pause_s(since_began_s: float, every_s: float) -> float:
    """Until the next full period."""
    return (math.floor(since_began_s / every_s) + 1) * every_s - since_began_s
