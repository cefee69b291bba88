"""An index in memory that lags, is lost or is wrong: the answer is that of the last commit, or there is none."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import asyncpg
import h3.api.basic_int as h3
import numpy as np
import pytest

from backend.foundation.database import Connection, Lane, open_database
from backend.foundation.ids import IncidentId, VolunteerId, in_order
from backend.locations import queries
from backend.locations.cells import cell_of, centre_of, coarsened, metres_between, res9_parent
from backend.locations.queries import Newest
from backend.selection.rank import rank
from tests.alarm.cast import Town, metres_east
from tests.alarm.test_the_nearest import by_brute_force, everybody, with_their_reasons
from tests.harness.keys import RING
from tests.performance.cell_feed import SCHEMA, Feed, follow, forget, load
from tests.performance.cell_index import ID, CellIndex
from tests.performance.contender import Alarm
from tests.performance.filling import run
from tests.performance.in_memory import MOST_CHANGED, find_near, following

REACH_M = 5_000


@pytest.fixture
async def town(database_dsn: str) -> AsyncIterator[Town]:
    """Where whoever changes is noted."""
    database = await open_database(
        database_dsn, {Lane.ALERTS: 4, Lane.ANSWERS: 1, Lane.LOCATIONS: 1, Lane.REST: 1}, carries=RING
    )
    await run(database_dsn, SCHEMA)
    town = Town(database)
    await town.begin()
    yield town
    await database.close()


@pytest.fixture
async def other(town: Town) -> AsyncIterator[Connection]:
    """Somebody else's connection, who may do anything."""
    connection = await asyncpg.connect(town.database.dsn)
    yield connection
    await connection.close()


async def kept(connection: Connection) -> Feed:
    """An index filled once, that follows nobody by itself."""
    feed = Feed("")
    feed.now = await load(connection)
    return feed


async def chosen(
    connection: Connection, feed: Feed, alarm: Alarm, town: Town, count: int = 20
) -> list[VolunteerId] | None:
    found = await find_near(connection, feed, alarm, REACH_M, count, town.now)
    if found is None:
        return None
    return [each.volunteer_id for each in rank(found, REACH_M, count, frozenset()).chosen]


def somewhere(rng: random.Random, within_m: float) -> Alarm:
    return Alarm(IncidentId(in_order()), *metres_east(rng.uniform(-within_m, within_m)))


async def put(connection: Connection, who: VolunteerId, cell: int) -> None:
    await connection.execute(
        "UPDATE locations.position SET cell = $2, cell_r9 = $3 WHERE volunteer_id = $1", who, cell, res9_parent(cell)
    )


async def something_happens(connection: Connection, crowd: Sequence[VolunteerId], rng: random.Random) -> None:
    """Somebody moves, goes off duty, comes back, is forgotten, or has a home."""
    who, cell = rng.choice(crowd), cell_of(*metres_east(rng.uniform(-1_500, 1_500)))
    match rng.randrange(8):
        case 0:
            await connection.execute(
                "UPDATE locations.position SET available = NOT available WHERE volunteer_id = $1", who
            )
        case 1:
            await connection.execute("DELETE FROM locations.position WHERE volunteer_id = $1", who)
        case 2:
            await connection.execute(
                """
                INSERT INTO locations.position (volunteer_id, cell, cell_r9, coarse, available, measured_at, seen_at)
                SELECT id, $2, $3, false, true, created_at, created_at FROM volunteers.volunteer WHERE id = $1
                ON CONFLICT (volunteer_id) DO UPDATE SET cell = EXCLUDED.cell, cell_r9 = EXCLUDED.cell_r9
                """,
                who,
                cell,
                res9_parent(cell),
            )
        case 3:
            await connection.execute(
                """
                INSERT INTO locations.fixed_place (volunteer_id, place, cell, cell_r9, available, set_at)
                VALUES ($1, 'home', $2, $3, true, now())
                ON CONFLICT (volunteer_id, place) DO UPDATE SET cell = EXCLUDED.cell, cell_r9 = EXCLUDED.cell_r9
                """,
                who,
                cell,
                res9_parent(cell),
            )
        case _:
            await put(connection, who, cell)


