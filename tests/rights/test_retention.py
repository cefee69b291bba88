"""How long what is kept: document, chores and catalog say the same, and a chore that does nothing is heard."""

import re
from datetime import datetime
from pathlib import Path

import structlog
from prometheus_client import REGISTRY

from backend.foundation.clock import SetClock
from backend.foundation.database import Actor, Connection, Database, Role
from backend.rights.erasure_list import ErasureList
from backend.worker.chores import chores
from backend.worker.housekeeping import Chore, Housekeeper
from tests.people.cast import NOON, some_keys
from tests.rights.test_export import POINTS_AT_A_PERSON

RETENTION = Path(__file__).parents[2] / "docs" / "security" / "retention.md"
ROWS = re.findall(r"^\| `([a-z_.]+)`[^|]*\| [^|]+ \| [^|]+ \| ([^|]+) \|$", RETENTION.read_text("utf-8"), re.MULTILINE)
OF_NOBODY = {
    "foundation.journal_seal",  # digests
    "foundation.timer",  # when to look again
    "webhooks.read_until",
    "webhooks.subscription",  # a dispatch system's address and its secret
}


async def test_every_table_that_knows_a_person_has_a_row(database: Database) -> None:
    async with database.acting_as(Actor(Role.OWNER)) as c:
        await c.execute("RESET ROLE")
        rows = await c.fetch(
            """
            SELECT DISTINCT n.nspname || '.' || t.relname AS place
            FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
            JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
            WHERE t.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
              AND (a.attname = ANY($1::text[]) OR a.attname LIKE '%\\_sealed' AND n.nspname <> 'identity')
            """,
            [*POINTS_AT_A_PERSON, "staff_id"],
        )
    assert {row["place"] for row in rows} - {table for table, _ in ROWS} - OF_NOBODY == set()
    assert len(ROWS) == len({table for table, _ in ROWS})


def test_every_chore_has_a_row_and_every_row_a_chore_or_none(listing: ErasureList) -> None:
    done = {chore.what for chore in chores(listing, some_keys(), SetClock(NOON))}
    assert {chore.strip() for _, chore in ROWS} - {"–"} == done


def figure(name: str, what: str) -> float | None:
    return REGISTRY.get_sample_value(name, {"what": what})


def chore(what: str, due: int, removed: int) -> Chore:
    async def count(_connection: Connection, _now: datetime) -> int:
        return due

    async def remove(_connection: Connection, _now: datetime) -> int:
        if removed < 0:
            raise RuntimeError("a bug")
        return removed

    return Chore(what, 60, count, remove)


async def test_something_due_and_nothing_removed_is_said_and_nothing_else_is(database: Database) -> None:
    """Rows that a policy hides from the statement that removes them: it fails nowhere, and removes none."""
    jobs = [chore("stuck", 3, 0), chore("broken", 2, -1), chore("done", 5, 5), chore("idle", 0, 0), chore("half", 9, 1)]
    with structlog.testing.capture_logs() as lines:
        await Housekeeper(database, jobs, SetClock(NOON)).round()
    said = {line["chore"]: (line["due"], line["removed"]) for line in lines if line["event"] == "retention_stuck"}
    assert said == {"stuck": (3, 0), "broken": (2, 0)}
    assert [figure("hjerteloeber_retention_stuck", each.what) for each in jobs] == [1, 1, 0, 0, 0]
    assert [figure("hjerteloeber_housekeeping_due", each.what) for each in jobs] == [3, 2, 5, 0, 9]

    await Housekeeper(database, [chore("stuck", 3, 3)], SetClock(NOON)).round()
    assert figure("hjerteloeber_retention_stuck", "stuck") == 0, "and no longer than it is so"
