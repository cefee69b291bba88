"""What happens to a centre's incidents reaches its dispatch system: signed, in order, at least once, or it is told."""

import asyncio
import json
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from backend.api.dispatch_live import Step as Streamed
from backend.foundation.database import Actor, Role
from backend.foundation.ids import CentreId
from backend.foundation.journal import Event
from backend.foundation.kinds import Kind
from backend.regions import access, shipped
from backend.webhooks.outside import post
from backend.webhooks.payload import Step
from backend.webhooks.subscription import EXPIRES_AFTER, again_after_s
from tests.webhooks.cast import (
    CENTRE,
    ELSEWHERE,
    Certificates,
    Hook,
    Names,
    Office,
    another_worker,
    hook_at,
    session_to,
    silence,
)

FAR = CentreId(shipped.centre_id("amk-nordjylland"))


async def test_a_step_arrives_as_the_stream_would_say_it_and_proves_whom_it_is_from(office: Office, hook: Hook) -> None:
    subscription, secret = await office.subscribe(hook.url)
    incident = uuid4()
    await office.happens(incident)
    await office.tells()

    ((headers, body),) = hook.requests
    said = Webhook(secret).verify(body, headers)
    assert said == json.loads(body)
    assert (said["type"], said["data"]["incident_id"], said["data"]["seq"]) == ("accepted", str(incident), 1)
    assert said["data"]["facts"]["metres"] == 500, "up to the next hundred, as the stream says it"
    assert headers["webhook-id"].startswith(subscription.hex)
    assert await office.states() == ["delivered"]
    assert set(Step.__struct_fields__) == set(Streamed.__struct_fields__) - {"at"}, "at is the timestamp beside them"


async def test_whoever_changes_a_byte_or_has_another_secret_is_found_out(office: Office, hook: Hook) -> None:
    _, secret = await office.subscribe(hook.url)
    _, other = await office.subscribe(hook.url)
    await office.happens(uuid4())
    await office.tells()
    for headers, body in hook.requests:
        right = [each for each in (secret, other) if _verifies(each, body, headers)]
        assert len(right) == 1
        assert not _verifies(right[0], body.replace(b"500", b"501"), headers)


def _verifies(secret: str, body: bytes, headers: dict[str, str]) -> bool:
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


async def test_only_the_own_centre_the_own_kind_and_the_wanted_events_are_told(office: Office, hook: Hook) -> None:
    await office.subscribe(hook.url, Event.ACCEPTED)
    incident = uuid4()
    await office.happens(incident, Event.INCIDENT_OPENED)
    await office.happens(incident, Event.ACCEPTED)
    await office.happens(uuid4(), Event.ACCEPTED, centre=ELSEWHERE)
    await office.happens(uuid4(), Event.ACCEPTED, kind=Kind.EXERCISE)
    await office.tells()
    assert [json.loads(body)["data"]["incident_id"] for _, body in hook.requests] == [str(incident)]


async def test_a_centre_is_told_of_what_it_acts_for_and_of_where_its_work_has_moved_to(
    office: Office, hook: Hook
) -> None:
    """The address was given for the centre of before: nobody has to change it in the night of a merger."""
    owner, now = Actor(Role.OWNER), office.clock.now()
    await office.subscribe(hook.url, centre=CENTRE)
    lent, moved = uuid4(), uuid4()
    async with office.database.acting_as(owner) as c:
        await access.lend(c, owner, ELSEWHERE, CENTRE, now + timedelta(hours=1), "vagthavende", now)
        await access.merge(c, owner, CENTRE, FAR, now + timedelta(hours=2), "driftsansvarlig", now)
    await office.happens(lent, centre=ELSEWHERE)
    await office.happens(uuid4(), centre=FAR)
    office.clock.advance(timedelta(hours=2))
    await office.happens(uuid4(), centre=ELSEWHERE)
    await office.happens(moved, centre=FAR)
    await office.tells()
    assert [json.loads(body)["data"]["incident_id"] for _, body in hook.requests] == [str(lent), str(moved)]


