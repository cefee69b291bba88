"""Who plays in these tests: volunteers in a database of their own."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from backend.foundation.database import Connection, connect
from backend.foundation.ids import DeviceId, VolunteerId, in_order, without_time
from backend.locations import queries
from backend.locations import report as reporting
from backend.locations.position import Judged, Report
from backend.volunteers import bulk
from tests.harness.keys import RING

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
FOUNTAIN = (55.67810, 12.57280)
STATION = (55.67270, 12.56460)


async def report(
    connection: Connection, volunteer_id: VolunteerId, reports: Sequence[Report], sent_at: datetime, now: datetime
) -> list[Judged]:
    """As a phone's report is kept, in one transaction."""

    async def keep(item: queries.Newest, received_at: datetime) -> queries.Kept | None:
        kept = await queries.keep_newest(connection, [item], received_at)
        return kept[0] if kept else None

    reported = await reporting.report(keep, volunteer_id, reports, sent_at, now)
    if reported.mission is not None and reported.exact is not None:
        await reporting.keep_exact(connection, volunteer_id, reported.mission, reported.exact)
    return reported.judged


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[Connection]:
    """A connection in a transaction, as the owner."""
    connection = await connect(dsn, RING)
    try:
        async with connection.transaction():
            yield connection
    finally:
        await connection.close()


async def volunteers(connection: Connection, how_many: int = 1) -> list[VolunteerId]:
    """People on duty who consent to alarms and location and have no position yet."""
    ids = [VolunteerId(without_time()) for _ in range(how_many)]
    rows = [
        bulk.BulkVolunteer(
            id=each,
            device_id=DeviceId(without_time()),
            phone=f"+45{20_000_000 + i}",
            phone_hash=each.bytes,
            name="Anna",
            birth_year=1990,
            fcm_token=str(each),
        )
        for i, each in enumerate(ids)
    ]
    await bulk.insert(connection, rows, NOW)
    return ids


async def engage(connection: Connection, volunteer_id: VolunteerId, state: str) -> object:
    """Ringing for, or on a mission of, some incident; returns its id."""
    incident = in_order()
    await connection.execute(
        """
        INSERT INTO volunteers.engagement (volunteer_id, kind, incident_id, state, since)
        VALUES ($1, 'live', $2, $3, $4)
        """,
        volunteer_id,
        incident,
        state,
        NOW,
    )
    return incident