@pytest.mark.parametrize("lagging", [True, False], ids=["never told", "told each time"])
async def test_however_far_behind_it_is_the_answer_is_that_of_the_last_commit(
    town: Town, other: Connection, lagging: bool
) -> None:
    rng = random.Random(lagging)
    crowd = await town.volunteers(*(rng.uniform(-1_500, 1_500) for _ in range(300)))
    await with_their_reasons(town, crowd, rng)
    feed = await kept(other)
    before = 0
    for _ in range(18):
        async with other.transaction():
            for _ in range(10):
                await something_happens(other, crowd, rng)
        alarm = somewhere(rng, 1_500)
        people = await everybody(other, town.now)
        async with town.acting() as c:
            found = await chosen(c, feed, alarm, town)
            assert found == by_brute_force(alarm.incident_id, people, (alarm.lat, alarm.lon), 20)
        assert feed.now
        near = feed.now.index.near(alarm.lat, alarm.lon, REACH_M, 30)
        before += not {each.bytes for each in found or ()} <= set(near.ids)
        if not lagging:
            feed.now = await follow(other, feed.now)
    assert before > 5 or not lagging, "the index alone would have done"


async def test_while_everybody_moves_each_answer_is_that_of_a_moment(town: Town, other: Connection) -> None:
    """Many move in one commit, as the answer is made: it is the one before or the one after, never between."""
    rng = random.Random(3)
    crowd = await town.volunteers(*(rng.uniform(-1_500, 1_500) for _ in range(300)))
    differ = 0
    async with following(town.database.dsn) as feed:

        async def many_move() -> None:
            async with other.transaction():
                for who in rng.choices(crowd, k=30):
                    await put(other, who, cell_of(*metres_east(rng.uniform(-1_500, 1_500))))

        async def look(alarm: Alarm) -> list[VolunteerId] | None:
            await asyncio.sleep(rng.random() / 100)
            async with town.acting() as c:
                return await chosen(c, feed, alarm, town)

        for _ in range(30):
            alarm = somewhere(rng, 1_500)
            point = (alarm.lat, alarm.lon)
            before = by_brute_force(alarm.incident_id, await everybody(other, town.now), point, 20)
            found, _nothing = await asyncio.gather(look(alarm), many_move())
            after = by_brute_force(alarm.incident_id, await everybody(other, town.now), point, 20)
            assert found in (before, after)
            differ += before != after
    assert differ > 10, "nobody moved far enough to matter"


async def test_a_commit_is_not_missed_that_began_before_what_was_read(town: Town, other: Connection) -> None:
    """Its transaction has a smaller number than one that has been read already."""
    slow, quick = await town.volunteers(3_000, 3_100)
    alarm = Alarm(IncidentId(in_order()), *metres_east(0))
    second = await asyncpg.connect(town.database.dsn)
    try:
        late = other.transaction()
        await late.start()
        await put(other, slow, cell_of(*metres_east(10)))
        await put(second, quick, cell_of(*metres_east(500)))
        feed = await kept(second)
        assert feed.now
        assert feed.now.mark.running, "nobody was writing"
        await late.commit()
        async with town.acting() as c:
            assert await chosen(c, feed, alarm, town, count=1) == [slow]
        feed.now = await follow(second, feed.now)
        assert feed.now
        assert feed.now.index.near(alarm.lat, alarm.lon, 200, 1).ids == [slow.bytes]
    finally:
        await second.close()


async def test_what_was_taken_back_was_never_there(town: Town, other: Connection) -> None:
    (who,) = await town.volunteers(100)
    feed = await kept(other)
    taken_back = other.transaction()
    await taken_back.start()
    await put(other, who, cell_of(*metres_east(4_000)))
    await taken_back.rollback()
    async with town.acting() as c:
        assert await chosen(c, feed, somewhere(random.Random(1), 10), town) == [who]
    assert feed.now
    assert (await follow(other, feed.now)) is not None
    assert feed.now.index.changed == 0


async def test_without_the_notes_since_its_mark_it_is_not_asked(town: Town, other: Connection) -> None:
    """Notes that were forgotten, that a crash took, positions emptied at once, more changes than are looked at."""
    await town.volunteers(100, 200)
    alarm = somewhere(random.Random(1), 10)

    async def is_asked(feed: Feed) -> bool:
        async with town.acting() as c:
            return await chosen(c, feed, alarm, town) is not None

    old = await kept(other)
    for _ in range(2):
        await other.execute("SELECT pg_current_xact_id()")
        await forget(other, timedelta(0))
    assert not await is_asked(old)
    assert old.now
    assert await follow(other, old.now) is None

    lost = await kept(other)
    assert await is_asked(lost)
    await other.execute("TRUNCATE cell_feed.changed, cell_feed.kept")  # as unlogged tables are after a crash
    assert not await is_asked(lost)

    emptied = await kept(other)
    assert await is_asked(emptied)
    await other.execute("TRUNCATE locations.fixed_place")
    assert not await is_asked(emptied)

    far_behind = await kept(other)
    await other.execute(
        "INSERT INTO cell_feed.changed SELECT pg_current_xact_id(), gen_random_uuid() FROM generate_series(2, $1)",
        MOST_CHANGED,
    )
    assert await is_asked(far_behind)
    await other.execute("INSERT INTO cell_feed.changed SELECT pg_current_xact_id(), gen_random_uuid()")
    assert not await is_asked(far_behind)