async def test_what_happened_before_is_not_told(office: Office, hook: Hook) -> None:
    await office.happens(uuid4())
    office.clock.advance(timedelta(seconds=1))
    await office.subscribe(hook.url)
    await office.tells()
    assert hook.requests == []


async def test_an_incident_s_steps_arrive_in_their_order_however_often_one_is_refused(
    office: Office, hook: Hook
) -> None:
    await office.subscribe(hook.url)
    hook.answers = [500, 503, 200, 200, 200]
    incident = uuid4()
    for _ in range(3):
        await office.happens(incident)
    for _ in range(4):
        await office.tells()
        office.clock.advance(timedelta(seconds=30))
    steps = [json.loads(body)["data"]["seq"] for _, body in hook.requests]
    assert steps == [1, 1, 1, 2, 3]
    assert len({headers["webhook-id"] for headers, _ in hook.requests}) == 3, "a retry keeps its id"
    assert await office.states() == ["delivered"] * 3


async def test_another_incident_does_not_wait_for_one_whose_step_is_refused(office: Office, hook: Hook) -> None:
    await office.subscribe(hook.url)
    hook.answers = [500, 200]
    stuck, other = uuid4(), uuid4()
    await office.happens(stuck)
    await office.tells()
    await office.happens(stuck)
    await office.happens(other)
    await office.tells()
    assert [json.loads(body)["data"]["incident_id"] for _, body in hook.requests] == [str(stuck), str(other)]
    assert await office.states() == ["queued", "queued", "delivered"]


async def test_what_nobody_takes_expires_and_is_counted(office: Office, hook: Hook) -> None:
    await office.subscribe(hook.url)
    hook.answers = [500]
    await office.happens(uuid4())
    await office.tells()
    await office.teller.sweep_round()
    assert await office.states() == ["queued"]
    office.clock.advance(EXPIRES_AFTER)
    await office.teller.sweep_round()
    await office.tells()
    assert (await office.states(), len(hook.requests)) == (["expired"], 1)


async def test_a_worker_that_dies_is_succeeded_when_its_lease_is_over(office: Office, hook: Hook) -> None:
    await office.subscribe(hook.url)
    await office.happens(uuid4())
    await office.teller.read_round()
    connection = await asyncpg.connect(office.dsn)
    await connection.execute(
        "UPDATE webhooks.delivery SET state = 'leased', fence = 7, lease_until = clock_timestamp() + interval '1 hour'"
    )
    await office.tells()
    assert hook.requests == []
    await connection.execute("UPDATE webhooks.delivery SET lease_until = clock_timestamp()")
    await office.tells()
    assert (await connection.fetchval("SELECT fence FROM webhooks.delivery"), len(hook.requests)) == (8, 1)
    await connection.close()


async def test_two_workers_queue_and_tell_each_step_once(office: Office, hook: Hook) -> None:
    """Two processes: each with connections and slots of its own."""
    await office.subscribe(hook.url)
    for _ in range(30):
        await office.happens(uuid4())
    async with another_worker(office) as other:
        await asyncio.gather(office.teller.read_round(), other.teller.read_round())
        await asyncio.gather(office.tells(), other.tells())
    assert len(hook.requests) == 30
    assert len({headers["webhook-id"] for headers, _ in hook.requests}) == 30


async def test_what_another_worker_took_while_one_was_looking_is_left_to_it(office: Office, hook: Hook) -> None:
    """One worker's look at what is due is stopped half-way, and goes on after another one has taken the same event."""
    await office.subscribe(hook.url)
    await office.happens(uuid4())
    await office.teller.read_round()
    other = await asyncpg.connect(office.dsn)
    await other.execute(HELD)
    await other.execute("SELECT pg_advisory_lock(7)")
    looking = asyncio.create_task(office.teller.send_round())
    while not await other.fetchval(SOMEBODY_WAITS):  # noqa: ASYNC110 – nothing here is told of it
        await asyncio.sleep(0.01)
    await other.execute(
        "UPDATE webhooks.delivery SET state = 'leased', fence = 1, lease_until = clock_timestamp() + interval '1 hour'"
    )
    await other.execute("SELECT pg_advisory_unlock(7)")
    await looking
    await asyncio.gather(*office.teller._under_way)
    fence = await other.fetchval("SELECT fence FROM webhooks.delivery")
    await other.close()
    assert (fence, hook.requests) == (1, [])


