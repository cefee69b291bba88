"""Withdrawing: nobody asks from the moment it is acknowledged, and for seven days it can be taken back."""

import asyncio
from datetime import timedelta
from pathlib import Path
from time import monotonic
from uuid import UUID

import pytest

from backend.alerts.alert import AlertState
from backend.delivery import test_alarms
from backend.foundation.database import Actor, Lane, Role
from backend.foundation.ids import VolunteerId, without_time
from backend.foundation.kinds import Kind
from backend.foundation.problems import Problem
from backend.rights.erasure_list import ErasureList, What
from backend.rights.withdraw import Withdrawn, take_back, wait_for_started, withdraw
from tests.alarm.cast import Town


def acting_for(volunteer_id: VolunteerId) -> Actor:
    return Actor(Role.API, person_id=volunteer_id)


async def withdraws(town: Town, listing: ErasureList, volunteer_id: VolunteerId) -> Withdrawn:
    actor = acting_for(volunteer_id)
    async with town.database.acting_as(actor, Lane.REST) as c:
        return await withdraw(c, actor, listing, volunteer_id, town.now)


async def takes_back(town: Town, listing: ErasureList, volunteer_id: VolunteerId) -> None:
    actor = acting_for(volunteer_id)
    async with town.database.acting_as(actor, Lane.REST) as c:
        await take_back(c, actor, listing, volunteer_id, town.now)


async def test_what_rings_stops_and_the_next_is_asked(town: Town, listing: ErasureList) -> None:
    anna, ben = await town.volunteers(100, 200)
    incident = await town.arrest()
    assert await town.ringing(incident) == {anna, ben}
    await withdraws(town, listing, anna)
    assert await town.state(incident, anna) is AlertState.DECLINED
    assert await town.ringing(incident) == {ben}
    assert anna not in await town.engaged()


async def test_nothing_that_is_queued_starts_any_more_but_word_that_they_withdrew(
    town: Town, listing: ErasureList
) -> None:
    town.pushes_go_out = False
    [anna] = await town.volunteers(100)
    await town.arrest()
    async with town.database.acting_as(acting_for(anna), Lane.REST) as c:
        await test_alarms.start(c, anna, Kind.LIVE, town.now)
    await withdraws(town, listing, anna)
    waiting = await town.rows(
        """
        SELECT DISTINCT m.what, m.content ->> 'reason' AS reason, m.stopped_at
        FROM delivery.message m JOIN delivery.delivery d ON d.message_id = m.id
        WHERE m.volunteer_id = $1 AND d.state IN ('queued', 'leased') AND m.what <> 'stand_down'
        """,
        anna,
    )
    assert [tuple(row) for row in waiting] == [("notice", "withdrawn", None)]


async def test_whoever_withdrew_is_asked_by_no_later_alarm_and_is_nowhere(town: Town, listing: ErasureList) -> None:
    anna, ben = await town.volunteers(100, 200)
    await withdraws(town, listing, anna)
    assert await town.ringing(await town.arrest()) == {ben}
    assert await town.rows("SELECT FROM locations.position WHERE volunteer_id = $1", anna) == []


async def test_a_mission_goes_on(town: Town, listing: ErasureList) -> None:
    [anna] = await town.volunteers(100)
    incident = await town.arrest()
    await town.accepts(incident, anna)
    await withdraws(town, listing, anna)
    assert await town.state(incident, anna) is AlertState.ACCEPTED


async def test_taken_back_they_are_asked_again_as_before(town: Town, listing: ErasureList) -> None:
    [anna] = await town.volunteers(100)
    done = await withdraws(town, listing, anna)
    assert done.erased_at - done.at == timedelta(days=7)
    town.clock.advance(timedelta(days=6))
    await takes_back(town, listing, anna)
    await town.moves(anna, 100)
    assert await town.ringing(await town.arrest()) == {anna}
    assert [line.what for line in await listing.read()] == [What.WITHDREW, What.TOOK_BACK]


async def test_doing_it_again_changes_nothing(town: Town, listing: ErasureList) -> None:
    [anna] = await town.volunteers(100)
    first = await withdraws(town, listing, anna)
    town.clock.advance(timedelta(days=1))
    again = await withdraws(town, listing, anna)
    assert (again.at, again.erased_at) == (first.at, first.erased_at)
    entries = await town.rows("SELECT FROM foundation.journal_entry WHERE event = 'withdrew'")
    assert len(entries) == 1


