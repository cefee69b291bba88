"""What many phones report at once is kept in few commits, and each is answered for itself."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from backend.foundation.database import Database, Lane, open_database
from backend.foundation.ids import VolunteerId, without_time
from backend.locations import report as reporting
from backend.locations.cells import cell_of
from backend.locations.gather import Gatherer
from backend.locations.position import Judged, Outcome, Reason, Report
from tests.harness.keys import RING
from tests.places.cast import FOUNTAIN, NOW, STATION, connected, volunteers

ACCEPTED, OLDER = Judged(Outcome.ACCEPTED), Judged(Outcome.OLDER)


class Street:
    """People whose phones report to one process."""

    def __init__(self, database: Database, people: list[VolunteerId]) -> None:
        self.database = database
        self.gatherer = Gatherer(database)
        self.people = people

    async def reports(self, who: VolunteerId, minutes_ago: float, at: tuple[float, float] = FOUNTAIN) -> list[Judged]:
        item = Report(*at, accuracy_m=10.0, measured_at=NOW - timedelta(minutes=minutes_ago))
        return (await reporting.report(self.gatherer.keep, who, [item], NOW, NOW)).judged

    async def known(self) -> dict[VolunteerId, int]:
        async with connected(self.database.dsn) as db:
            rows = await db.fetch("SELECT volunteer_id, cell FROM locations.position")
        return {row["volunteer_id"]: row["cell"] for row in rows}

    async def commits(self) -> int:
        """Different transactions that wrote the rows there are."""
        async with connected(self.database.dsn) as db:
            return int(await db.fetchval("SELECT count(DISTINCT xmin::text) FROM locations.position"))


@pytest.fixture
async def street(database_dsn: str) -> AsyncIterator[Street]:
    async with connected(database_dsn) as db:
        people = await volunteers(db, 200)
    database = await open_database(database_dsn, {Lane.LOCATIONS: 2}, carries=RING)
    street = Street(database, people)
    yield street
    await street.gatherer.stop()
    await database.close()


async def test_two_hundred_at_once_are_all_kept_in_a_handful_of_commits(street: Street) -> None:
    said = await asyncio.gather(*(street.reports(who, 1) for who in street.people))
    assert said == [[ACCEPTED]] * 200
    assert await street.known() == dict.fromkeys(street.people, cell_of(*FOUNTAIN))
    assert await street.commits() < 10


async def test_whoever_is_told_so_can_be_found_by_everybody(street: Street) -> None:
    """The answer comes after the commit: another connection sees the position at that moment."""
    for who in street.people[:5]:
        assert await street.reports(who, 1) == [ACCEPTED]
        assert who in await street.known()


async def test_the_newest_of_somebody_wins_in_whatever_order_they_come(street: Street) -> None:
    anna = street.people[0]
    minutes = [3.0, 0.5, 2.0, 4.0, 1.0]
    said = await asyncio.gather(*(street.reports(anna, each, FOUNTAIN if each < 1 else STATION) for each in minutes))
    assert said == [[ACCEPTED], [ACCEPTED], [OLDER], [OLDER], [OLDER]]
    assert await street.known() == {anna: cell_of(*FOUNTAIN)}


async def test_who_does_not_consent_or_is_nobody_spoils_it_for_no_one(street: Street) -> None:
    anna, ben, *others = street.people[:20]
    async with connected(street.database.dsn) as db:
        await db.execute(
            "UPDATE volunteers.volunteer SET state = 'withdrawn', withdrawn_at = $2 WHERE id = $1", anna, NOW
        )
        await db.execute(
            "UPDATE volunteers.consent SET withdrawn_at = $2 WHERE volunteer_id = $1 AND purpose = 'location'", ben, NOW
        )
    nobody = VolunteerId(without_time())
    said = await asyncio.gather(*(street.reports(who, 1) for who in (anna, ben, nobody, *others)))
    assert [each[0].reason for each in said[:3]] == [Reason.WITHDRAWN, Reason.NO_LOCATION_CONSENT, Reason.WITHDRAWN]
    assert said[3:] == [[ACCEPTED]] * len(others)


async def test_whom_somebody_else_holds_is_waited_for_by_nobody_but_themselves(street: Street) -> None:
    """One row is locked for long: that phone is told to come again, the others are kept."""
    held, *others = street.people[:8]
    assert await street.reports(held, 5) == [ACCEPTED]
    async with connected(street.database.dsn) as holder:
        await holder.execute("SELECT FROM locations.position WHERE volunteer_id = $1 FOR UPDATE", held)
        said = await asyncio.gather(*(street.reports(who, 1) for who in (held, *others)), return_exceptions=True)
        assert isinstance(said[0], asyncpg.LockNotAvailableError)
        assert said[1:] == [[ACCEPTED]] * len(others)
    assert await street.reports(held, 1) == [ACCEPTED]


async def test_what_cannot_be_written_is_refused_alone(street: Street) -> None:
    """Known to within a number no column holds: refused before it comes to that."""
    anna = street.people[0]
    absurd = Report(*FOUNTAIN, accuracy_m=1e300, measured_at=NOW)
    said = await reporting.report(street.gatherer.keep, anna, [absurd], NOW, NOW)
    assert said.judged == [Judged(Outcome.REFUSED, Reason.ACCURACY)]


async def test_where_the_database_is_gone_everybody_is_told(street: Street) -> None:
    """Nothing was kept, so nobody is answered as if it were; the next report finds a new connection."""
    async with connected(street.database.dsn) as db:
        await db.execute("ALTER TABLE locations.position RENAME TO elsewhere")
    said = await asyncio.gather(*(street.reports(who, 1) for who in street.people[:9]), return_exceptions=True)
    assert {type(each) for each in said} == {asyncpg.UndefinedTableError}
    async with connected(street.database.dsn) as db:
        await db.execute("ALTER TABLE locations.elsewhere RENAME TO position")
    assert await street.reports(street.people[0], 1) == [ACCEPTED]


async def test_a_phone_that_hangs_up_takes_nobody_with_it(street: Street) -> None:
    asking = [asyncio.create_task(street.reports(who, 1)) for who in street.people[:30]]
    await asyncio.sleep(0)
    asking[3].cancel()
    said = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(said[3], asyncio.CancelledError)
    assert [each for n, each in enumerate(said) if n != 3] == [[ACCEPTED]] * 29
