"""Which addresses are used, retired or set aside."""

import pytest

from backend.delivery import settle
from backend.demo.provider_faults import Trouble
from tests.delivery.cast import Town
from tests.delivery.providers import Providers, Worker


async def test_an_address_that_was_retired_after_queueing_is_not_used(
    town: Town, providers: Providers, worker: Worker
) -> None:
    volunteer = await town.volunteer()
    ring = await town.message(volunteer)
    async with town.transaction() as c:
        await c.execute(
            "UPDATE volunteers.address SET health = 'retired', value = NULL, device_id = NULL WHERE value IS NOT NULL"
        )

    await worker.works()

    assert await town.states(ring.subject_id) == {"fcm": "rejected", "sms": "accepted"}


@pytest.mark.parametrize(
    ("trouble", "health"),
    [
        (Trouble.UNREGISTERED, "retired"),
        (Trouble.OTHER_SENDER, "quarantined"),
        (Trouble.BARE_404, "healthy"),
        (Trouble.INVALID, "healthy"),
        (Trouble.UNAUTHENTICATED, "healthy"),
        (Trouble.TOO_MANY, "healthy"),
        (Trouble.UNAVAILABLE, "healthy"),
        (Trouble.RESET, "healthy"),
    ],
)
async def test_only_the_providers_own_word_for_a_gone_app_retires_an_address(
    town: Town, providers: Providers, worker: Worker, trouble: Trouble, health: str
) -> None:
    volunteer = await town.volunteer()
    await town.message(volunteer)
    providers.trouble_pushes(trouble, times=1)

    await worker.works()

    assert await town.health(volunteer, "fcm_token") == health


async def test_when_too_many_fail_alike_no_more_addresses_are_retired(town: Town, providers: Providers) -> None:
    for n in range(40):
        await town.message(await town.volunteer(push=f"token-{n}", sms=False, phone=f"+45200001{n:02}"))
    providers.trouble_pushes(Trouble.UNREGISTERED)

    await Worker(town, providers, slots=10).works()

    async with town.transaction() as c:
        retired = await c.fetchval("SELECT count(*) FROM volunteers.address WHERE health = 'retired'")
    assert retired <= settle.GUARD_ALWAYS
