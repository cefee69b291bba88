"""What the rooms above ask: who was never tried, and who has not heard of a revision."""

from datetime import timedelta

from backend.delivery import receipts, stop
from backend.delivery.message import Channel, What
from backend.delivery.reach import unaccepted, unheard
from tests.delivery.cast import NOW, Town
from tests.delivery.providers import Providers, Worker

LATER = NOW + timedelta(seconds=30)


async def test_a_ring_no_attempt_of_which_was_started_is_untried_until_a_channel_takes_it(
    town: Town, providers: Providers, worker: Worker
) -> None:
    ring = await town.message(await town.volunteer())
    async with town.transaction() as c:
        assert await unaccepted(c, [ring.subject_id]) == {ring.subject_id: False}

    await worker.works()

    async with town.transaction() as c:
        assert await unaccepted(c, [ring.subject_id]) == {}


async def test_of_two_rings_the_newest_says_whether_it_was_tried(
    town: Town, providers: Providers, worker: Worker
) -> None:
    anna = await town.volunteer()
    ring = await town.message(anna)
    await worker.works()
    await town.message(anna, subject_id=ring.subject_id, now=LATER)

    async with town.transaction() as c:
        assert await unaccepted(c, [ring.subject_id]) == {ring.subject_id: False}


async def test_whoever_has_seen_the_ring_by_themselves_was_asked(town: Town) -> None:
    anna = await town.volunteer()
    ring = await town.message(anna)
    async with town.transaction() as c:
        await receipts.receive(c, ring.subject_id, anna, None, NOW, NOW)
        assert await unaccepted(c, [ring.subject_id]) == {}


async def test_a_revision_is_unheard_from_its_queueing_to_its_receipt(
    town: Town, providers: Providers, worker: Worker
) -> None:
    anna = await town.volunteer()
    ring = await town.message(anna)
    async with town.transaction() as c:
        await receipts.receive(c, ring.subject_id, anna, Channel.FCM, NOW, NOW)
        assert await unheard(c, [ring.subject_id]) == {}, "nothing was revised for her"
    await town.message(anna, What.REVISION, ring.subject_id, now=LATER)
    worker.clock.advance(LATER - NOW)
    await worker.works()

    async with town.transaction() as c:
        assert await unheard(c, [ring.subject_id]) == {ring.subject_id: LATER}, "accepted by a provider is not heard"
        await receipts.receive(c, ring.subject_id, anna, Channel.FCM, LATER, LATER)
        assert await unheard(c, [ring.subject_id]) == {}


async def test_a_receipt_for_the_ring_that_comes_late_does_not_pass_for_one_of_the_revision(town: Town) -> None:
    """Anna's phone showed the ring; her receipt lay in a tunnel with her while the place was corrected."""
    anna = await town.volunteer()
    ring = await town.message(anna, content={"revision": 1})
    await town.message(anna, What.REVISION, ring.subject_id, content={"revision": 2}, now=LATER)

    async with town.transaction() as c:
        await receipts.receive(c, ring.subject_id, anna, Channel.FCM, NOW, LATER)
        assert await unheard(c, [ring.subject_id]) == {ring.subject_id: LATER}, "shown before the revision was told"
        await receipts.receive(c, ring.subject_id, anna, Channel.FCM, LATER, LATER, revision=1)
        assert await unheard(c, [ring.subject_id]) == {ring.subject_id: LATER}, "the old place was shown, and said so"
        await receipts.receive(c, ring.subject_id, anna, Channel.FCM, LATER, LATER, revision=2)
        assert await unheard(c, [ring.subject_id]) == {}


async def test_a_second_revision_is_to_be_heard_anew(town: Town) -> None:
    anna = await town.volunteer()
    first = await town.message(anna, What.REVISION)
    async with town.transaction() as c:
        await receipts.receive(c, first.subject_id, anna, Channel.FCM, NOW, NOW)
    await town.message(anna, What.REVISION, first.subject_id, now=LATER)

    async with town.transaction() as c:
        assert await unheard(c, [first.subject_id]) == {first.subject_id: LATER}


async def test_nobody_waits_for_the_receipt_of_a_revision_that_was_stopped(town: Town) -> None:
    told = await town.message(await town.volunteer(), What.REVISION)
    async with town.transaction() as c:
        await stop.stop(c, [told.subject_id], LATER)
        assert await unheard(c, [told.subject_id]) == {}
