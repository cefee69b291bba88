"""Who is engaged is asked, whatever other alarms do between two looks."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

import asyncpg

from backend.alerts.choose import ask_wave
from backend.alerts.decision import Ask
from backend.foundation.database import Connection
from backend.foundation.ids import without_time
from backend.incidents import queries
from backend.selection.policy import read_policy
from tests.alarm.cast import Town


class AfterTheFirstLook:
    """A connection on whose far side another alarm acts once somebody was engaged."""

    def __init__(self, connection: Connection, another_acts: Callable[[], Awaitable[None]]) -> None:
        self._connection, self._another_acts, self._looks = connection, another_acts, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    async def fetch(self, query: str, *arguments: Any) -> Any:
        rows = await self._connection.fetch(query, *arguments)
        if "INSERT INTO volunteers.engagement" in query:
            self._looks += 1
            if self._looks == 1:
                await self._another_acts()
        return rows


async def test_whoever_is_engaged_is_asked_also_where_nearer_ones_become_free_meanwhile(town: Town) -> None:
    """Fourteen ring for another alarm, 25 are in other hands at this moment; the fourteen are freed in between."""
    incident = await town.arrest()
    near = await town.volunteers(*(20 + 5 * n for n in range(14)))
    in_other_hands = await town.volunteers(*(100 + 10 * n for n in range(25)))
    await town.volunteers(*(350 + 10 * n for n in range(8)))
    await town.volunteers(*(3000 + 10 * n for n in range(20)))
    await town.rows(
        "INSERT INTO volunteers.engagement SELECT id, 'live', $2, 'ringing', now() FROM unnest($1::uuid[]) AS v (id)",
        near,
        without_time(),
    )

    async def they_are_freed() -> None:
        await town.rows("DELETE FROM volunteers.engagement WHERE volunteer_id = ANY($1::uuid[])", near)

    other = await asyncpg.connect(town.database.dsn)
    async with other.transaction():
        await other.execute(
            "SELECT 1 FROM volunteers.volunteer WHERE id = ANY($1::uuid[]) FOR NO KEY UPDATE", in_other_hands
        )
        async with town.acting() as c:
            between = cast("Connection", AfterTheFirstLook(c, they_are_freed))
            locked, place = await queries.lock(c, incident), await queries.place_of(c, incident)
            assert locked is not None
            assert place is not None
            policy = read_policy(locked.policy)
            await ask_wave(between, locked, place, policy, Ask(policy.at_once, policy.reach_m), [], town.now)
    await other.close()

    assert len(await town.ringing(incident)) == 20
    assert await town.engaged() == await town.ringing(incident)
