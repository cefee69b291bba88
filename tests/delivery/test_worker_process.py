"""The worker as a process: killed in the middle of a request, and told to end in the middle of one."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import msgspec
import pytest

from backend.demo.provider_faults import Fault, Faults, Trouble
from backend.foundation.clock import MachineClock
from backend.foundation.database import Lane, Role, open_database
from tests.delivery.cast import Town
from tests.harness.running import Service


@pytest.fixture
async def town(whole_service: Service) -> AsyncIterator[Town]:
    database = await open_database(whole_service.dsn, dict.fromkeys(Lane, 1), carries=whole_service.ring)
    yield Town(database)
    await database.close()


async def order(service: Service, faults: Faults) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.put(f"{service.fcm}/faults", data=msgspec.json.encode(faults)) as answer,
    ):
        assert answer.status == 200


async def pushes(service: Service) -> list[dict[str, Any]]:
    async with aiohttp.ClientSession() as session, session.get(f"{service.fcm}/log") as answer:
        return [msgspec.json.decode(line) for line in (await answer.read()).splitlines() if line]


async def comes_true(what: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await what():  # noqa: ASYNC110 – other processes set no event of ours
            await asyncio.sleep(0.02)


async def attempts(town: Town) -> list[tuple[int, str | None]]:
    """(fence, outcome) of every attempt."""
    async with town.transaction(Role.WORKER) as c:
        rows = await c.fetch(
            """
            SELECT a.fence, r.outcome FROM delivery.attempt a
            LEFT JOIN delivery.attempt_result r ON r.attempt_id = a.id ORDER BY a.fence
            """
        )
    return [(row["fence"], row["outcome"]) for row in rows]


async def test_a_worker_killed_in_the_middle_of_a_request_is_succeeded_and_the_push_arrives(
    whole_service: Service, town: Town
) -> None:
    await order(whole_service, Faults(faults=[Fault(Trouble.HANG, to=frozenset({"token-1"}), times=1)]))
    volunteer = await town.volunteer(sms=False)
    ring = await town.message(volunteer, now=MachineClock().now())

    async def has_started() -> bool:
        return await attempts(town) == [(1, None)]

    async def has_arrived() -> bool:
        return len(await pushes(whole_service)) == 1

    await comes_true(has_started)
    worker = whole_service.supervisor.parts["worker"]
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    await comes_true(has_arrived)

    async def is_settled() -> bool:
        return await town.states(ring.subject_id) == {"fcm": "accepted"}

    await comes_true(is_settled)
    assert await attempts(town) == [(1, "ambiguous"), (2, "accepted")]


async def test_a_worker_told_to_end_lets_its_requests_come_to_their_end(whole_service: Service, town: Town) -> None:
    await order(whole_service, Faults(latency_ms=700))
    volunteer = await town.volunteer(sms=False)
    await town.message(volunteer, now=MachineClock().now())

    async def has_started() -> bool:
        return await attempts(town) == [(1, None)]

    await comes_true(has_started)
    process = whole_service.supervisor.parts["worker"].process
    assert process is not None
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 10) == 0

    assert await attempts(town) == [(1, "accepted")], "and nothing was left for a successor to repeat"
    assert len(await pushes(whole_service)) == 1
