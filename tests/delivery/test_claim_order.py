"""What is sent first when there is more to send than can be sent at once."""

from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import msgspec

from backend.delivery import claim, queries_claim
from backend.delivery.message import Channel, What
from backend.delivery.queries_claim import Room
from backend.foundation.database import Connection, Role
from backend.foundation.kinds import Kind
from tests.delivery.cast import NOW, Town

A_SECOND = timedelta(seconds=1)


async def in_order_of_sending(town: Town) -> list[UUID]:
    """The subjects of what is due, claimed one by one."""
    order: list[UUID] = []
    while True:
        async with town.transaction(Role.WORKER) as c:
            claims = await claim.claim(c, [Room(Channel.FCM, 1, 1)], NOW + A_SECOND)
        if not claims:
            return order
        async with town.transaction(Role.WORKER) as c:
            order += [parcel.subject_id for parcel in await claim.start(c, claims, NOW + A_SECOND)]


async def test_a_live_alarm_and_a_new_place_go_before_everything_and_an_exercise_makes_no_patient_wait(
    town: Town,
) -> None:
    anna = await town.volunteer(sms=False)
    drilled = await town.volunteer(push="drill", sms=False, phone="+4520000002", kind=Kind.EXERCISE)
    notice = await town.message(anna, What.NOTICE)
    test_alarm = await town.message(anna, What.TEST_ALARM)
    drill_stand_down = await town.message(drilled, What.STAND_DOWN, kind=Kind.EXERCISE)
    drill = await town.message(drilled, kind=Kind.EXERCISE, now=NOW + A_SECOND)
    stand_down = await town.message(anna, What.STAND_DOWN)
    ring = await town.message(anna)
    revision = await town.message(anna, What.REVISION, now=NOW + A_SECOND)

    assert await in_order_of_sending(town) == [
        each.subject_id for each in (revision, ring, stand_down, drill, drill_stand_down, test_alarm, notice)
    ]


async def test_of_equally_urgent_messages_the_newest_goes_first(town: Town) -> None:
    anna = await town.volunteer(sms=False)
    older = await town.message(anna)
    newer = await town.message(anna, now=NOW + A_SECOND)

    assert await in_order_of_sending(town) == [newer.subject_id, older.subject_id]


async def test_a_fresh_alarm_overtakes_one_that_is_tried_again(town: Town) -> None:
    anna = await town.volunteer(sms=False)
    fresh = await town.message(anna)
    tried = await town.message(anna, now=NOW + A_SECOND)
    async with town.transaction(Role.WORKER) as c:
        await c.execute(
            "UPDATE delivery.delivery d SET attempts = 1 FROM delivery.message m "
            "WHERE m.id = d.message_id AND m.subject_id = $1",
            tried.subject_id,
        )

    assert await in_order_of_sending(town) == [fresh.subject_id, tried.subject_id], "although it is the older one"


class Explaining:
    """Stands where a connection does, and has the server tell how it would run the statement, after running it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.plan: dict[str, Any] = {}

    async def fetch(self, sql: str, *arguments: object) -> list[Any]:
        found = await self._connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", *arguments)
        self.plan = (msgspec.json.decode(found) if isinstance(found, str) else found)[0]["Plan"]
        return []


async def test_a_claim_finds_its_rows_in_its_index_however_many_wait(town: Town) -> None:
    """20,000 are due and 20,000 wait for their turn: the claim touches as many rows as it takes."""
    anna = await town.volunteer()
    await town.message(anna)
    await town.as_superuser(
        """
        INSERT INTO delivery.message (id, kind, what, subject_id, volunteer_id, content, created_at, expires_at)
        SELECT gen_random_uuid(), kind, what, gen_random_uuid(), volunteer_id, content, created_at, expires_at
        FROM delivery.message, generate_series(1, 20000);
        INSERT INTO delivery.delivery
          (id, message_id, kind, channel, address_id, state, urgency, queued_at, expires_at, next_at, attempts)
        SELECT gen_random_uuid(), m.id, m.kind, d.channel, d.address_id, 'queued', 0, m.created_at, m.expires_at,
               d.next_at, row_number() OVER () % 2
        FROM delivery.message m, delivery.delivery d
        WHERE NOT EXISTS (SELECT 1 FROM delivery.delivery o WHERE o.message_id = m.id);
        ANALYZE delivery.delivery;
        """
    )
    async with town.transaction(Role.WORKER) as c:
        explaining = Explaining(c)
        rooms = [Room(Channel.FCM, 64, 32), Room(Channel.SMS, 64, 32)]
        await queries_claim.claim(cast("Connection", explaining), rooms, 2.0, NOW)

    deliveries = [node for node in nodes(explaining.plan) if node.get("Relation Name") == "delivery"]
    looked_up = [node for node in deliveries if node.get("Index Name") == "delivery_due"]
    assert [node["Actual Rows"] * node["Actual Loops"] for node in looked_up] == [64, 32], "texts are not due"
    assert not [node for node in nodes(explaining.plan) if node["Node Type"] == "Seq Scan" and node in deliveries]


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for child in plan.get("Plans", []) for node in nodes(child))]
