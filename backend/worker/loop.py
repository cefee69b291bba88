"""A loop that outlives the failures of its rounds."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from backend.foundation.telemetry import loop_failures_total

FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 5.0

_log = structlog.get_logger()


async def keep_running(name: str, one_round: Callable[[], Awaitable[float]]) -> None:
    """Do rounds until cancelled. Each gives the seconds to wait before the next; a failed one is logged and counted."""
    failures = 0
    while True:
        try:
            pause_s = await one_round()
            failures = 0
        except Exception:  # noqa: BLE001 – a bug or a lost database: the loop is what others rely on
            pause_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0**failures)
            failures = min(failures + 1, 10)
            loop_failures_total.labels(name).inc()
            _log.exception("loop_round_failed", loop=name, again_in_s=pause_s)
        await asyncio.sleep(pause_s)
