"""How an index in memory is filled and kept true: the database notes *who* has changed, and never where they are.

Triggers on the two tables of places write one row, transaction and person, wherever a cell or `available` changes: they
see every writer there is, and a report from the same cell writes nothing. A reader has a mark, the snapshot it has read
everything up to, and asks for all rows that were not visible in it: those of later transactions and those that still
ran. So the order of commits is no matter, and no number is skipped. Places are read in the same statement as the rows.

The notes are unlogged: after a crash they are gone, and so is the row that names their epoch. Whoever reads with
another epoch, or with a mark older than what was kept, is told so and has to fill its index anew: until then it has
none. A commit that nobody was woken for is found by the next poll, and by every alarm, which reads on from the mark.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import asyncpg
import msgspec
import numpy as np

from backend.foundation.database import Connection, Role, connect, fetch_all, fetch_one
from tests.performance.cell_index import ID, CellIndex

POLL_S = 0.05
FOLD_AT = 0.02
"""Of the rows have changed: they are sorted anew."""
FOLD_LEAST = 5_000
KEPT_FOR = timedelta(seconds=60)
"""Notes are kept so long, and twice that at most."""

_COPY_HEAD, _COPY_TAIL = 19, 2
_COPIED = np.dtype([("fields", ">i2"), ("id_size", ">i4"), ("id", ID), ("cell_size", ">i4"), ("cell", ">i8")])

SCHEMA = """
    DROP SCHEMA IF EXISTS cell_feed CASCADE;
    CREATE SCHEMA cell_feed;
    CREATE UNLOGGED TABLE cell_feed.changed (xact xid8 NOT NULL, volunteer_id uuid NOT NULL);
    CREATE INDEX changed_by_xact ON cell_feed.changed (xact);
    CREATE UNLOGGED TABLE cell_feed.kept (
      one boolean PRIMARY KEY DEFAULT true CHECK (one), epoch uuid NOT NULL,
      since xid8 NOT NULL, soon xid8 NOT NULL, at timestamptz NOT NULL);

    CREATE FUNCTION cell_feed.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
      SET search_path = pg_catalog AS $$
      BEGIN
        IF TG_OP <> 'INSERT' THEN
          INSERT INTO cell_feed.changed VALUES (pg_current_xact_id(), OLD.volunteer_id);
        END IF;
        IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND OLD.volunteer_id <> NEW.volunteer_id THEN
          INSERT INTO cell_feed.changed VALUES (pg_current_xact_id(), NEW.volunteer_id);
        END IF;
        RETURN NULL;
      END $$;
    CREATE FUNCTION cell_feed.begin_anew() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
      SET search_path = pg_catalog AS $$
      BEGIN
        UPDATE cell_feed.kept SET epoch = gen_random_uuid();
        RETURN NULL;
      END $$;
    CREATE FUNCTION cell_feed.open() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
      INSERT INTO cell_feed.kept SELECT true, gen_random_uuid(), pg_snapshot_xmin(s), pg_snapshot_xmin(s), now()
      FROM pg_current_snapshot() s ON CONFLICT DO NOTHING $$;
    CREATE FUNCTION cell_feed.forget(kept_for interval) RETURNS void LANGUAGE sql SECURITY DEFINER
      SET search_path = pg_catalog AS $$
      UPDATE cell_feed.kept SET since = soon, soon = pg_snapshot_xmin(pg_current_snapshot()), at = now()
      WHERE at < now() - kept_for;
      DELETE FROM cell_feed.changed c USING cell_feed.kept k WHERE c.xact < k.since $$;

    GRANT USAGE ON SCHEMA cell_feed TO hjerteloeber_api, hjerteloeber_worker;
    GRANT SELECT ON cell_feed.changed, cell_feed.kept TO hjerteloeber_api, hjerteloeber_worker;
    ALTER TABLE cell_feed.changed ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    CREATE POLICY chosen ON cell_feed.changed FOR SELECT TO hjerteloeber_api
      USING ((SELECT foundation.centre()) IS NOT NULL);
    CREATE POLICY round ON cell_feed.changed FOR SELECT TO hjerteloeber_worker USING (true);

    CREATE TRIGGER noted AFTER INSERT OR DELETE ON locations.position FOR EACH ROW EXECUTE FUNCTION cell_feed.note();
    CREATE TRIGGER noted_change AFTER UPDATE ON locations.position FOR EACH ROW
      WHEN (OLD.cell <> NEW.cell OR OLD.available <> NEW.available OR OLD.volunteer_id <> NEW.volunteer_id)
      EXECUTE FUNCTION cell_feed.note();
    CREATE TRIGGER emptied AFTER TRUNCATE ON locations.position EXECUTE FUNCTION cell_feed.begin_anew();
    CREATE TRIGGER noted AFTER INSERT OR DELETE ON locations.fixed_place
      FOR EACH ROW EXECUTE FUNCTION cell_feed.note();
    CREATE TRIGGER noted_change AFTER UPDATE ON locations.fixed_place FOR EACH ROW
      WHEN (OLD.cell <> NEW.cell OR OLD.available <> NEW.available OR OLD.volunteer_id <> NEW.volunteer_id)
      EXECUTE FUNCTION cell_feed.note();
    CREATE TRIGGER emptied AFTER TRUNCATE ON locations.fixed_place EXECUTE FUNCTION cell_feed.begin_anew();
    ALTER TABLE locations.position ENABLE ALWAYS TRIGGER noted, ENABLE ALWAYS TRIGGER noted_change,
      ENABLE ALWAYS TRIGGER emptied;
    ALTER TABLE locations.fixed_place ENABLE ALWAYS TRIGGER noted, ENABLE ALWAYS TRIGGER noted_change,
      ENABLE ALWAYS TRIGGER emptied;
    SELECT cell_feed.open();
