"""Another alarm takes somebody while this one is taking them."""

import asyncio
from collections.abc import Awaitable

import pytest

from backend.foundation.ids import IncidentId
from backend.selection.candidate import Verdict
from tests.alarm.cast import Town, metres_east
from tests.alarm.test_waves import policy, wave_of


async def until_it_waits(town: Town, choosing: Awaitable[IncidentId]) -> "asyncio.Future[IncidentId]":
    """Start an alarm and give it back once it stands before somebody else's uncommitted row."""
    task = asyncio.ensure_future(choosing)
    for _ in range(500):
        waiting = await town.rows("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        if waiting or task.done():
            return task
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to the row")


@pytest.mark.parametrize("lost", [1, 2])
async def test_whom_a_faster_alarm_takes_is_replaced_by_the_next_who_is_free(town: Town, lost: int) -> None:
    """The faster one commits after this one saw them free: what this one writes of them is left out. The others are
    free, and what is written of whoever was not needed says so."""
    people = await town.volunteers(100, 300, 500, 700, 900)
    faster = await town.arrest(metres_east(40_000))
    name = await policy(town, at_once=2)
    async with town.acting() as c:
        await c.execute("RESET ROLE")
        for each in people[:lost]:
            await c.execute(
                "INSERT INTO volunteers.engagement VALUES ($1, 'live', $2, 'ringing', $3)", each, faster, town.now
            )
        choosing = await until_it_waits(town, town.arrest(policy=name))

    incident = await choosing

    rest = 3 - lost
    assert await wave_of(town, incident, people) == [*[None] * lost, 1, 1, *[None] * rest]
    said = await town.rows("SELECT volunteer_id, verdict FROM selection.candidate WHERE incident_id = $1", incident)
    why = {row["volunteer_id"]: row["verdict"] for row in said}
    assert [why[each] for each in people] == [
        *[Verdict.RINGING_ELSEWHERE] * lost,
        *[Verdict.CHOSEN] * 2,
        *[Verdict.NEARER_ONES_ASKED] * rest,
    ]
    assert (await town.incident(incident)).lacking == 0
