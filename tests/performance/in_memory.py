"""Ours with an index in the process's memory: it says who may be near, and PostgreSQL says where they are and who can.

One statement looks at those whom the index found and at everybody who has changed since the index's mark. Both are of
one snapshot, so the answer is that of the last commit, however far behind the index is: whoever has not changed is
where the index has them, and of the others nothing is believed.
"""

import asyncio
import contextlib
import math
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from uuid import UUID

import msgspec

from backend.foundation.database import Connection
from backend.foundation.ids import VolunteerId
from backend.foundation.kinds import Kind
from backend.locations.cells import metres_to_cells
from backend.locations.water import NO_MATTER_WHERE, Ground, ground_of
from backend.selection.candidate import Candidate, FromPlace, Verdict, lot_of
from backend.selection.find import SPARE, minute_of_week
from backend.selection.policies import DEFAULT, shipped
from backend.selection.policy import read_policy
from backend.selection.rank import rank
from tests.performance.cell_feed import SCHEMA, Feed, Mark
from tests.performance.contender import NEAREST, REACH_M, Alarm, Ask, Prepared
from tests.performance.country import NOW, Country, Tell
from tests.performance.filling import once, run
from tests.performance.in_postgres import Question, asking
from tests.performance.ours import OURS, whom

IN_MEMORY, IN_MEMORY_BARE = f"{OURS}, in memory", f"{OURS}, in memory, no transaction"
NOTES = "notes of who has changed"
MOST_CHANGED = 200
"""As in the statement: where so many or more have changed since the mark, the index is not asked."""
_MORE = 1.5
_POLICY = read_policy(next(fields for fields in shipped() if fields["name"] == DEFAULT))


class Checked(msgspec.Struct, frozen=True):
    """A place of somebody; nobody in the one row that is there in any case.

    `whole`: the notes reach back to the mark, and everybody who has changed since was looked at.
    """

    whole: bool
    volunteer_id: VolunteerId | None
    cell: int | None
    age_s: int | None
    from_place: str | None
    too_old: bool | None
    there: bool | None
    snoozed: bool | None
    quiet: bool | None
    engaged: str | None
    has_address: bool | None
    over_water: bool | None


async def checked(
    connection: Connection,
    ids: Sequence[bytes],
    mark: Mark,
    now: datetime,
    ground: Ground,
) -> list[Checked]:
    """The places and the fast facts of these people and of whoever has changed since the mark, by one snapshot.

    That has to be later than the mark, and is where each statement has a snapshot of its own. Home and work are looked
    up where no live position is fresh. Each LATERAL … LIMIT 1 is one look-up by key; each table looked through once for
    all of them (= ANY) took as long. Notes are few and all go into one array: so PostgreSQL takes them to be few, plans
    once and keeps the plan; planning takes 0.5 ms.
    """
    rows = await connection.fetch(
        """
        WITH changed AS (
          SELECT c.volunteer_id FROM (
            (SELECT c.volunteer_id FROM cell_feed.changed c WHERE c.xact >= $10::text::xid8 ORDER BY c.xact LIMIT 200)
            UNION ALL
            (SELECT c.volunteer_id FROM cell_feed.changed c WHERE c.xact = ANY($11::text[]::xid8[]) LIMIT 200)) c),
        who AS (
          SELECT unnest(ARRAY(SELECT unnest($1::uuid[]) UNION SELECT changed.volunteer_id FROM changed)) AS id),
        told AS (
          SELECT (SELECT count(*) FROM changed) < 200
            AND current_setting('transaction_isolation') = 'read committed'
            AND EXISTS (SELECT FROM cell_feed.kept k WHERE k.epoch = $8 AND k.since <= $9::text::xid8) AS whole)
        SELECT told.whole, here.*
        FROM told LEFT JOIN (
          SELECT who.id AS volunteer_id, place.cell, place.age_s, place.from_place, place.too_old,
            v.snoozed IS NOT NULL AS there, coalesce(v.snoozed, false) AS snoozed, coalesce(v.quiet, false) AS quiet,
            e.state AS engaged, a.healthy IS NOT NULL AS has_address,
            coalesce(
              CASE WHEN (SELECT l.land FROM locations.land_cell l WHERE l.cell_r9 = $6) IS NOT NULL THEN
                (SELECT l.land FROM locations.land_cell l WHERE l.cell_r9 = place.cell_r9) <> ALL (
                  ARRAY(SELECT DISTINCT l.land FROM locations.land_cell l WHERE l.cell_r9 = ANY($7::bigint[]))) END,
              false) AS over_water
          FROM who
          LEFT JOIN LATERAL (
            SELECT p.cell, p.cell_r9, p.available, extract(epoch FROM $4::timestamptz - p.seen_at)::int AS age_s,
                   p.seen_at < $4 - make_interval(secs => $3) AS too_old
            FROM locations.position p WHERE p.volunteer_id = who.id LIMIT 1) p ON true
          CROSS JOIN LATERAL (
            SELECT p.cell, p.cell_r9, p.age_s, 'live' AS from_place, p.too_old WHERE p.available
            UNION ALL
            SELECT f.cell, f.cell_r9, NULL, f.place, false
            FROM locations.fixed_place f
            WHERE coalesce(p.too_old, true) AND f.volunteer_id = who.id AND f.available) place
          LEFT JOIN LATERAL (
            SELECT coalesce(v.snoozed_until > $4, false) AS snoozed, v.quiet_week @> $5::int AS quiet
            FROM volunteers.volunteer v
            WHERE v.id = who.id AND v.kind = $2 AND v.state = 'active' LIMIT 1) v ON true
          LEFT JOIN LATERAL (
            SELECT e.state FROM volunteers.engagement e WHERE e.volunteer_id = who.id LIMIT 1) e ON true
          LEFT JOIN LATERAL (
            SELECT true AS healthy FROM volunteers.address a
            WHERE a.volunteer_id = who.id AND a.health = 'healthy' LIMIT 1) a ON true) here ON true
        """,
        [UUID(bytes=who) for who in ids],
        Kind.LIVE.value,
        float(_POLICY.max_position_age_s),
        now,
        minute_of_week(now),
        ground.cell,
        ground.may_be,
        mark.epoch,
        mark.oldest,
        mark.next,
        list(mark.running),
    )
    return [Checked(*row) for row in rows]  # by name, and looked at column by column, it would take 0.1 ms more


