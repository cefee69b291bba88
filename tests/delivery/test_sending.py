"""Claim → start → send → settle against real PostgreSQL and the providers' protocols."""

import asyncio
from uuid import uuid4

import msgspec
import pytest

from backend.delivery import claim, settle, stop
from backend.delivery.message import Channel, DeliveryState, What
from backend.delivery.outcome import Accepted
from backend.delivery.queries_claim import Room
from backend.demo.provider_faults import Trouble
from backend.foundation.database import Role
from backend.foundation.kinds import Kind
from tests.delivery.cast import NOW, Town
from tests.delivery.providers import PUBLIC_URL, Providers, Worker, answers


async def test_a_ring_is_pushed_once_and_every_attempt_is_written_down(
    town: Town, providers: Providers, worker: Worker
) -> None:
    ring = await town.message(await town.volunteer())

    await worker.works()

    (push,) = providers.pushes()
    assert push["data"]["alert_id"] == str(ring.subject_id)
    assert (await town.states(ring.subject_id))["fcm"] == "accepted"
    async with town.transaction() as c:
        row = await c.fetchrow(
            "SELECT a.provider, r.outcome, r.provider_reference FROM delivery.attempt a "
            "JOIN delivery.attempt_result r ON r.attempt_id = a.id"
        )
    assert row is not None
    assert row["provider"] == "fcm"
    assert row["outcome"] == "accepted"
    assert row["provider_reference"]


async def test_two_workers_send_each_message_once(town: Town, providers: Providers) -> None:
    one, other = Worker(town, providers), Worker(town, providers)
    rings = [
        await town.message(await town.volunteer(push=f"token-{n}", sms=False, phone=f"+45200001{n:02}"))
        for n in range(30)
    ]

    await asyncio.gather(one.works(), other.works())

    assert sorted(p["data"]["alert_id"] for p in providers.pushes()) == sorted(str(r.subject_id) for r in rings)


async def test_what_a_killed_worker_held_is_sent_by_another_and_its_own_late_word_changes_nothing(
    town: Town, providers: Providers, worker: Worker
) -> None:
    ring = await town.message(await town.volunteer(sms=False))
    async with town.transaction(Role.WORKER) as c:
        claims = await claim.claim(c, [Room(Channel.FCM, 10, 5)], NOW)
    async with town.transaction(Role.WORKER) as c:
        (parcel,) = await claim.start(c, claims, NOW)  # … and then it is killed
    assert await worker.claims() == 0, "its lease is not over"
    async with town.transaction() as c:
        await c.execute("UPDATE delivery.delivery SET lease_until = now() - interval '1 second'")

    await worker.works()

    assert len(providers.pushes()) == 1
    async with town.transaction(Role.WORKER) as c:
        await settle.settle(c, [settle.report_on(parcel, Accepted("late"), 1)], NOW)
        outcomes = await c.fetch("SELECT r.outcome, r.code FROM delivery.attempt_result r ORDER BY r.outcome")
        fence = await c.fetchval("SELECT fence FROM delivery.delivery")
    assert [(r["outcome"], r["code"]) for r in outcomes] == [("accepted", None), ("ambiguous", "lease_over")]
    assert fence == 2
    assert await town.states(ring.subject_id) == {"fcm": "accepted"}


async def test_of_what_a_killed_worker_held_a_live_alarm_is_taken_back_before_a_drill(town: Town) -> None:
    """It may have held more than is taken back at once."""
    drilled = await town.volunteer(push="drill", sms=False, phone="+4520000009", kind=Kind.EXERCISE)
    drill = await town.message(drilled, kind=Kind.EXERCISE)
    async with town.transaction(Role.WORKER) as c:
        await claim.claim(c, [Room(Channel.FCM, 10, 5)], NOW)
    ring = await town.message(await town.volunteer(sms=False))
    async with town.transaction(Role.WORKER) as c:
        await claim.claim(c, [Room(Channel.FCM, 10, 5)], NOW)
    async with town.transaction() as c:
        await c.execute("UPDATE delivery.delivery SET lease_until = lease_until - interval '1 minute'")

    async with town.transaction(Role.WORKER) as c:
        assert await settle.recover(c, NOW, limit=1) == 1

    assert await town.states(ring.subject_id) == {"fcm": "queued"}
    assert await town.states(drill.subject_id) == {"fcm": "leased"}


@pytest.mark.parametrize("stopped", [False, True])
async def test_what_a_worker_had_gathered_and_not_written_when_it_died_nobody_knows_and_it_never_follows_a_stop(
    town: Town, providers: Providers, worker: Worker, stopped: bool
) -> None:
    ring = await town.message(await town.volunteer(sms=False))
    dying = Worker(town, providers)
    await dying.claims()
    await answers(dying.sender)  # the provider took it; … and then it is killed
    if stopped:
        async with town.transaction() as c:
            await stop.stop(c, [ring.subject_id], NOW)
            assert await stop.unsettled(c, [ring.subject_id], NOW) == 1, "the stand-down waits for it"
    async with town.transaction() as c:
        await c.execute("UPDATE delivery.delivery SET lease_until = now() - interval '1 second'")

    await worker.works()
    await worker.works(after_s=30)

    assert len(providers.pushes()) == (1 if stopped else 2)
    assert await town.states(ring.subject_id) == {"fcm": "stopped" if stopped else "accepted"}
    if stopped:
        async with town.transaction() as c:
            assert await stop.tally(c, [ring.subject_id]) == stop.Tally(sent=0, stopped=0, late=1)


