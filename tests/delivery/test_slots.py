"""A worker takes no more than it can also write down."""

import asyncio

from tests.delivery.cast import Town
from tests.delivery.providers import Providers, Worker


async def rings(town: Town, how_many: int) -> None:
    for n in range(how_many):
        await town.message(await town.volunteer(push=f"token-{n}", sms=False, phone=f"+45200003{n:02}"))


async def test_a_slot_is_free_again_only_when_its_result_is_written(town: Town, providers: Providers) -> None:
    """The provider answers at once, and writing the answers down has not begun: nothing more is claimed meanwhile."""
    await rings(town, 5)
    worker = Worker(town, providers, slots=2)

    for _ in range(3):
        await worker.sender.claim_round()
        if worker.sender._sending:
            await asyncio.wait(worker.sender._sending)
    assert len(providers.pushes()) == 2

    await worker.finishes()
    await worker.sender.claim_round()
    await worker.finishes()
    assert len(providers.pushes()) == 4


async def test_slots_come_back_whatever_became_of_the_attempts(town: Town, providers: Providers) -> None:
    await rings(town, 7)
    worker = Worker(town, providers, slots=3)

    for _ in range(4):
        await worker.sender.claim_round()
        await worker.finishes()

    assert len(providers.pushes()) == 7
    assert worker.sender._held == 0
