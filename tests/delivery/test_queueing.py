"""What is queued for whom, what stops it, and what a receipt makes needless."""

from datetime import timedelta

from backend.delivery import receipts, stop
from backend.delivery.message import Channel, What
from backend.delivery.reach import unreached
from backend.foundation.database import Actor, Role
from tests.delivery.cast import NOW, SECOND_CHANNEL_S, Town

OWNER = Actor(Role.OWNER)


async def test_a_ring_goes_by_push_at_once_and_by_sms_after_the_second_channels_time(town: Town) -> None:
    ring = await town.message(await town.volunteer(in_app=True))

    queued = await town.deliveries(ring.subject_id)

    assert ring.deliveries == 3
    assert queued["fcm"].next_at == queued["in_app"].next_at == NOW
    assert queued["sms"].next_at == NOW + timedelta(seconds=SECOND_CHANNEL_S)


async def test_whoever_has_no_app_gets_the_sms_at_once(town: Town) -> None:
    ring = await town.message(await town.volunteer(push=None))

    assert (await town.deliveries(ring.subject_id))["sms"].next_at == NOW


async def test_whoever_has_no_address_is_told_at_once(town: Town) -> None:
    ring = await town.message(await town.volunteer(push=None, sms=False))

    assert ring.deliveries == 0
    async with town.transaction() as c:
        assert await unreached(c, [ring.subject_id], NOW) == {ring.subject_id}


async def test_a_channel_that_is_switched_off_gets_nothing(town: Town) -> None:
    volunteer = await town.volunteer()
    async with town.database.acting_as(OWNER) as c:
        await c.execute("UPDATE delivery.channel_switch SET enabled = false WHERE channel = 'fcm'")

    ring = await town.message(volunteer)

    assert set(await town.states(ring.subject_id)) == {"sms"}
    assert (await town.deliveries(ring.subject_id))["sms"].next_at == NOW


async def test_a_code_goes_to_a_bare_number(town: Town) -> None:
    code = await town.message(None, What.CODE, bare_phone="+4520000009", content={"code": "123456", "language": "da"})

    assert await town.states(code.subject_id) == {"sms": "queued"}


async def test_a_notice_never_costs_an_sms(town: Town) -> None:
    notice = await town.message(await town.volunteer(in_app=True), What.NOTICE)

    assert set(await town.states(notice.subject_id)) == {"fcm", "in_app"}


async def test_a_stop_ends_what_is_queued_and_leaves_the_stand_down_written_after_it(town: Town) -> None:
    volunteer = await town.volunteer()
    ring = await town.message(volunteer)
    async with town.transaction() as c:
        await stop.stop(c, [ring.subject_id], NOW)
        assert await stop.unsettled(c, [ring.subject_id], NOW) == 0
        assert await stop.tally(c, [ring.subject_id]) == stop.Tally(sent=0, stopped=1, late=0)
    assert await town.states(ring.subject_id) == {"fcm": "stopped", "sms": "stopped"}

    await town.message(volunteer, What.STAND_DOWN, ring.subject_id, now=NOW + timedelta(seconds=1))

    assert await town.states(ring.subject_id) == {"fcm": "queued"}, "no SMS to whom none was sent"


async def test_the_first_receipt_makes_the_second_channel_needless(town: Town) -> None:
    volunteer = await town.volunteer()
    ring = await town.message(volunteer)
    async with town.transaction() as c:
        assert await receipts.receive(c, ring.subject_id, volunteer, Channel.FCM, NOW, NOW)
        assert not await receipts.receive(c, ring.subject_id, volunteer, Channel.FCM, NOW, NOW)
        assert not await receipts.receive(c, ring.subject_id, volunteer, None, None, NOW)

    assert (await town.states(ring.subject_id))["sms"] == "not_needed"
    async with town.transaction() as c:
        assert await unreached(c, [ring.subject_id], NOW) == set(), (
            "who showed it was reached, whatever a provider says"
        )


async def test_a_receipt_of_somebody_elses_alert_is_none(town: Town) -> None:
    ring = await town.message(await town.volunteer())
    stranger = await town.volunteer(push="token-2", phone="+4520000002")
    async with town.transaction() as c:
        assert not await receipts.receive(c, ring.subject_id, stranger, Channel.FCM, NOW, NOW)


async def test_a_test_alarm_is_awaited_on_every_way(town: Town) -> None:
    volunteer = await town.volunteer()
    alarm = await town.message(volunteer, What.TEST_ALARM)
    async with town.transaction() as c:
        assert await receipts.receive(c, alarm.subject_id, volunteer, Channel.FCM, NOW, NOW)

    assert (await town.states(alarm.subject_id))["sms"] == "queued"


async def test_a_receipt_is_about_the_message_that_was_newest_when_it_was_shown(town: Town) -> None:
    volunteer = await town.volunteer()
    ring = await town.message(volunteer)
    later = NOW + timedelta(seconds=30)
    await town.message(volunteer, What.REVISION, ring.subject_id, now=later)
    async with town.transaction() as c:
        assert await receipts.receive(c, ring.subject_id, volunteer, Channel.FCM, NOW + timedelta(seconds=2), later)
        assert await receipts.receive(c, ring.subject_id, volunteer, Channel.FCM, later, later)


async def test_somebody_with_only_the_apps_stream_is_looked_at_again(town: Town) -> None:
    ring = await town.message(await town.volunteer(push=None, sms=False, in_app=True))

    assert (ring.subject_id, "unreachable") in await town.timers()