async def test_a_claim_that_never_started_goes_back_into_the_queue(
    town: Town, providers: Providers, worker: Worker
) -> None:
    await town.message(await town.volunteer(sms=False))
    async with town.transaction(Role.WORKER) as c:
        assert len(await claim.claim(c, [Room(Channel.FCM, 10, 5)], NOW)) == 1
    async with town.transaction() as c:
        await c.execute("UPDATE delivery.delivery SET lease_until = now() - interval '1 second'")

    await worker.works()

    assert len(providers.pushes()) == 1
    async with town.transaction() as c:
        assert await c.fetchval("SELECT count(*) FROM delivery.attempt") == 1


async def test_nothing_starts_after_a_stop(town: Town, providers: Providers) -> None:
    ring = await town.message(await town.volunteer())
    async with town.transaction(Role.WORKER) as c:
        claims = await claim.claim(c, [Room(Channel.FCM, 10, 5)], NOW)
    async with town.transaction() as c:
        await stop.stop(c, [ring.subject_id], NOW)
    async with town.transaction(Role.WORKER) as c:
        assert await claim.start(c, claims, NOW) == []
        assert await c.fetchval("SELECT count(*) FROM delivery.attempt") == 0
    assert await town.states(ring.subject_id) == {"fcm": "stopped", "sms": "stopped"}


async def test_a_stop_waits_for_the_attempt_that_is_just_being_started(town: Town) -> None:
    ring = await town.message(await town.volunteer(sms=False))
    async with town.transaction(Role.WORKER) as c:
        claims = await claim.claim(c, [Room(Channel.FCM, 10, 5)], NOW)

    async def stands_down() -> int:
        async with town.transaction() as c:
            await stop.stop(c, [ring.subject_id], NOW)
        async with town.transaction() as c:
            return await stop.unsettled(c, [ring.subject_id], NOW)

    async with town.transaction(Role.WORKER) as c:
        (parcel,) = await claim.start(c, claims, NOW)
        standing_down = asyncio.create_task(stands_down())
        await asyncio.sleep(0.05)
        assert not standing_down.done()

    assert await standing_down == 1, "it started before the stop, so the stand-down waits for its outcome"
    async with town.transaction(Role.WORKER) as c:
        await settle.settle(c, [settle.report_on(parcel, Accepted(), 1)], NOW)
        assert await stop.unsettled(c, [ring.subject_id], NOW) == 0
        assert await stop.tally(c, [ring.subject_id]) == stop.Tally(sent=1, stopped=0, late=0)


async def test_somebody_who_was_only_told_not_to_go_was_not_sent(
    town: Town, providers: Providers, worker: Worker
) -> None:
    """Their ring was taken back before it started, and the word about that came: they were never rung."""
    anna = await town.volunteer(sms=False)
    ring = await town.message(anna)
    async with town.transaction() as c:
        await stop.stop(c, [ring.subject_id], NOW)
    await town.message(anna, What.STAND_DOWN, subject_id=ring.subject_id)
    await worker.works()
    async with town.transaction() as c:
        await stop.stop(c, [ring.subject_id], NOW)
        assert await stop.tally(c, [ring.subject_id]) == stop.Tally(sent=0, stopped=1, late=0)


async def test_an_outcome_nobody_knows_is_late_in_the_stand_downs_tally(
    town: Town, providers: Providers, worker: Worker
) -> None:
    ring = await town.message(await town.volunteer(sms=False))
    providers.trouble_pushes(Trouble.LOST)
    await worker.works()
    async with town.transaction() as c:
        await stop.stop(c, [ring.subject_id], NOW)
        assert await stop.tally(c, [ring.subject_id]) == stop.Tally(sent=0, stopped=0, late=1)


async def test_an_expired_ring_is_never_sent(town: Town, providers: Providers, worker: Worker) -> None:
    ring = await town.message(await town.volunteer())

    await worker.works(after_s=120)

    assert providers.pushes() == providers.texts() == []
    assert await town.states(ring.subject_id) == {"fcm": "expired", "sms": "expired"}


async def test_whoever_went_off_duty_meanwhile_is_not_rung(town: Town, providers: Providers, worker: Worker) -> None:
    volunteer = await town.volunteer()
    ring = await town.message(volunteer)
    async with town.transaction() as c:
        await c.execute("UPDATE volunteers.volunteer SET on_duty = false")

    await worker.works()

    assert providers.pushes() == providers.texts() == []
    assert (await town.deliveries(ring.subject_id))["fcm"].reason == "unavailable"


