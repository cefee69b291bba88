"""The first alarm on a connection that has done nothing yet, or nothing since there are people."""

from collections import Counter

import asyncpg

from backend.alerts import alarm
from backend.foundation.database import Connection, Lane, open_database
from backend.foundation.ids import IncidentId, in_order
from backend.foundation.kinds import Kind
from backend.responses import answer
from backend.selection.find import find
from backend.selection.policies import shipped
from backend.selection.policy import read_policy
from tests.alarm.cast import SQUARE, Town
from tests.harness.keys import RING


async def test_the_first_alarm_of_a_connection_asks_the_database_for_nothing_beside_the_alarm(town: Town) -> None:
    """Each type the driver has not met costs it three round trips: they are over before anybody calls."""
    (anna, *_) = await town.volunteers(100, 200, 300)
    await town.aeds(400)
    said: list[str] = []
    fresh = await open_database(town.database.dsn, {Lane.ALERTS: 1}, carries=RING)

    async with fresh.acting_as(town.actor, Lane.ALERTS) as c:
        with c.query_logger(lambda each: said.append(each.query)):
            incident = await alarm.raise_alarm(
                c, town.actor, Kind.LIVE, town.centre_id, town.report(), None, None, town.now
            )
    alert = await town.alert(incident, anna)
    async with fresh.acting_as(town.actor, Lane.ALERTS) as c:
        with c.query_logger(lambda each: said.append(each.query)):
            await answer.accept(c, town.actor, alert.id, anna, town.now)
    await fresh.close()

    assert [query for query in said if "typeinfo" in query] == []
    assert any("INSERT INTO alerts.alert" in query for query in said)


async def test_a_plan_made_while_nobody_was_there_reads_no_table_from_end_to_end_afterwards(database_dsn: str) -> None:
    """Connections outlive what their plans were made for: a database that was empty, and whose figures say so still."""
    owner = await asyncpg.connect(database_dsn)
    await owner.execute("ANALYZE")
    await owner.close()
    database = await open_database(database_dsn, {Lane.ALERTS: 1}, carries=RING)
    town = Town(database)
    for _ in range(8):
        assert await _looked(town) == (0, set(), 0)
    await town.volunteers(*range(0, 3_000, 10))

    usable, read, _ = await _looked(town)

    assert usable >= 20
    assert read == set()
    await database.close()


async def test_who_is_further_away_than_is_needed_is_not_even_looked_up(town: Town) -> None:
    """In the densest town an alarm costs what it costs elsewhere: the database stops counting when there are enough."""
    await town.volunteers(*(n % 900 for n in range(1_200)))

    usable, _, looked_up = await _looked(town)

    assert usable >= 30
    assert looked_up < 200


async def _looked(town: Town) -> tuple[int, set[str], int]:
    """How many can be asked, which tables were read from end to end to know, and how many people were looked up."""
    rule = read_policy(next(fields for fields in shipped() if fields["name"] == "dk-2026"))
    async with town.acting() as c:
        before = await _scans(c)
        people = await find(
            c, IncidentId(in_order()), Kind.LIVE, *SQUARE, rule, 5_000, 20, frozenset(), town.now, accuracy_m=10
        )
        scans = await _scans(c) - before
    read = {name for name, by_index in scans if not by_index}
    return people.usable, read, scans["volunteers.volunteer", True]


async def _scans(connection: Connection) -> Counter[tuple[str, bool]]:
    """How often this connection has read each table, from end to end (False) and by an index (True)."""
    rows = await connection.fetch(
        "SELECT schemaname || '.' || relname AS name, seq_scan, idx_scan FROM pg_stat_xact_user_tables"
    )
    return Counter({(row["name"], False): row["seq_scan"] for row in rows}) + Counter(
        {(row["name"], True): row["idx_scan"] or 0 for row in rows}
    )
