"""A dispatch system says that it lives; when it stops doing so, that is noticed once, and its coming back once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from typer.testing import CliRunner

from backend.cli import centre
from backend.foundation.database import Database, Lane, open_database
from backend.foundation.journal import Event
from backend.foundation.telemetry import feed_silent_seconds
from backend.regions.shipped import centre_id
from backend.worker import feeds
from tests.edge.cast import NOW, Edge
from tests.harness.keys import RING

HOVEDSTADEN = centre_id("amk-hovedstaden")


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    database = await open_database(database_dsn, dict.fromkeys(Lane, 1), carries=RING)
    yield database
    await database.close()


async def beats(edge: Edge, clock_off_s: float = 0.0, kind: str = "live") -> Any:
    sent_at = edge.clock.now() + timedelta(seconds=clock_off_s)
    return await edge.http.post(
        "/dispatch/v1/heartbeat", json={"sent_at": sent_at.isoformat()}, headers=edge.as_centre(kind=kind)
    )


async def reads(edge: Edge, kind: str = "live") -> Any:
    return (await edge.http.get("/dispatch/v1/centre", headers=edge.as_centre(kind=kind))).json()


async def told(dsn: str) -> list[tuple[str, Any]]:
    """The journal's entries about feeds, of this centre."""
    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch(
        "SELECT event, facts->>'silent_s' AS s FROM foundation.journal_entry WHERE centre_id = $1 ORDER BY id",
        HOVEDSTADEN,
    )
    await connection.close()
    return [(row["event"], float(row["s"])) for row in rows]


def figure(kind: str = "live") -> float:
    return float(feed_silent_seconds.labels("amk-hovedstaden", kind)._value.get())


@pytest.mark.parametrize("off_s", [90.0, -90.0, 0.0])
async def test_a_heartbeat_is_told_how_far_its_clock_is_off_and_when_the_next_is_due(edge: Edge, off_s: float) -> None:
    answer = await beats(edge, off_s)

    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert (off_s, "2026-11-21T20:05:00Z", "2026-11-21T20:06:30Z") == (
        said["clock_ahead_s"],
        said["received_at"],
        said["next_by"],
    )


async def test_a_centre_sees_its_kind_its_heartbeats_and_the_channels(edge: Edge) -> None:
    before = await reads(edge)
    await beats(edge, 90.0)
    after = await reads(edge)
    edge.clock.advance(timedelta(seconds=91))
    late = await reads(edge)

    assert (before["code"], before["kind"], before["feed"]["state"]) == ("amk-hovedstaden", "live", "never_heard")
    assert [{"channel": each, "on": True} for each in ("fcm", "in_app", "sms")] == before["channels"]
    assert (after["feed"]["state"], after["feed"]["clock_ahead_s"]) == ("heard", 90.0)
    assert ("silent", after["feed"]["heard_at"]) == (late["feed"]["state"], late["feed"]["heard_at"])


async def test_silence_is_told_once_and_its_end_once_however_many_look(
    edge: Edge, database: Database, database_dsn: str
) -> None:
    await beats(edge)
    edge.clock.advance(timedelta(seconds=90))
    await feeds.look(database, edge.clock)
    assert (await told(database_dsn), figure()) == ([], 0.0), "90 s are in time"

    edge.clock.advance(timedelta(seconds=5))
    for _ in range(3):
        await feeds.look(database, edge.clock)
        edge.clock.advance(timedelta(seconds=5))
    assert (await told(database_dsn), figure()) == ([(Event.FEED_SILENT, 95.0)], 105.0)

    await beats(edge)
    for _ in range(3):
        await feeds.look(database, edge.clock)
    assert await told(database_dsn) == [(Event.FEED_SILENT, 95.0), (Event.FEED_HEARD, 110.0)]
    assert figure() == 0.0


async def test_each_kind_of_a_centre_s_systems_is_a_feed_of_its_own(
    edge: Edge, database: Database, database_dsn: str
) -> None:
    """The vendor's trial goes on; the live system has stopped."""
    await beats(edge)
    edge.clock.advance(timedelta(seconds=100))
    await beats(edge, kind="test")

    await feeds.look(database, edge.clock)

    assert (figure("live"), figure("test")) == (100.0, 0.0)
    assert await told(database_dsn) == [(Event.FEED_SILENT, 100.0)]


async def test_a_system_that_never_sent_a_heartbeat_is_not_missed(
    edge: Edge, database: Database, database_dsn: str
) -> None:
    edge.clock.advance(timedelta(hours=1))
    await feeds.look(database, edge.clock)
    assert await told(database_dsn) == []


async def test_a_system_that_may_only_read_cannot_speak_for_the_feed(edge: Edge) -> None:
    headers = edge.as_centre(scope="incidents:read")
    answer = await edge.http.post("/dispatch/v1/heartbeat", json={"sent_at": NOW.isoformat()}, headers=headers)
    assert answer.status_code == 403


async def test_an_operator_sees_the_feeds_and_forgets_one_that_is_out_of_use(
    edge: Edge, database: Database, database_dsn: str
) -> None:
    await beats(edge, 90.0, kind="test")
    run, at = CliRunner(), ["--database-url", database_dsn]

    shown = await asyncio.to_thread(run.invoke, centre.app, ["feeds", *at])
    forgotten = await asyncio.to_thread(
        run.invoke, centre.app, ["forget-feed", "amk-hovedstaden", "--kind", "test", *at]
    )
    twice = await asyncio.to_thread(run.invoke, centre.app, ["forget-feed", "amk-hovedstaden", "--kind", "test", *at])

    assert shown.stdout.split()[:2] == ["amk-hovedstaden", "test"]
    assert "clock +90.0 s" in shown.stdout
    assert " CE" in shown.stdout, "Danish time, and said so"
    assert (forgotten.exit_code, twice.exit_code) == (0, 1)
    edge.clock.advance(timedelta(hours=1))
    await feeds.look(database, edge.clock)
    assert await told(database_dsn) == []