async def find_near(
    connection: Connection, feed: Feed, alarm: Alarm, reach_m: int, count: int, now: datetime
) -> list[Candidate] | None:
    """Candidates among whom the `count` nearest usable people and some spare are, to the last commit.

    None: there is no index, or not one that can be trusted, and PostgreSQL has to be asked alone.
    """
    wanted = count + SPARE
    nearest = math.ceil(_MORE * wanted)
    ground = NO_MATTER_WHERE if _POLICY.over_water else ground_of(alarm.lat, alarm.lon, None)
    while (fed := feed.now) is not None:
        near = fed.index.near(alarm.lat, alarm.lon, reach_m, nearest)
        rows = await checked(connection, near.ids, fed.mark, now, ground)
        if not rows[0].whole:
            return None
        # Candidates carry whole metres: half a one may have been rounded off.
        found = [each for each in _candidates(alarm, rows) if each.metres + 0.5 <= near.beyond_m]
        usable = {each.volunteer_id for each in found if each.obstacle is None}
        if len(usable) >= wanted or near.beyond_m == math.inf:
            return found
        nearest *= 4
    return None


def _candidates(alarm: Alarm, rows: Sequence[Checked]) -> list[Candidate]:
    there = [row for row in rows if row.there]
    metres = metres_to_cells(alarm.lat, alarm.lon, [row.cell for row in there if row.cell is not None])
    return [
        Candidate(
            volunteer_id=row.volunteer_id,
            metres=round(far),
            age_s=row.age_s,
            from_place=FromPlace(row.from_place),
            obstacle=_obstacle(row),
            lot=lot_of(alarm.incident_id, row.volunteer_id),
            cell=row.cell,
        )
        for row, far in zip(there, metres, strict=True)
        if row.volunteer_id is not None and row.cell is not None and row.from_place is not None
    ]


def _obstacle(row: Checked) -> Verdict | None:
    """As `selection.find` has it."""
    if row.over_water and not row.too_old:
        return Verdict.WATER_BETWEEN
    if row.engaged is not None:
        return Verdict.RINGING_ELSEWHERE if row.engaged == "ringing" else Verdict.ON_MISSION_ELSEWHERE
    if row.too_old:
        return Verdict.POSITION_TOO_OLD
    if row.snoozed:
        return Verdict.SNOOZED
    if row.quiet:
        return Verdict.QUIET_HOURS
    return None if row.has_address else Verdict.NO_ADDRESS


class InMemory(msgspec.Struct, frozen=True):
    """`in_transaction`: with what the product puts round a statement."""

    name: str
    dsn: str
    in_transaction: bool
    exact: bool = True

    async def prepare(self, people: Country, tell: Tell) -> Prepared:
        """Filling is what a process does when it starts, from everybody's tables."""
        await once(self.dsn, NOTES, lambda: run(self.dsn, SCHEMA))
        began = asyncio.get_running_loop().time()
        async with following(self.dsn) as feed:
            took = asyncio.get_running_loop().time() - began
            assert feed.now
            size = feed.now.index.nbytes
        if self.in_transaction:
            tell(f"{self.name}: filled in {took:.1f} s, {size / len(people):.0f} B a volunteer in every process")
        return Prepared(took, size)

    def asking(self) -> AbstractAsyncContextManager[Ask]:
        return self._asking()

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[Ask]:
        async with (
            following(self.dsn) as feed,
            asking(self.dsn, _whom(feed), in_transaction=self.in_transaction) as ask,
        ):
            yield ask
            if feed.unanswered:
                sys.stdout.write(f"{self.name}: PostgreSQL was asked alone {feed.unanswered} times\n")


def in_memory(dsn: str) -> list[InMemory]:
    """With and without the transaction round the statement."""
    return [InMemory(IN_MEMORY, dsn, in_transaction=True), InMemory(IN_MEMORY_BARE, dsn, in_transaction=False)]


def _whom(feed: Feed) -> Question:
    async def question(connection: Connection, alarm: Alarm) -> list[VolunteerId]:
        candidates = await find_near(connection, feed, alarm, REACH_M, NEAREST, NOW)
        if candidates is None:
            feed.unanswered += 1
            return await whom(connection, alarm)
        return [each.volunteer_id for each in rank(candidates, REACH_M, NEAREST, frozenset()).chosen]

    return question


@asynccontextmanager
async def following(dsn: str) -> AsyncIterator[Feed]:
    """An index, filled, that follows what is committed."""
    feed = Feed(dsn)
    running = asyncio.create_task(feed.run())
    try:
        await feed.filled.wait()
        yield feed
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
