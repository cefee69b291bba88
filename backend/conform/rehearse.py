"""python -m backend.conform.rehearse URL: the reference client reports made-up cases and stands each down.

Against `hjerteloeber conform --for-client` it shows what a client has to do; against a test centre, what volunteers do.
"""

import argparse
import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from backend.conform.reference_client import DispatchSystem, Json, NobodyAnswers, Refused, stamp

Tell = Callable[[str], None]


async def rehearse(system: DispatchSystem, cases: int, *, at: tuple[float, float], stay_s: float, tell: Tell) -> None:
    """One case after another, with heartbeats and the centre's events beside it. What is refused is told and left."""
    async with _beside(system.keep_beating()), _beside(_tell_events(system, tell)):
        for number in range(1, cases + 1):
            report = _made_up(f"rehearsal-{datetime.now(UTC):%H%M%S%f}-{number}", at)
            try:
                incident = await system.report(report)
                tell(f"{report['case_number']}: {incident['id']}, asking: {incident.get('asking')}")
                await asyncio.sleep(stay_s)
                tell(f"{report['case_number']}: {await system.stand_down(incident['id'], 'sent_in_error')}")
            except (Refused, NobodyAnswers) as failed:
                tell(f"{report['case_number']}: {failed}")


def _made_up(case_number: str, at: tuple[float, float]) -> Json:
    now = stamp(datetime.now(UTC))
    return {
        "case_number": case_number,
        "position": {"system": "WGS84", "lat": at[0], "lon": at[1]},
        "accuracy_m": 20,
        "call_received_at": now,
        "recognised_at": now,
    }


async def _tell_events(system: DispatchSystem, tell: Tell) -> None:
    with contextlib.suppress(Refused):
        async for event in system.follow():
            tell(f"  {event.name} {event.data.get('facts', {})}")


@contextlib.asynccontextmanager
async def _beside(work: "asyncio._CoroutineLike[None]") -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m backend.conform.rehearse", description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--client-id", required=True)
    parser.add_argument("--key-file", type=Path, required=True)
    parser.add_argument("--cases", type=int, default=11)
    parser.add_argument("--at", default="55.4038,10.4024", help="LAT,LON of the arrests")
    parser.add_argument("--stay", type=float, default=5.0, help="seconds from a report to its stand-down")
    parser.add_argument("--speed", type=float, default=1.0, help="how much shorter every wait is")
    chosen = parser.parse_args()
    lat, lon = (float(part) for part in chosen.at.split(","))

    async def run() -> None:
        async with aiohttp.ClientSession() as session:
            key = chosen.key_file.read_bytes()
            system = DispatchSystem(session, chosen.url, chosen.client_id, key, pace=chosen.speed)
            tell: Tell = lambda line: print(line, file=sys.stdout, flush=True)  # noqa: E731, T201
            await rehearse(system, chosen.cases, at=(lat, lon), stay_s=chosen.stay / chosen.speed, tell=tell)

    asyncio.run(run())


if __name__ == "__main__":
    main()
