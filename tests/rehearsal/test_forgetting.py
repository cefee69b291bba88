"""The synthetic alarm leaves nothing behind, and nothing else goes with it."""

from datetime import timedelta

import asyncpg
import pytest

from backend.foundation.database import Role
from backend.foundation.kinds import Kind
from backend.responses.status import Status
from backend.worker import synthetic
from tests.alarm.cast import Town
from tests.alarm.conftest import town

__all__ = ["town"]

INCIDENT_SIDE = ("foundation", "delivery", "incidents", "selection", "alerts", "responses")


async def an_alarm(town: Town, kind: Kind) -> None:
    """From the report to the end, with everything a life of one can leave."""
    at = (55.0 + 0.1 * list(Kind).index(kind), 10.0)
    (helper, other) = await town.volunteers(100, 200, kind=kind, at=at)
    incident = await town.arrest(at, kind=kind)
    for sql in (
        """
        INSERT INTO delivery.attempt (id, delivery_id, fence, provider, started_at)
        SELECT id, id, 1, channel, queued_at FROM delivery.delivery WHERE kind = $1
        """,
        """
        INSERT INTO delivery.attempt_result (attempt_id, outcome, ended_at)
        SELECT id, 'accepted', queued_at FROM delivery.delivery WHERE kind = $1
        """,
        """
        INSERT INTO delivery.answer_link (token_hash, message_id, expires_at)
        SELECT uuid_send(id), id, expires_at FROM delivery.message WHERE kind = $1
        """,
    ):
        await town.rows(sql, kind.value)
    await town.shows(incident, helper)
    await town.accepts(incident, helper)
    await town.declines(incident, other)
    await town.tells(incident, helper, Status.ON_SCENE)
    await town.ends(incident)


async def rows_by_table(town: Town) -> dict[str, int]:
    tables = await town.rows(
        """
        SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname = ANY($1::text[]) ORDER BY 1
        """,
        list(INCIDENT_SIDE),
    )
    connection = await asyncpg.connect(town.database.dsn)
    counted = {row["name"]: await connection.fetchval("SELECT count(*) FROM " + row["name"]) for row in tables}  # noqa: S608
    await connection.close()
    return counted


async def forget(town: Town) -> int:
    async with town.acting(Role.WORKER) as connection:
        return await synthetic.forget(connection, town.now)


async def test_an_hour_after_its_end_it_is_as_if_it_had_never_been(town: Town) -> None:
    for kind in (Kind.LIVE, Kind.EXERCISE, Kind.TEST):
        await an_alarm(town, kind)
    before = await rows_by_table(town)
    await an_alarm(town, Kind.SYNTHETIC)
    after = await rows_by_table(town)
    assert {table for table in after if after[table] > before[table]} >= {
        *("alerts.alert", "delivery.attempt", "delivery.attempt_result", "delivery.delivery", "delivery.message"),
        *("delivery.receipt", "delivery.answer_link", "foundation.journal_entry", "incidents.incident"),
        *("incidents.incident_place", "responses.status", "selection.candidate"),
    }

    assert await forget(town) == 0, "it has just ended"
    town.clock.advance(timedelta(hours=1, seconds=1))
    assert await forget(town) == 1
    assert await rows_by_table(town) == before
    assert await forget(town) == 0


async def test_one_that_still_runs_is_left_alone(town: Town) -> None:
    await town.volunteers(100, kind=Kind.SYNTHETIC)
    await town.arrest(kind=Kind.SYNTHETIC)
    town.clock.advance(timedelta(hours=20))
    assert await forget(town) == 0


@pytest.mark.parametrize("kind", [Kind.LIVE, Kind.EXERCISE, Kind.TEST])
async def test_what_the_worker_may_remove_is_synthetic_whatever_it_asks_for(town: Town, kind: Kind) -> None:
    """The functions look at the kind themselves: no mistake and no thief of the worker's log-in erases an alarm."""
    await an_alarm(town, kind)
    before = await rows_by_table(town)
    async with town.acting(Role.WORKER) as connection:
        incidents = [row["id"] for row in await connection.fetch("SELECT id FROM incidents.incident")]
        alerts = [row["id"] for row in await connection.fetch("SELECT id FROM alerts.alert")]
        for room, ids in [(room, incidents) for room in INCIDENT_SIDE if room not in ("delivery", "selection")] + [
            ("delivery", alerts)
        ]:
            await connection.fetch(f"SELECT {room}.forget_synthetic($1)", ids)
    assert await rows_by_table(town) == before


@pytest.mark.parametrize("role", [Role.API, Role.STATS, Role.CAMPAIGNS])
async def test_nobody_but_the_worker_removes_even_that(town: Town, role: Role) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with town.acting(role) as connection:
            await connection.fetch("SELECT incidents.forget_synthetic('{}')")
