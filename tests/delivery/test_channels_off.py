"""The operator switches one channel off, in the middle of an alarm: every promise holds over the others."""

from datetime import timedelta

import pytest
from typer.testing import CliRunner

from backend.cli.commands import app
from backend.delivery import in_app, receipts, stop
from backend.delivery.message import Channel, What
from backend.delivery.reach import unreached
from backend.delivery.switches import switch, switches
from backend.foundation.database import Actor, Role
from tests.delivery.cast import NOW, SECOND_CHANNEL_S, Town
from tests.delivery.providers import Providers, Worker


async def switched(town: Town, channel: Channel, *, on: bool) -> bool:
    async with town.transaction(Role.OWNER) as c:
        return await switch(c, Actor(Role.OWNER), channel, "vagtleder", NOW, on=on)


async def listens(town: Town, volunteer: object, subject: object) -> int:
    """The app's stream is written to."""
    async with town.transaction() as c:
        return await in_app.written_to_socket(c, volunteer, [subject], NOW)  # type: ignore[arg-type,list-item]


@pytest.mark.parametrize("before", [True, False], ids=["before the alarm", "while it waits"])
@pytest.mark.parametrize("off", list(Channel))
async def test_with_any_channel_off_everybody_with_another_way_is_reached(
    town: Town, providers: Providers, worker: Worker, off: Channel, before: bool
) -> None:
    anna = await town.volunteer(in_app=True)
    if before:
        await switched(town, off, on=False)
    ring = await town.message(anna)
    if not before:
        await switched(town, off, on=False)

    await worker.works()
    await worker.works(after_s=SECOND_CHANNEL_S)
    await listens(town, anna, ring.subject_id)

    accepted = {channel for channel, state in (await town.states(ring.subject_id)).items() if state == "accepted"}
    assert accepted == set(Channel) - {off}
    async with town.transaction() as c:
        assert await unreached(c, [ring.subject_id], NOW) == set()


@pytest.mark.parametrize("before", [True, False], ids=["before the alarm", "while it waits"])
@pytest.mark.parametrize("off", [Channel.FCM, Channel.SMS])
async def test_whoever_had_only_that_channel_was_never_asked_and_that_is_told(
    town: Town, providers: Providers, worker: Worker, off: Channel, before: bool
) -> None:
    anna = await town.volunteer(push="t" if off is Channel.FCM else None, sms=off is Channel.SMS)
    if before:
        await switched(town, off, on=False)
    ring = await town.message(anna)
    if not before:
        await switched(town, off, on=False)

    await worker.works()

    assert (ring.subject_id, "unreachable") in await town.timers()
    assert providers.pushes() == providers.texts() == []


async def test_whoever_has_the_app_alone_is_told_of_too_when_its_stream_is_switched_off(
    town: Town, providers: Providers, worker: Worker
) -> None:
    anna = await town.volunteer(push=None, sms=False, in_app=True)
    ring = await town.message(anna)
    await switched(town, Channel.IN_APP, on=False)

    await worker.works()

    assert await listens(town, anna, ring.subject_id) == 0
    assert await town.states(ring.subject_id) == {"in_app": "rejected"}
    assert (ring.subject_id, "unreachable") in await town.timers()


async def test_with_fcm_switched_off_the_text_does_not_wait_for_its_turn(
    town: Town, providers: Providers, worker: Worker
) -> None:
    ring = await town.message(await town.volunteer())
    await switched(town, Channel.FCM, on=False)

    await worker.works()

    assert len(providers.texts()) == 1
    assert providers.pushes() == []
    assert (await town.deliveries(ring.subject_id))["fcm"].reason == "channel_off"


@pytest.mark.parametrize("off", list(Channel))
@pytest.mark.parametrize("what", [What.REVISION, What.STAND_DOWN])
async def test_with_any_channel_off_new_places_and_stand_downs_arrive(
    town: Town, providers: Providers, worker: Worker, off: Channel, what: What
) -> None:
    anna = await town.volunteer(in_app=True)
    await switched(town, off, on=False)
    ring = await town.message(anna)
    await worker.works()
    await worker.works(after_s=SECOND_CHANNEL_S)
    later = NOW + timedelta(seconds=SECOND_CHANNEL_S)
    await town.message(anna, what, ring.subject_id, now=later, content={"reason": "sent_in_error"}, lasts_s=900)

    await worker.works()
    await listens(town, anna, ring.subject_id)

    assert set((await town.states(ring.subject_id)).values()) == {"accepted"}
    assert set(await town.states(ring.subject_id)) == set(Channel) - {off}


async def test_whoever_is_on_the_way_hears_of_the_end_although_push_was_switched_off_meanwhile(
    town: Town, providers: Providers, worker: Worker
) -> None:
    """Anna's phone rang by push and showed it, so no text ever went out; then the operator switched FCM off."""
    anna = await town.volunteer()
    ring = await town.message(anna)
    await worker.works()
    async with town.transaction() as c:
        await receipts.receive(c, ring.subject_id, anna, Channel.FCM, NOW, NOW)
        await stop.stop(c, [ring.subject_id], NOW)
    await switched(town, Channel.FCM, on=False)

    await town.message(anna, What.STAND_DOWN, ring.subject_id, content={"reason": "sent_in_error"}, lasts_s=900)
    await worker.works()

    assert [text["text"].startswith("Missionen er aflyst") for text in providers.texts()] == [True]