"""


class Mark(msgspec.Struct, frozen=True):
    """Everything visible in a snapshot has been read; transactions as decimal numbers, as PostgreSQL writes them."""

    epoch: UUID
    oldest: str  # all before it had ended
    next: str  # none from it on had
    running: Sequence[str]  # between the two, those that had not

    @staticmethod
    def of(epoch: UUID, snapshot: str) -> "Mark":
        oldest, following, running = snapshot.split(":")
        return Mark(epoch, oldest, following, running.split(",") if running else ())


class _Begun(msgspec.Struct, frozen=True):
    epoch: UUID
    snapshot: str


class _Changed(msgspec.Struct, frozen=True):
    """Somebody, with all places they can be found at; nobody in the one row that is there in any case."""

    whole: bool
    snapshot: str
    volunteer_id: UUID | None
    cells: list[int] | None


class Fed(msgspec.Struct, frozen=True):
    """An index and up to where it has read: both of the same moment."""

    index: CellIndex
    mark: Mark


class Feed:
    """Keeps one process's index. `now` is None while there is none that can be trusted."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self.now: Fed | None = None
        self.filled = asyncio.Event()
        self.unanswered = 0  # so often it was of no use

    async def run(self) -> None:
        """Until cancelled: fill, follow; whatever goes wrong, without an index, and anew."""
        while True:
            try:
                connection = await connect(self._dsn)
                try:
                    await connection.execute("SELECT set_config('role', $1, false)", Role.WORKER.value)
                    self.now = await load(connection)
                    self.filled.set()
                    await self._follow(connection)
                finally:
                    self.now = None
                    self.filled.clear()
                    await connection.close(timeout=1)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
                pass
            await asyncio.sleep(POLL_S)

    async def _follow(self, connection: Connection) -> None:
        """Until the notes no longer reach back to our mark."""
        folding: asyncio.Task[CellIndex] | None = None
        clock = asyncio.get_running_loop().time
        forgotten = clock()
        given: dict[bytes, tuple[int, ...]] = {}
        with contextlib.ExitStack() as stack:
            stack.callback(lambda: folding and folding.cancel())
            while self.now is not None:
                self.now = await follow(connection, self.now)
                if self.now is None:
                    return
                index = self.now.index
                if folding is not None and folding.done():
                    self.now = Fed(index.after(given, folding.result()), self.now.mark)
                    folding = None
                elif folding is None and index.changed > max(FOLD_LEAST, FOLD_AT * len(index)):
                    given = index.all_changed()
                    folding = asyncio.create_task(asyncio.to_thread(index.folded, given))
                if clock() - forgotten > KEPT_FOR.total_seconds():
                    await forget(connection)
                    forgotten = clock()
                await asyncio.sleep(POLL_S)


async def load(connection: Connection) -> Fed:
    """Everybody available. The mark is taken first: who changes meanwhile is told once more, and that is no harm."""
    await connection.execute("SELECT cell_feed.open()")
    begun = await fetch_one(
        connection,
        _Begun,
        "SELECT epoch, pg_current_snapshot()::text AS snapshot FROM cell_feed.kept",
    )
    assert begun
    copied = bytearray()

    async def take(data: bytes) -> None:
        copied.extend(data)

    await connection.copy_from_query(
        """
        SELECT volunteer_id, cell FROM locations.position WHERE available
        UNION ALL SELECT volunteer_id, cell FROM locations.fixed_place WHERE available
        """,
        output=take,
        format="binary",
        timeout=600,
    )
    return Fed(await asyncio.to_thread(_sorted, copied), Mark.of(begun.epoch, begun.snapshot))


def _sorted(copied: bytearray) -> CellIndex:
    rows = np.frombuffer(copied, _COPIED, offset=_COPY_HEAD, count=(len(copied) - _COPY_HEAD) // _COPIED.itemsize)
    return CellIndex.sorted_from(rows["id"], rows["cell"].astype(np.int64))


async def follow(connection: Connection, fed: Fed) -> Fed | None:
    """Whoever has changed since the mark is put where they are now; None where the notes do not reach back to it.

    The index given is changed: nothing may be asked of it meanwhile that goes on after an await.
    """
    mark = fed.mark
    rows = await fetch_all(
        connection,
        _Changed,
        """
        WITH changed AS (
          SELECT c.volunteer_id FROM cell_feed.changed c WHERE c.xact >= $3::text::xid8
          UNION SELECT c.volunteer_id FROM cell_feed.changed c WHERE c.xact = ANY($4::text[]::xid8[])),
        told AS (
          SELECT pg_current_snapshot()::text AS snapshot,
            EXISTS (SELECT FROM cell_feed.kept k WHERE k.epoch = $1 AND k.since <= $2::text::xid8) AS whole)
        SELECT told.whole, told.snapshot, changed.volunteer_id,
          ARRAY(SELECT p.cell FROM locations.position p WHERE p.volunteer_id = changed.volunteer_id AND p.available
                UNION ALL SELECT f.cell FROM locations.fixed_place f
                WHERE f.volunteer_id = changed.volunteer_id AND f.available) AS cells
        FROM told LEFT JOIN changed ON true
        """,
        mark.epoch,
        mark.oldest,
        mark.next,
        list(mark.running),
    )
    if not rows[0].whole:
        return None
    for each in rows:
        if each.volunteer_id is not None:
            fed.index.put(each.volunteer_id.bytes, each.cells or ())
    return Fed(fed.index, Mark.of(mark.epoch, rows[0].snapshot))


async def forget(connection: Connection, kept_for: timedelta = KEPT_FOR) -> None:
    """Notes that every reader but a lost one has read."""
    await connection.execute("SELECT cell_feed.forget($1::interval)", kept_for)