HELD = """
CREATE FUNCTION webhooks.held() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_lock_shared(7);
  PERFORM pg_advisory_unlock_shared(7);
  RETURN true;
END $$;
CREATE POLICY held ON webhooks.subscription AS RESTRICTIVE TO hjerteloeber_worker USING (webhooks.held());
"""
"""Whoever looks at a subscription waits as long as a test holds the lock; its statement has begun by then."""

SOMEBODY_WAITS = """
SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory')
"""


async def test_a_system_that_hangs_leaves_slots_for_the_others(office: Office, hook: Hook) -> None:
    async with silence() as port:
        await office.subscribe(f"https://dispatch.example:{port}/")
        await office.subscribe(hook.url)
        for _ in range(20):
            await office.happens(uuid4())
        await office.teller.read_round()
        for _ in range(60):
            await office.teller.send_round()
            await asyncio.sleep(0.02)
        assert len(hook.requests) == 20
        assert len(office.teller._under_way) == 3
        await office.teller.end()
        await asyncio.gather(*office.teller._under_way, return_exceptions=True)


async def test_a_system_that_never_answers_is_given_up_in_time(certificates: Certificates) -> None:
    async with silence() as port, session_to(certificates, Names(["127.0.0.1"])) as session:
        assert await post(session, f"https://dispatch.example:{port}/", {}, b"{}", whole_s=0.2) == "too_slow"


async def test_of_a_long_answer_a_glance_is_read(certificates: Certificates) -> None:
    async with hook_at("127.0.0.1", certificates) as hook, session_to(certificates, Names(["127.0.0.1"])) as session:
        hook.answers = [500]
        assert await post(session, hook.url, {}, b"{}") == "500"


async def test_the_synthetic_alarm_is_told_to_nobody(office: Office, hook: Hook) -> None:
    await office.subscribe(hook.url)
    await office.happens(uuid4(), kind=Kind.SYNTHETIC)
    await office.tells()
    assert await office.states() == []


async def test_the_secret_lies_sealed_and_opens_in_its_own_row_only(office: Office, hook: Hook) -> None:
    one, secret = await office.subscribe(hook.url)
    two, _ = await office.subscribe(hook.url)
    connection = await asyncpg.connect(office.dsn)
    sealed = await connection.fetchval("SELECT secret_sealed FROM webhooks.subscription WHERE id = $1", one)
    assert secret.encode() not in sealed
    await connection.execute("UPDATE webhooks.subscription SET secret_sealed = $1 WHERE id = $2", sealed, two)
    await office.happens(uuid4())
    await office.tells()
    outcome = await connection.fetchval("SELECT outcome FROM webhooks.delivery WHERE subscription_id = $1", two)
    await connection.close()
    assert (outcome, len(hook.requests)) == ("secret_unreadable", 1)


@pytest.mark.parametrize(("tries", "seconds"), [(1, 2), (2, 6), (3, 18), (6, 486), (7, 600), (500, 600)])
def test_pauses_grow_to_ten_minutes(tries: int, seconds: float) -> None:
    assert again_after_s(tries) == seconds


async def test_the_api_sees_no_webhook(office: Office, hook: Hook) -> None:
    await office.subscribe(hook.url)
    connection = await asyncpg.connect(office.dsn)
    await connection.execute("SET ROLE hjerteloeber_api")
    for sql in ("SELECT 1 FROM webhooks.subscription", "SELECT 1 FROM webhooks.delivery"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch(sql)
    await connection.close()