async def test_whoever_has_quiet_hours_by_now_is_not_rung_and_who_has_them_later_is(
    town: Town, providers: Providers, worker: Worker
) -> None:
    """It is Saturday 13:00 in Denmark. Anna's quiet hours began after she was chosen, Ben's begin at 13:01."""
    anna, ben = await town.volunteer(push="anna"), await town.volunteer(push="ben", phone="+4520000002")
    for volunteer_id, quiet in ((anna, "{[7980,8040)}"), (ben, "{[7981,8040)}")):
        async with town.transaction() as c:
            await c.execute(
                "UPDATE volunteers.volunteer SET quiet_week = $2::text::int4multirange WHERE id = $1",
                volunteer_id,
                quiet,
            )
    asleep = await town.message(anna)
    awake = await town.message(ben)

    await worker.works()

    assert [push["data"]["alert_id"] for push in providers.pushes()] == [str(awake.subject_id)]
    assert (await town.deliveries(asleep.subject_id))["fcm"].reason == "unavailable"
    assert (asleep.subject_id, "unreachable") in await town.timers()


async def test_a_code_is_forgotten_with_the_number_it_went_to(town: Town, providers: Providers, worker: Worker) -> None:
    content: dict[str, str | int] = {"code": "123456", "language": "en"}
    await town.message(None, What.CODE, bare_phone="+4520000009", content=content, lasts_s=600)

    await worker.works()

    (text,) = providers.texts()
    assert text["text"].startswith("123456 is your code")
    assert "10 min" in text["text"]
    async with town.transaction() as c:
        assert await c.fetchval("SELECT count(*) FROM delivery.bare_address") == 0
        assert await c.fetchval("SELECT content FROM delivery.message") == {"language": "en"}


async def test_a_text_has_a_link_and_the_distance_and_no_address(
    town: Town, providers: Providers, worker: Worker
) -> None:
    await town.message(await town.volunteer(push=None), content={"coarse_distance_m": 1200, "address": "Torvet 3"})

    await worker.works()

    (text,) = providers.texts()
    assert f"{PUBLIC_URL}/a/" in text["text"]
    assert "ca. 1,2 km fra dig" in text["text"]
    assert "Torvet" not in text["text"]
    assert len(text["text"]) <= 160, "one part"


async def test_a_worker_never_claims_more_than_it_has_free_slots(town: Town) -> None:
    volunteer = await town.volunteer(sms=False)
    for _ in range(5):
        await town.message(volunteer)
    async with town.transaction(Role.WORKER) as c:
        assert len(await claim.claim(c, [Room(Channel.FCM, 3, 1)], NOW)) == 3
        assert await claim.claim(c, [Room(Channel.FCM, 0, 0)], NOW) == []


async def test_what_could_not_be_on_the_wire_in_time_is_not_sent(
    town: Town, providers: Providers, worker: Worker
) -> None:
    ring = await town.message(await town.volunteer(sms=False))
    async with town.transaction(Role.WORKER) as c:
        claims = await claim.claim(c, [Room(Channel.FCM, 10, 5)], NOW)
    async with town.transaction(Role.WORKER) as c:
        (parcel,) = await claim.start(c, claims, NOW)
    outcome = await providers.channels[Channel.FCM].send(parcel, wire_by=0.0, now=NOW)
    async with town.transaction(Role.WORKER) as c:
        await settle.settle(c, [settle.report_on(parcel, outcome, 0)], NOW)
    assert providers.pushes() == []
    assert await town.states(ring.subject_id) == {"fcm": "queued"}

    await worker.works()

    assert len(providers.pushes()) == 1


async def test_no_log_of_a_provider_holds_more_of_a_person_than_their_address(
    town: Town, providers: Providers, worker: Worker
) -> None:
    content: dict[str, str | int] = {"coarse_distance_m": 400, "ring_no": 1, "address": "Torvet 3", "name": "Anna"}
    await town.message(await town.volunteer(sms=False), content=content)

    await worker.works()

    raw = msgspec.json.encode(providers.pushes()).decode()
    for personal in ("Torvet", "Anna", "+4520000001"):
        assert personal not in raw


async def test_the_states_in_the_database_are_the_states_in_the_code(town: Town) -> None:
    async with town.transaction(Role.WORKER) as c:
        rule = await c.fetchval(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'delivery_state_check'"
        )
        whats = await c.fetchval(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'message_what_check'"
        )
        channels = await c.fetchval(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'delivery_channel_check'"
        )
    assert _quoted(rule) == {state.value for state in DeliveryState}
    assert _quoted(whats) == {what.value for what in What}
    assert _quoted(channels) == {channel.value for channel in Channel}


def _quoted(rule: str) -> set[str]:
    return set(rule.split("'")[1::2])


async def test_a_delivery_for_nobody_is_refused_by_the_database(town: Town) -> None:
    ring = await town.message(await town.volunteer())
    async with town.transaction() as c:
        with pytest.raises(Exception, match="check constraint"):
            await c.execute(
                """
                INSERT INTO delivery.delivery
                  (id, message_id, kind, channel, state, urgency, queued_at, expires_at, next_at)
                VALUES ($1, $2, 'live', 'sms', 'queued', 0, $3, $3, $3)
                """,
                uuid4(),
                ring.message_id,
                NOW,
            )
