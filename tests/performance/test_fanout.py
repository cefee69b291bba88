"""A small drill through the processes as they run in earnest: a push for each device, none lost, none doubled."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from backend.demo import parts
from backend.foundation.database import Actor, Lane, Role, open_database
from tests.harness.running import running_service
from tests.performance import drill
from tests.performance.drill import Log

DEVICES = 2_000
DUE_IN_S = 2.0


async def test_a_drill_reaches_every_device_once_and_is_written_down_to_the_last_result(
    database_dsn: str, tmp_path: Path
) -> None:
    async with running_service(database_dsn, tmp_path / "service", worker=True) as service:
        hash_key = service.folder.phone_hash_key.read_bytes()
        drilled = await drill.prepare(service.dsn, service.ring, hash_key, DEVICES, datetime.now(UTC))
        database = await open_database(service.dsn, dict.fromkeys(Lane, 1), carries=service.ring)
        log = Log(parts.fcm_log(service.folder))
        log.mark()

        await drill.queue(database, drilled.people, datetime.now(UTC) + timedelta(seconds=DUE_IN_S))
        await drill.until_told(service.dsn, log, DEVICES)
        await drill.until_sealed(service.dsn)

        fanned = await asyncio.to_thread(log.since_mark, drilled.devices)
        assert (fanned.devices, fanned.lost) == (DEVICES, 0)
        async with database.acting_as(Actor(Role.WORKER)) as connection:
            states = await connection.fetch("SELECT state, attempts, ambiguous FROM delivery.delivery")
            counted = await connection.fetchrow(
                "SELECT (SELECT count(*) FROM delivery.attempt), (SELECT count(*) FROM delivery.attempt_result)"
            )
        await database.close()
    assert {row["state"] for row in states} == {"accepted"}
    assert counted is not None
    attempts, results = counted
    assert attempts == results == sum(row["attempts"] for row in states)
    # More than one only where nobody knows whether the first arrived: on a machine that had no time for it.
    assert fanned.doubled <= sum(row["ambiguous"] for row in states)
    assert fanned.pushes <= attempts
