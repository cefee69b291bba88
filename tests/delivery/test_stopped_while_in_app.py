"""A stop that comes while the app's own stream is written to."""

import asyncio

from backend.delivery import queries_in_app, stop
from backend.foundation.ids import AttemptId, in_order
from tests.delivery.cast import NOW, Town
from tests.harness.locks import somebody_waits


async def test_a_stop_waits_for_the_app_s_stream_and_neither_waits_in_a_circle(town: Town) -> None:
    """Messages before deliveries, here as everywhere: what was written counts as started before the stop."""
    anna = await town.volunteer(in_app=True)
    ring = await town.message(anna)

    async def is_stopped() -> None:
        async with town.transaction() as c:
            await stop.stop(c, [ring.subject_id], NOW)

    async with town.transaction() as c:
        waiting = await queries_in_app.take(c, anna, [ring.subject_id], None, NOW)
        stopping = asyncio.create_task(is_stopped())
        await somebody_waits(town.database.dsn)
        await queries_in_app.insert_attempts(c, waiting, [AttemptId(in_order()) for _ in waiting], NOW)
    await stopping

    assert (await town.deliveries(ring.subject_id))["in_app"].attempts == 1


async def test_what_was_stopped_meanwhile_is_not_written_to_the_app_s_stream(town: Town) -> None:
    anna = await town.volunteer(in_app=True)
    ring = await town.message(anna)

    async def takes() -> int:
        async with town.transaction() as c:
            return len(await queries_in_app.take(c, anna, [ring.subject_id], None, NOW))

    async with town.transaction() as c:
        await stop.stop(c, [ring.subject_id], NOW)
        taking = asyncio.create_task(takes())
        await somebody_waits(town.database.dsn)

    assert await taking == 0