async def test_asked_for_twice_their_phones_are_still_told(town: Town, listing: ErasureList) -> None:
    """The answer got lost, so the app asks again: what is queued is stopped, and word of it is queued anew."""
    [anna] = await town.volunteers(100)
    await withdraws(town, listing, anna)
    town.clock.advance(timedelta(seconds=5))
    await withdraws(town, listing, anna)
    assert await word_of_it(town, anna) == 1


async def test_whoever_took_it_back_is_not_told_any_more_that_they_will_be_erased(
    town: Town, listing: ErasureList
) -> None:
    [anna] = await town.volunteers(100)
    await withdraws(town, listing, anna)
    await takes_back(town, listing, anna)
    assert await word_of_it(town, anna) == 0


async def word_of_it(town: Town, volunteer_id: VolunteerId) -> int:
    waiting = await town.rows(
        """
        SELECT DISTINCT m.id FROM delivery.message m JOIN delivery.delivery d ON d.message_id = m.id
        WHERE m.volunteer_id = $1 AND m.content ->> 'reason' = 'withdrawn' AND m.stopped_at IS NULL
          AND d.state = 'queued'
        """,
        volunteer_id,
    )
    return len(waiting)


async def test_what_cannot_be_listed_is_not_taken_back(town: Town, listing: ErasureList, tmp_path: Path) -> None:
    """The list says that Anna withdrew: taken back unlisted, it would withdraw her again within five minutes."""
    [anna] = await town.volunteers(100)
    await withdraws(town, listing, anna)
    with pytest.raises(Problem) as refused:
        await takes_back(town, ErasureList(tmp_path / "not mounted", "host"), anna)
    assert refused.value.status == 503
    rows = await town.rows("SELECT state FROM volunteers.volunteer WHERE id = $1", anna)
    assert [row["state"] for row in rows] == ["withdrawn"]


async def test_it_is_acknowledged_when_no_started_attempt_can_arrive_any_more(town: Town, listing: ErasureList) -> None:
    """Anna's ring is at the provider when she withdraws; 0.3 s later it is settled, and then she is answered."""
    town.pushes_go_out = False
    [anna] = await town.volunteers(100)
    await town.arrest()
    delivery = await a_started_attempt(town, anna, lease_s=10)
    done = await withdraws(town, listing, anna)

    async def settles() -> None:
        await asyncio.sleep(0.3)
        await town.rows(
            """
            WITH told AS (
              INSERT INTO delivery.attempt_result (attempt_id, outcome, ended_at)
              SELECT id, 'accepted', $2 FROM delivery.attempt WHERE delivery_id = $1)
            UPDATE delivery.delivery SET state = 'accepted', lease_until = NULL, settled_at = $2 WHERE id = $1
            """,
            delivery,
            town.now,
        )

    began = monotonic()
    settling = asyncio.create_task(settles())
    await wait_for_started(town.database, acting_for(anna), done.stopped, town.clock)
    took = monotonic() - began
    assert settling.done()
    assert took < 2.2


async def test_a_provider_that_hangs_holds_up_the_acknowledgement_for_two_seconds_at_most(
    town: Town, listing: ErasureList
) -> None:
    town.pushes_go_out = False
    [anna] = await town.volunteers(100)
    await town.arrest()
    await a_started_attempt(town, anna, lease_s=1)
    done = await withdraws(town, listing, anna)
    began = monotonic()
    await wait_for_started(town.database, acting_for(anna), done.stopped, town.clock)
    assert 0.5 < monotonic() - began < 2.5


async def a_started_attempt(town: Town, volunteer_id: VolunteerId, lease_s: float) -> UUID:
    """The push of this person's ring has been started; how it went nobody knows yet."""
    (row,) = await town.rows(
        """
        UPDATE delivery.delivery d SET state = 'leased', fence = 1,
          lease_until = clock_timestamp() + $2 * interval '1 second'
        FROM delivery.message m
        WHERE m.id = d.message_id AND m.volunteer_id = $1 AND m.what = 'ring' AND d.channel = 'fcm' RETURNING d.id
        """,
        volunteer_id,
        lease_s,
    )
    await town.rows(
        "INSERT INTO delivery.attempt (id, delivery_id, fence, provider, started_at) VALUES ($1, $2, 1, 'fcm', $3)",
        without_time(),
        row["id"],
        town.now,
    )
    found: UUID = row["id"]
    return found
