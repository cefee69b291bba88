"""A phone says where it was; we keep one cell, on our own clock, and forget the rest."""

import asyncio
from datetime import datetime, timedelta

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.foundation.ids import VolunteerId
from backend.locations import availability, bulk, cells, housekeeping, places
from backend.locations.position import FixedPlace, Judged, Outcome, Reason, Report, on_our_clock
from backend.locations.renew import renew_positions
from backend.locations.still_here import still_here
from tests.places.cast import FOUNTAIN, NOW, STATION, connected, engage, report, volunteers

ACCEPTED, OLDER = Judged(Outcome.ACCEPTED), Judged(Outcome.OLDER)


def at(place: tuple[float, float], minutes_ago: float, accuracy_m: float | None = 10.0) -> Report:
    return Report(lat=place[0], lon=place[1], accuracy_m=accuracy_m, measured_at=NOW - timedelta(minutes=minutes_ago))


async def kept(connection: object, volunteer_id: VolunteerId) -> asyncpg.Record | None:
    assert isinstance(connection, asyncpg.Connection)
    return await connection.fetchrow("SELECT * FROM locations.position WHERE volunteer_id = $1", volunteer_id)


async def test_a_coordinate_is_kept_as_a_cell_and_nothing_else(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        [anna] = await volunteers(db)
        assert await report(db, anna, [at(FOUNTAIN, 1)], NOW, NOW) == [ACCEPTED]
        row = await kept(db, anna)
        assert row is not None
        assert row["cell"] == cells.cell_of(*FOUNTAIN)
        assert row["cell_r9"] == cells.res9_parent(row["cell"])
        assert (row["available"], row["coarse"]) == (True, False)
        assert row["seen_at"] == row["measured_at"] == NOW - timedelta(minutes=1)
        assert await db.fetchval("SELECT count(*) FROM locations.mission_position") == 0


async def test_a_batch_may_come_oldest_or_newest_first_and_twice(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        anna, ben = await volunteers(db, 2)
        trip = [at(STATION, 9), at(STATION, 5), at(FOUNTAIN, 1, accuracy_m=None)]
        assert await report(db, anna, trip, NOW, NOW) == [ACCEPTED] * 3
        assert await report(db, ben, trip[::-1], NOW, NOW) == [ACCEPTED, OLDER, OLDER]
        for each in (anna, ben):
            row = await kept(db, each)
            assert row is not None
            assert row["cell"] == cells.cell_of(*FOUNTAIN)
            assert row["accuracy_m"] is None
        assert await report(db, anna, trip, NOW, NOW) == [OLDER] * 3
        assert await report(db, anna, [at(STATION, 30)], NOW, NOW) == [OLDER]


async def test_each_item_is_judged_alone(database_dsn: str) -> None:
    """One bad item spoils no other."""
    nan, inf = float("nan"), float("inf")
    async with connected(database_dsn) as db:
        [anna] = await volunteers(db)
        batch = [
            Report(nan, 12.5, None, NOW),
            Report(55.6, inf, None, NOW),
            Report(95.0, 12.5, None, NOW),
            Report(55.6, 181.0, None, NOW),
            Report(55.6, 12.5, -1.0, NOW),
            at(FOUNTAIN, -1),
            at(FOUNTAIN, 72 * 60 + 1),
            at(FOUNTAIN, 2),
        ]
        assert await report(db, anna, batch, NOW, NOW) == [
            Judged(Outcome.REFUSED, Reason.NOT_FINITE),
            Judged(Outcome.REFUSED, Reason.NOT_FINITE),
            Judged(Outcome.REFUSED, Reason.OUT_OF_RANGE),
            Judged(Outcome.REFUSED, Reason.OUT_OF_RANGE),
            Judged(Outcome.REFUSED, Reason.ACCURACY),
            Judged(Outcome.REFUSED, Reason.IN_THE_FUTURE),
            Judged(Outcome.REFUSED, Reason.TOO_OLD),
            ACCEPTED,
        ]
        assert await report(db, anna, [Report(nan, 12.5, None, NOW)], NOW, NOW) == [
            Judged(Outcome.REFUSED, Reason.NOT_FINITE)
        ]


async def test_without_consent_or_after_leaving_nothing_is_kept(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        anna, ben = await volunteers(db, 2)
        await db.execute(
            "UPDATE volunteers.consent SET withdrawn_at = $2 WHERE volunteer_id = $1 AND purpose = 'location'",
            anna,
            NOW,
        )
        await db.execute(
            "UPDATE volunteers.volunteer SET state = 'withdrawn', withdrawn_at = $2 WHERE id = $1", ben, NOW
        )
        refused = await report(db, anna, [at(FOUNTAIN, 1)], NOW, NOW)
        assert refused == [Judged(Outcome.REFUSED, Reason.NO_LOCATION_CONSENT)]
        assert await report(db, ben, [at(FOUNTAIN, 1)], NOW, NOW) == [Judged(Outcome.REFUSED, Reason.WITHDRAWN)]
        assert await places.set_place(db, anna, FixedPlace.HOME, *FOUNTAIN, NOW) == refused[0]
        assert await db.fetchval("SELECT count(*) FROM locations.position") == 0
        assert await db.fetchval("SELECT count(*) FROM locations.fixed_place") == 0


@pytest.mark.parametrize("wrong_by", [timedelta(0), timedelta(days=-400), timedelta(hours=3), timedelta(seconds=-20)])
async def test_a_phone_whose_clock_is_wrong_still_has_the_right_age(database_dsn: str, wrong_by: timedelta) -> None:
    """Measured five minutes before it was sent: five minutes old, whatever the phone's clock says."""
    async with connected(database_dsn) as db:
        [anna] = await volunteers(db)
        item = Report(*FOUNTAIN, accuracy_m=5.0, measured_at=NOW + wrong_by - timedelta(minutes=5))
        assert await report(db, anna, [item], NOW + wrong_by, NOW) == [ACCEPTED]
        row = await kept(db, anna)
        assert row is not None
        assert row["measured_at"] == NOW - timedelta(minutes=5)


times = st.integers(-100_000_000, 100_000_000).map(lambda seconds: NOW + timedelta(seconds=seconds))


@given(times, times, times)
def test_nothing_was_measured_later_than_it_was_received(
    measured: datetime, sent: datetime, received: datetime
) -> None:
    ours = on_our_clock(measured, sent, received)
    assert ours <= received
    if measured <= sent:
        assert received - ours == sent - measured


async def test_whoever_chose_coarse_is_kept_coarse(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        anna, ben = await volunteers(db, 2)
        await db.execute("UPDATE volunteers.volunteer SET coarse_position = true WHERE id = $1", anna)
        await report(db, anna, [at(FOUNTAIN, 1)], NOW, NOW)
        await report(db, ben, [at(FOUNTAIN, 1)], NOW, NOW)
        await places.set_place(db, ben, FixedPlace.WORK, *STATION, NOW)
        row = await kept(db, anna)
        assert row is not None
        assert row["coarse"]
        assert row["cell"] == cells.coarsened(cells.cell_of(*FOUNTAIN))

        await availability.make_coarse(db, ben)
        row = await kept(db, ben)
        assert row is not None
        assert row["coarse"]
        assert row["cell"] == cells.coarsened(cells.cell_of(*FOUNTAIN))
        assert row["cell_r9"] == cells.res9_parent(row["cell"])
        work = await db.fetchrow("SELECT cell, cell_r9 FROM locations.fixed_place WHERE volunteer_id = $1", ben)
        assert work is not None
        assert work["cell"] == cells.coarsened(cells.cell_of(*STATION))
        assert work["cell_r9"] == cells.res9_parent(work["cell"])


async def test_the_exact_point_is_kept_on_a_mission_only(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        anna, ben = await volunteers(db, 2)
        incident = await engage(db, anna, "mission")
        await engage(db, ben, "ringing")
        for each in (anna, ben):
            await report(db, each, [at(STATION, 3), at(FOUNTAIN, 1)], NOW, NOW)
        rows = await db.fetch("SELECT volunteer_id, incident_id, lat, lon FROM locations.mission_position")
        assert [tuple(row) for row in rows] == [(anna, incident, *FOUNTAIN)]

        assert await housekeeping.delete_exact_points(db, NOW) == 0
        await db.execute("DELETE FROM volunteers.engagement WHERE volunteer_id = $1", anna)
        assert await housekeeping.delete_exact_points(db, NOW) == 1


async def test_a_heartbeat_renews_the_age_and_invents_no_position(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        anna, ben = await volunteers(db, 2)
        await report(db, anna, [at(FOUNTAIN, 60)], NOW, NOW)
        later = NOW + timedelta(hours=70)
        assert await still_here(db, anna, later)
        assert not await still_here(db, ben, later)
        row = await kept(db, anna)
        assert row is not None
        assert (row["seen_at"], row["measured_at"]) == (later, NOW - timedelta(minutes=60))
        assert row["cell"] == cells.cell_of(*FOUNTAIN)


async def test_after_72_hours_without_a_sign_a_position_is_gone_and_it_is_said_whose(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        anna, ben, cleo = await volunteers(db, 3)
        for each in (anna, ben, cleo):
            await report(db, each, [at(FOUNTAIN, 0)], NOW, NOW)
            await places.set_place(db, each, FixedPlace.HOME, *STATION, NOW)
        await still_here(db, ben, NOW + timedelta(hours=1))
        assert await housekeeping.delete_stale(db, NOW + timedelta(hours=72)) == []
        lost = await housekeeping.delete_stale(db, NOW + timedelta(hours=72, seconds=1), at_most=1)
        lost += await housekeeping.delete_stale(db, NOW + timedelta(hours=72, seconds=1))
        assert set(lost) == {anna, cleo}
        assert await kept(db, ben) is not None
        assert await places.places_set(db, anna) == [FixedPlace.HOME]


async def test_off_duty_leaves_the_index_and_forgetting_leaves_nothing(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        anna, ben = await volunteers(db, 2)
        for each in (anna, ben):
            await report(db, each, [at(FOUNTAIN, 0)], NOW, NOW)
            await places.set_place(db, each, FixedPlace.HOME, *STATION, NOW)
            await places.set_place(db, each, FixedPlace.WORK, *STATION, NOW)
        await availability.set_available(db, anna, available=False)
        counted = """
          SELECT (SELECT count(*) FROM locations.position WHERE available)
               + (SELECT count(*) FROM locations.fixed_place WHERE available)
        """
        assert await db.fetchval(counted) == 3
        await db.execute("UPDATE volunteers.volunteer SET on_duty = false WHERE id = $1", anna)
        await report(db, anna, [at(STATION, -0.01)], NOW + timedelta(minutes=1), NOW + timedelta(minutes=1))
        assert await db.fetchval(counted) == 3
        assert await places.delete_place(db, ben, FixedPlace.WORK)
        assert not await places.delete_place(db, ben, FixedPlace.WORK)
        await availability.forget(db, ben)
        assert await kept(db, ben) is None
        assert await places.places_set(db, ben) == []


async def test_two_reports_at_once_leave_the_newer_one(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        [anna] = await volunteers(db)

    async def send(minutes_ago: float) -> None:
        async with connected(database_dsn) as own:
            await report(own, anna, [at(FOUNTAIN if minutes_ago < 1 else STATION, minutes_ago)], NOW, NOW)

    await asyncio.gather(*(send(minutes) for minutes in (3, 0.5, 2, 4, 1)))
    async with connected(database_dsn) as db:
        row = await kept(db, anna)
        assert row is not None
        assert row["cell"] == cells.cell_of(*FOUNTAIN)


async def test_a_country_is_seeded_at_once(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        people = await volunteers(db, 50)
        seeds = [bulk.Seed(each, 55.0 + i / 100, 10.0, NOW, coarse=i == 7) for i, each in enumerate(people)]
        assert await bulk.seed_positions(db, seeds) == 50
        row = await kept(db, people[7])
        assert row is not None
        assert row["cell"] == cells.coarsened(cells.cell_of(55.07, 10.0))
        assert row["cell_r9"] == cells.res9_parent(row["cell"])


async def test_a_country_wakes_up_where_it_was_and_nobody_comes_back_on_duty(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        anna, ben, cleo = await volunteers(db, 3)
        await bulk.seed_positions(
            db, [bulk.Seed(anna, *FOUNTAIN, NOW), bulk.Seed(ben, *FOUNTAIN, NOW, available=False)]
        )
        await db.execute(
            "UPDATE volunteers.volunteer SET state = 'withdrawn', withdrawn_at = $2 WHERE id = $1", cleo, NOW
        )
        later = NOW + timedelta(days=9)
        await renew_positions(db, [bulk.Seed(each, *STATION, later) for each in (anna, ben, cleo)])
        rows = await db.fetch("SELECT volunteer_id, cell, available, seen_at FROM locations.position")
        there = cells.cell_of(*STATION)
        assert {tuple(row) for row in rows} == {(anna, there, True, later), (ben, there, False, later)}