async def test_an_older_snapshot_than_its_own_is_not_answered(town: Town, other: Connection) -> None:
    """In one that stands still the index may be ahead."""
    await town.volunteers(100)
    feed = await kept(other)
    async with other.transaction(isolation="repeatable_read"):
        assert await chosen(other, feed, somewhere(random.Random(1), 10), town) is None


async def test_whoever_loses_the_connection_has_no_index_until_it_is_filled_anew(town: Town, other: Connection) -> None:
    (who,) = await town.volunteers(100)
    alarm = somewhere(random.Random(1), 10)
    async with following(town.database.dsn) as feed:
        first = feed.now
        assert first
        ended = 0
        while not ended:  # until it has asked for the first time
            await asyncio.sleep(0.01)
            ended = await other.fetchval(
                """
                SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE datname = current_database() AND query LIKE '%cell_feed.changed%' AND pid <> pg_backend_pid()
                """
            )
        while feed.now is not None and feed.now.index is first.index:  # noqa: ASYNC110  nobody tells when it is gone
            await asyncio.sleep(0.01)
        await feed.filled.wait()
        async with town.acting() as c:
            assert await chosen(c, feed, alarm, town) == [who]


async def test_whoever_reports_from_the_same_cell_writes_no_note(town: Town, other: Connection) -> None:
    (who,) = await town.volunteers(100)
    await other.execute(
        """
        INSERT INTO volunteers.consent (id, volunteer_id, purpose, version, given_at)
        SELECT gen_random_uuid(), $1, purpose, '1', now() FROM unnest('{location,alarms}'::text[]) AS purpose
        ON CONFLICT DO NOTHING
        """,
        who,
    )
    notes = []
    for metres in (100, 100, 900):
        cell = cell_of(*metres_east(metres))
        town.clock.advance(timedelta(minutes=1))
        said = Newest(who, cell, res9_parent(cell), coarsened(cell), res9_parent(coarsened(cell)), 10.0, town.now)
        (became,) = await queries.keep_newest(other, [said], town.now)
        assert became.kept
        notes.append(await other.fetchval("SELECT count(*) FROM cell_feed.changed WHERE volunteer_id = $1", who))
    assert notes[1] == notes[0]
    assert notes[2] == notes[0] + 1


PLACES = {
    "in a town": (55.676, 12.568),
    "at a pentagon": h3.cell_to_latlng(h3.get_pentagons(10)[3]),
    "near the pole": (89.97, 40.0),
    "on the date line": (-16.5, 179.999),
}


@pytest.mark.parametrize("middle", PLACES.values(), ids=PLACES.keys())
def test_nobody_is_left_out_who_is_nearer(middle: tuple[float, float]) -> None:
    """Beside brute force, while people move, are gone, have several places, and rows are sorted anew."""
    rng = random.Random(str(middle))
    around = h3.grid_disk(h3.latlng_to_cell(*middle, 10), 20)
    ids = [rng.randbytes(16) for _ in range(400)]
    where = {who: tuple(rng.choices(around, k=rng.choice((1, 1, 1, 2)))) for who in ids}
    pairs = [(who, cell) for who, cells in where.items() for cell in cells]
    index = CellIndex.sorted_from(np.array([who for who, _ in pairs], ID), np.array([cell for _, cell in pairs]))
    for turn in range(40):
        for who in rng.sample(ids, 15):
            where[who] = tuple(rng.choices(around, k=rng.choice((0, 1, 1, 2))))
            index.put(who, where[who])
        if turn % 10 == 9:
            given = index.all_changed()
            folded = index.folded(given)
            where[ids[turn]] = (around[turn],)
            index.put(ids[turn], where[ids[turn]])  # while the rows were sorted
            index = index.after(given, folded)
            assert index.changed == 1
        point = centre_of(rng.choice(around))
        reach_m, count = rng.choice(((800.0, 5), (2_000.0, 40), (4_000.0, 1_000)))
        near = index.near(*point, reach_m, count)
        assert len(near.ids) == len(set(near.ids))
        limit = min(near.beyond_m, reach_m)
        for who, cells in where.items():
            nearest = min((metres_between(*point, *centre_of(cell)) for cell in cells), default=float("inf"))
            assert who in near.ids or nearest >= limit
        assert len(near.ids) >= count or near.beyond_m == float("inf")
