"""The second channel, trying again, and telling that nobody is reached."""

from datetime import timedelta

import pytest

from backend.delivery import in_app, receipts
from backend.delivery.message import Channel, What
from backend.delivery.reach import unreached
from backend.demo.provider_faults import Fault, Faults, Trouble
from tests.delivery.cast import NOW, SECOND_CHANNEL_S, Town
from tests.delivery.providers import Providers, Worker


@pytest.mark.parametrize("trouble", [Trouble.UNAVAILABLE, Trouble.INTERNAL, Trouble.RESET, Trouble.TOO_MANY])
async def test_the_second_channel_starts_at_once_when_the_first_fails(
    town: Town, providers: Providers, worker: Worker, trouble: Trouble
) -> None:
    ring = await town.message(await town.volunteer())
    providers.trouble_pushes(trouble)

    await worker.works()

    assert len(providers.texts()) == 1
    assert await town.states(ring.subject_id) == {"fcm": "queued", "sms": "accepted"}, "and the push is tried again"


async def test_the_second_channel_starts_after_silence_and_not_after_a_receipt(
    town: Town, providers: Providers, worker: Worker
) -> None:
    silent, awake = await town.volunteer(), await town.volunteer(push="token-2", phone="+4520000002")
    await town.message(silent)
    shown = await town.message(awake)
    await worker.works()
    async with town.transaction() as c:
        await receipts.receive(c, shown.subject_id, awake, Channel.FCM, NOW, NOW)

    await worker.works(after_s=SECOND_CHANNEL_S - 1)
    assert providers.texts() == []
    await worker.works(after_s=1)

    assert [text["to"] for text in providers.texts()] == ["+4520000001"]


async def test_a_provider_that_does_not_answer_is_given_up_at_the_deadline(
    town: Town, providers: Providers, worker: Worker
) -> None:
    ring = await town.message(await town.volunteer())
    providers.trouble_pushes(Trouble.HANG, times=1)

    await worker.works()

    assert (await town.deliveries(ring.subject_id))["fcm"].reason == "deadline"
    assert len(providers.texts()) == 1


async def test_an_ambiguous_push_is_tried_again_with_the_same_collapse_key(
    town: Town, providers: Providers, worker: Worker
) -> None:
    ring = await town.message(await town.volunteer(sms=False))
    providers.trouble_pushes(Trouble.LOST, times=1)

    await worker.works()
    await worker.works(after_s=1)

    assert [p["android"]["collapse_key"] for p in providers.pushes()] == [str(ring.subject_id)] * 2
    assert await town.states(ring.subject_id) == {"fcm": "accepted"}


async def test_retry_after_is_honoured(town: Town, providers: Providers, worker: Worker) -> None:
    ring = await town.message(await town.volunteer(sms=False))
    providers.trouble_pushes(Trouble.TOO_MANY, retry_after_s=7, times=1)
    await worker.works()
    assert (await town.deliveries(ring.subject_id))["fcm"].next_at == NOW + timedelta(seconds=7)

    await worker.works(after_s=6)
    assert providers.pushes() == []
    await worker.works(after_s=1)
    assert len(providers.pushes()) == 1


async def test_what_would_be_tried_again_only_after_its_end_ends_now(
    town: Town, providers: Providers, worker: Worker
) -> None:
    ring = await town.message(await town.volunteer(sms=False), lasts_s=5)
    providers.trouble_pushes(Trouble.TOO_MANY, retry_after_s=60)

    await worker.works()

    assert await town.states(ring.subject_id) == {"fcm": "expired"}
    assert (ring.subject_id, "unreachable") in await town.timers()


async def test_whoever_no_channel_reaches_is_told_upwards(town: Town, providers: Providers, worker: Worker) -> None:
    ring = await town.message(await town.volunteer(in_app=True))
    providers.trouble_pushes(Trouble.INVALID)
    providers.trouble_texts(Trouble.INVALID)
    async with town.transaction() as c:
        assert await unreached(c, [ring.subject_id], NOW) == set(), "not before every way has failed"

    await worker.works()

    assert (ring.subject_id, "unreachable") in await town.timers()
    async with town.transaction() as c:
        assert await unreached(c, [ring.subject_id], NOW) == {ring.subject_id}


async def test_the_apps_own_stream_counts_once_it_was_written_to(
    town: Town, providers: Providers, worker: Worker
) -> None:
    volunteer = await town.volunteer(sms=False, in_app=True)
    ring = await town.message(volunteer)
    async with town.transaction() as c:
        assert await in_app.written_to_socket(c, volunteer, [ring.subject_id], NOW) == 1
        assert await in_app.written_to_socket(c, volunteer, [ring.subject_id], NOW) == 0
    providers.trouble_pushes(Trouble.INVALID)

    await worker.works()

    assert await town.states(ring.subject_id) == {"fcm": "rejected", "in_app": "accepted"}
    assert await town.timers() == set()


async def test_without_a_provider_for_pushes_the_text_goes_at_once(town: Town, providers: Providers) -> None:
    worker = Worker(town, providers, only=[Channel.SMS])
    ring = await town.message(await town.volunteer())

    await worker.works()

    assert len(providers.texts()) == 1
    assert await town.states(ring.subject_id) == {"fcm": "rejected", "sms": "accepted"}


async def test_a_stand_down_goes_by_text_to_whom_a_text_went(town: Town, providers: Providers, worker: Worker) -> None:
    volunteer = await town.volunteer(push=None)
    ring = await town.message(volunteer)
    await worker.works()

    await town.message(volunteer, What.STAND_DOWN, ring.subject_id, content={"reason": "ambulance_arrived"}, now=NOW)
    await worker.works()

    assert providers.texts()[-1]["text"] == "Missionen er aflyst: ambulancen er fremme. Tak, fordi du var klar."


async def test_after_the_token_endpoint_was_down_the_alarm_still_goes_by_text(
    town: Town, providers: Providers, worker: Worker
) -> None:
    await town.message(await town.volunteer())
    providers.fcm.misbehaviour.order = Faults(token_endpoint_down=True, faults=[Fault(Trouble.UNAUTHENTICATED)])

    await worker.works()

    assert len(providers.texts()) == 1
