"""Which addresses are used, retired or set aside."""

import pytest

from backend.delivery import claim, settle
from backend.delivery.message import Channel
from backend.delivery.outcome import Rejected, Verdict
from backend.delivery.queries_claim import Room
from backend.demo.provider_faults import Trouble
from backend.foundation.database import Role
from tests.delivery.cast import NOW, Town
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


@pytest.mark.parametrize("trouble", [Trouble.INVALID, Trouble.BARE_404, Trouble.UNAUTHENTICATED])
async def test_a_fault_of_ours_that_every_push_meets_retires_nobody_and_everybody_gets_a_text(
    town: Town, providers: Providers, trouble: Trouble
) -> None:
    """A wrong payload, a wrong path, a wrong key: it would wipe every phone."""
    for n in range(20):
        await town.message(await town.volunteer(push=f"token-{n}", phone=f"+45200001{n:02}"))
    providers.trouble_pushes(trouble)

    await Worker(town, providers).works()

    async with town.transaction() as c:
        healths = await c.fetch("SELECT DISTINCT health FROM volunteers.address")
    assert [row["health"] for row in healths] == ["healthy"]
    assert len(providers.texts()) == 20


async def test_few_gone_apps_among_many_are_retired_by_the_guard_too(town: Town, providers: Providers) -> None:
    """Six of a hundred: more than a handful, less than a tenth."""
    gone = frozenset(f"token-{n}" for n in range(6))
    for n in range(100):
        await town.message(await town.volunteer(push=f"token-{n}", sms=False, phone=f"+4520001{n:03}"))
    providers.trouble_pushes(Trouble.UNREGISTERED, to=gone)

    await Worker(town, providers).works()

    async with town.transaction() as c:
        retired = await c.fetchval("SELECT count(*) FROM volunteers.address WHERE health = 'retired'")
    assert retired == 6


async def test_quarantine_has_the_same_guard(town: Town, providers: Providers) -> None:
    """Another project's key was put in place: every sender is another one."""
    for n in range(20):
        await town.message(await town.volunteer(push=f"token-{n}", sms=False, phone=f"+45200001{n:02}"))
    providers.trouble_pushes(Trouble.OTHER_SENDER)

    await Worker(town, providers, slots=10).works()

    async with town.transaction() as c:
        aside = await c.fetchval("SELECT count(*) FROM volunteers.address WHERE health = 'quarantined'")
    assert aside <= settle.GUARD_ALWAYS


async def test_a_phone_that_has_a_new_address_meanwhile_keeps_it(
    town: Town, providers: Providers, worker: Worker
) -> None:
    """The push went to the old one; before the answer came the app told the new one."""
    anna = await town.volunteer(sms=False)
    await town.message(anna)
    providers.trouble_pushes(Trouble.UNREGISTERED, times=1)
    await worker.claims()
    async with town.transaction() as c:
        await c.execute("UPDATE volunteers.address SET value = 'token-new' WHERE volunteer_id = $1", anna)

    await worker.finishes()

    assert await town.health(anna, "fcm_token") == "healthy"


async def test_addresses_condemned_together_are_judged_by_one_count_of_the_last_minutes(town: Town) -> None:
    """While it counts it holds their deliveries: a fault all meet at once is no reason to count once for each."""
    for n in range(20):
        await town.message(await town.volunteer(push=f"token-{n}", sms=False, phone=f"+45200001{n:02}"))
    async with town.transaction(Role.WORKER) as c:
        parcels = await claim.start(c, await claim.claim(c, [Room(Channel.FCM, 20, 10)], NOW), NOW)
    reports = [settle.report_on(parcel, Rejected("UNREGISTERED", Verdict.RETIRE), 1) for parcel in parcels]
    counts: list[str] = []

    async with town.transaction(Role.WORKER) as c:
        with c.query_logger(lambda said: counts.append(said.query) if "AS alike" in said.query else None):
            await settle.settle(c, reports, NOW)

    assert (len(parcels), len(counts)) == (20, 1)
