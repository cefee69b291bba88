"""A ring whose ways end in the same moment, in transactions of two workers."""

import asyncio

from backend.delivery import claim, settle
from backend.delivery.message import Channel
from backend.delivery.outcome import Rejected
from backend.delivery.queries_claim import Room
from backend.foundation.database import Role
from tests.delivery.cast import NOW, Town


async def test_whichever_of_two_ways_ends_last_tells_that_nobody_is_reached(town: Town) -> None:
    ring = await town.message(await town.volunteer())
    await town.as_superuser("UPDATE delivery.delivery SET next_at = next_at - interval '1 minute'")
    async with town.transaction(Role.WORKER) as c:
        claims = await claim.claim(c, [Room(Channel.FCM, 10, 5), Room(Channel.SMS, 10, 5)], NOW)
    async with town.transaction(Role.WORKER) as c:
        parcels = await claim.start(c, claims, NOW)
    assert len(parcels) == 2

    async def one_worker(number: int) -> None:
        report = settle.report_on(parcels[number], Rejected("NO"), 1)
        async with town.transaction(Role.WORKER) as c:
            await settle.settle(c, [report], NOW)
            if number == 0:
                await asyncio.sleep(0.2)  # the other one looks while this has not committed

    await asyncio.gather(one_worker(0), one_worker(1))

    assert (ring.subject_id, "unreachable") in await town.timers()
