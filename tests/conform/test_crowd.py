"""The test centre: a vendor's report is answered by people who are nobody, each by habit."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import asyncpg
import pytest

from backend.conform.reference_client import DispatchSystem
from backend.foundation.database import Actor, Lane, Role, open_database
from backend.foundation.ids import DeviceId, VolunteerId
from backend.foundation.kinds import Kind
from backend.identity.keys import keys_from
from backend.identity.tokens import Audience, issue_access_token
from backend.rehearsal.crowd import HABITS, PLACES, Habit, Person, everybody, play
from backend.volunteers.made_up_people import enrol_made_up
from tests.harness.running import Service

PACE = 50.0


async def enrolled(dsn: str, people: list[Person]) -> None:
    """Put in; doing it again puts nobody in."""
    database = await open_database(dsn, {Lane.REST: 1})
    for new in (len(people), 0):
        async with database.acting_as(Actor(Role.API), Lane.REST) as connection:
            ids = [(VolunteerId(each.volunteer_id), DeviceId(each.device_id)) for each in people]
            assert await enrol_made_up(connection, ids, datetime.now(UTC)) == new
    await database.close()


@pytest.fixture
async def crowd(service: Service) -> AsyncIterator[Service]:
    """The people of Odense, at work."""
    people = everybody()[: len(HABITS)]
    await enrolled(service.dsn, people)
    folder = service.folder
    keys = keys_from(folder.signing_key.read_bytes(), folder.phone_hash_key.read_bytes())

    def token_of(person: Person) -> str:
        claims = {"device": str(person.device_id), "kind": Kind.TEST.value}
        return issue_access_token(keys.signing, Audience.MOBILE, person.volunteer_id, claims, datetime.now(UTC))[0]

    playing = asyncio.create_task(play(service.url, people, token_of, pace=PACE, tell=lambda _line: None))
    async with asyncio.timeout(20):
        while await positions(service.dsn) < len(people):
            pass
    yield service
    playing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await playing


async def positions(dsn: str) -> int:
    connection = await asyncpg.connect(dsn)
    count: int = await connection.fetchval("SELECT count(*) FROM locations.position")
    await connection.close()
    return count


async def test_a_vendor_sees_people_come_decline_fall_silent_and_give_up(crowd: Service) -> None:
    lat, lon = PLACES["Odense"]
    async with aiohttp.ClientSession() as session:
        vendor = DispatchSystem(session, crowd.url, *await crowd.client("amk-test", Kind.TEST))
        report = {"case_number": "trial-1", "position": {"system": "WGS84", "lat": lat, "lon": lon}}
        incident = await vendor.report(report)
        assert incident["kind"] == "test"
        by_habit: dict[Habit, list[Any]] = {habit: [] for habit in Habit}
        async with asyncio.timeout(30):
            async for event in vendor.follow(incident["id"]):
                seen = await vendor.incident(incident["id"])
                nearest_first = sorted(seen["volunteers"], key=lambda each: each["metres"])
                by_habit = {habit: [] for habit in Habit}
                for habit, person in zip(HABITS, nearest_first, strict=True):
                    by_habit[habit].append(person)
                if event.name == "gave_up" or states(by_habit[Habit.GIVES_UP]) == {"gave_up"}:
                    break
        assert states(by_habit[Habit.DECLINES]) == {"declined"}
        assert states(by_habit[Habit.SILENT]) == {"ringing"}
        assert by_habit[Habit.SILENT][0]["receipt_at"] is not None
        assert by_habit[Habit.DEAF][0]["receipt_at"] is None
        assert states(by_habit[Habit.GOES]) <= {"accepted", "finished"}

        stopped = await vendor.stand_down(incident["id"], "sent_in_error")
        assert stopped.keys() >= {"sent", "stopped", "late"}
        ended = await vendor.incident(incident["id"])
    assert {"ringing", "accepted"} & states(ended["volunteers"]) == set()


def states(people: list[Any]) -> set[str]:
    return {each["state"] for each in people}


async def test_nobody_of_the_test_centre_can_be_reached_outside_it(database_dsn: str) -> None:
    """No number, no name, no address but the app's own stream; and all of kind test."""
    await enrolled(database_dsn, everybody())
    connection = await asyncpg.connect(database_dsn)
    kinds = await connection.fetch("SELECT DISTINCT kind FROM volunteers.volunteer")
    named = await connection.fetchval("SELECT count(*) FROM volunteers.volunteer_identity")
    channels = await connection.fetch("SELECT DISTINCT kind, channel, value FROM volunteers.address")
    await connection.close()
    assert [row["kind"] for row in kinds] == ["test"]
    assert named == 0
    assert [tuple(row) for row in channels] == [("test", "in_app", None)]


@pytest.mark.parametrize("channel", ["sms", "fcm_token", "fcm_fid", "apns", "webpush"])
async def test_the_database_takes_no_address_of_a_phone_for_them(database_dsn: str, channel: str) -> None:
    person = everybody()[0]
    await enrolled(database_dsn, [person])
    connection = await asyncpg.connect(database_dsn)
    with pytest.raises(asyncpg.CheckViolationError, match="test_people_have_no_phone"):
        await connection.execute(
            """
            INSERT INTO volunteers.address
              (id, volunteer_id, kind, device_id, channel, value, health, created_at, changed_at)
            VALUES (gen_random_uuid(), $1, 'test', CASE WHEN $2 <> 'sms' THEN $3::uuid END, $2,
                    CASE WHEN $2 <> 'sms' THEN 'somewhere' END, 'healthy', now(), now())
            """,
            person.volunteer_id,
            channel,
            person.device_id,
        )
    await connection.close()