async def test_whoever_was_pushed_and_showed_nothing_yet_hears_of_the_end_by_text_when_push_is_off(
    town: Town, providers: Providers, worker: Worker
) -> None:
    anna = await town.volunteer()
    ring = await town.message(anna)
    await worker.works()
    async with town.transaction() as c:
        await stop.stop(c, [ring.subject_id], NOW)
    await switched(town, Channel.FCM, on=False)

    await town.message(anna, What.STAND_DOWN, ring.subject_id, lasts_s=900)
    await worker.works()

    assert len(providers.texts()) == 1


async def test_an_end_that_the_app_does_not_show_is_told_by_text_and_one_that_it_shows_is_not(
    town: Town, providers: Providers, worker: Worker
) -> None:
    anna, ben = await town.volunteer(), await town.volunteer(push="ben", phone="+4520000002")
    rings = {who: await town.message(who) for who in (anna, ben)}
    await worker.works()
    for who, ring in rings.items():
        async with town.transaction() as c:
            await receipts.receive(c, ring.subject_id, who, Channel.FCM, NOW, NOW)
            await stop.stop(c, [ring.subject_id], NOW)
        await town.message(who, What.STAND_DOWN, ring.subject_id, lasts_s=900)
    await worker.works()
    async with town.transaction() as c:
        await receipts.receive(c, rings[ben].subject_id, ben, Channel.FCM, NOW, NOW)

    await worker.works(after_s=SECOND_CHANNEL_S)

    assert [text["to"] for text in providers.texts()] == ["+4520000001"]


@pytest.mark.parametrize("off", list(Channel))
async def test_with_any_channel_off_nothing_starts_after_a_stop(
    town: Town, providers: Providers, worker: Worker, off: Channel
) -> None:
    ring = await town.message(await town.volunteer(in_app=True))
    await switched(town, off, on=False)
    async with town.transaction() as c:
        await stop.stop(c, [ring.subject_id], NOW)

    await worker.works()
    await worker.works(after_s=SECOND_CHANNEL_S)

    assert providers.pushes() == providers.texts() == []
    async with town.transaction() as c:
        assert await stop.tally(c, [ring.subject_id]) == stop.Tally(sent=0, stopped=1, late=0)


async def test_a_receipt_for_the_ring_keeps_the_text_back_with_fcm_on_again(
    town: Town, providers: Providers, worker: Worker
) -> None:
    await switched(town, Channel.FCM, on=False)
    assert await switched(town, Channel.FCM, on=True)
    anna = await town.volunteer()
    ring = await town.message(anna)
    await worker.works()
    async with town.transaction() as c:
        await receipts.receive(c, ring.subject_id, anna, Channel.FCM, NOW, NOW)

    await worker.works(after_s=SECOND_CHANNEL_S)

    assert len(providers.pushes()) == 1
    assert providers.texts() == []


async def test_who_switched_a_channel_stands_in_the_journal_once(town: Town) -> None:
    assert await switched(town, Channel.FCM, on=False)
    assert not await switched(town, Channel.FCM, on=False)

    async with town.transaction(Role.OWNER) as c:
        lines = await c.fetch("SELECT facts FROM foundation.journal_entry WHERE event = 'channel_switched'")
        assert {each.channel: each.enabled for each in await switches(c)} == {"fcm": False, "in_app": True, "sms": True}
    assert [line["facts"] for line in lines] == [{"channel": "fcm", "on": False, "author": "vagtleder"}]


def test_the_command_says_what_is_on(database_dsn: str) -> None:
    def said(*words: str) -> str:
        done = CliRunner().invoke(app, ["channel", *words, "--database-url", database_dsn])
        assert done.exit_code == 0, done.output
        return done.output

    assert said("off", "fcm", "--author", "vagtleder") == "fcm is off\n"
    assert said("off", "fcm") == "fcm was off already\n"
    assert "fcm     off" in said("list")
    assert "sms     on" in said("list")
    assert said("on", "fcm") == "fcm is on\n"


def test_the_last_channel_stays_on_unless_that_is_said(database_dsn: str) -> None:
    def typed(*words: str) -> tuple[int, str, str]:
        done = CliRunner().invoke(app, ["channel", *words, "--database-url", database_dsn])
        return done.exit_code, done.stdout, done.stderr

    typed("off", "fcm")
    typed("off", "in_app")

    code, _, why = typed("off", "sms")
    assert (code, "no alarm reaches anybody" in why) == (1, True)
    assert "sms     on" in typed("list")[1]

    code, said, loudly = typed("off", "sms", "--all-off")
    assert (code, said) == (0, "sms is off\n")
    assert "NO ALARM REACHES ANYBODY" in loudly
    assert "NO ALARM REACHES ANYBODY" in typed("list")[2]
    assert typed("off", "sms")[:2] == (0, "sms was off already\n")


def test_the_list_says_since_when_in_danish_time_and_what_waits_for_an_open_app(database_dsn: str) -> None:
    shown = CliRunner().invoke(app, ["channel", "list", "--database-url", database_dsn]).stdout

    assert all(" CET " in line or " CEST " in line for line in shown.splitlines())
    assert "0 queued for open apps" in shown
    assert "0 waiting to be sent" in shown
