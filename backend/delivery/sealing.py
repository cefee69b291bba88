"""Attempts and their results as sources of the journal's global chain."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from backend.foundation.database import Connection, fetch_all
from backend.foundation.sealer import Record, canonical, last_sealed

# Both are committed within a blink of the time they bear, as a rule: so far back of the newest every round looks. Now
# and then it looks so far that a frozen process's are found too; what comes later still the long look finds.
LOOK_BACK = timedelta(seconds=2)
WIDE_LOOK_BACK = timedelta(seconds=30)
WIDE_LOOK_EVERY_S = 5.0
_NEVER = datetime(1, 1, 1, tzinfo=UTC) + WIDE_LOOK_BACK
_NOBODY = "00000000-0000-0000-0000-000000000000"


class _Looked:
    """How far this process has looked through a table that only grows.

    A look passes over what one before it has judged: rows it could see, up to where it stopped. `seen` is from when on
    transactions may have been unseen then (the oldest running of its snapshot): of such ones every row is judged again,
    since a row may be committed long after the time it bears. Without this a round would ask for the seal of every
    record of the last 30 seconds: of a national drill 100,000, three times a second.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._at: datetime | None = None
        self._id = _NOBODY
        self._seen: str | None = None
        self._seen_wide: str | None = None
        self._next_wide = 0.0
        self._now_wide = True
        self._horizon: str | None = None

    @property
    def has_begun(self) -> bool:
        return self._at is not None

    def begin(self, at: datetime) -> None:
        """Where the chain ends."""
        self._at = at

    async def next(self, connection: Connection, since: datetime | None) -> tuple[datetime, str | None, datetime, str]:
        """From when on to look; the oldest transaction that may be new; behind which record everything is."""
        assert self._at is not None
        # Before the look's own snapshot, so that it can only be too old.
        self._horizon = await connection.fetchval("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
        if since is not None:
            return since, None, self._at, self._id
        self._now_wide = self._seen_wide is None or self._monotonic() >= self._next_wide
        if self._now_wide:
            return self._at - WIDE_LOOK_BACK, self._seen_wide, self._at, self._id
        return self._at - LOOK_BACK, self._seen, self._at, self._id

    def looked(self, last: tuple[datetime, str] | None, since: datetime | None, *, whole: bool) -> None:
        """The look gave records up to `last`; unless that was the `whole` of them, there may be more behind it."""
        assert self._at is not None
        behind = last is not None and last >= (self._at, self._id)
        if last is not None and behind and (since is None or since <= self._at):  # else some before this look may wait
            self._at, self._id = last
        if since is None and (whole or behind):  # else some before where the last one stopped are still to be judged
            self._seen = self._horizon
            if self._now_wide:
                self._seen_wide, self._next_wide = self._horizon, self._monotonic() + WIDE_LOOK_EVERY_S


class _Attempt(msgspec.Struct, frozen=True):
    id: str
    delivery_id: str
    fence: int
    provider: str
    at: datetime

    def record(self) -> Record:
        return Record(self.id, self.at, canonical(self.id, self.delivery_id, self.fence, self.provider, self.at))


class _Result(msgspec.Struct, frozen=True):
    id: str
    outcome: str
    code: str | None
    reference: str | None
    latency_ms: int | None
    at: datetime

    def record(self) -> Record:
        values = (self.id, self.outcome, self.code, self.reference, self.latency_ms, self.at)
        return Record(self.id, self.at, canonical(*values))


# Each LATERAL … LIMIT 1 is one look-up by key a record: as joins, a plan made before the tables were analysed read them
# whole three times a second.


class Attempts:
    """delivery.attempt."""

    name = "attempt"

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._looked = _Looked(monotonic)

    async def unsealed(self, connection: Connection, limit: int, since: datetime | None) -> list[Record]:
        if not self._looked.has_begun:  # just started: begin where the chain ends
            self._looked.begin(await _started_at(connection, await last_sealed(connection, self.name)))
        floor, unseen_from, behind_at, behind_id = await self._looked.next(connection, since)
        attempts = await fetch_all(
            connection,
            _Attempt,
            """
            SELECT a.id::text, a.delivery_id::text, a.fence, a.provider, a.started_at AS at
            FROM delivery.attempt a
            CROSS JOIN LATERAL (SELECT kind FROM delivery.delivery WHERE id = a.delivery_id LIMIT 1) d
            LEFT JOIN LATERAL (
              SELECT true AS sealed FROM foundation.journal_seal
              WHERE source = 'attempt' AND record_id = a.id::text LIMIT 1) s ON true
            WHERE a.started_at >= $2
              AND ($3::text IS NULL OR age(a.xmin) <= age($3::text::xid8::xid)
                   OR (a.started_at, a.id) > ($4, $5::text::uuid))
              AND d.kind <> 'synthetic' AND s.sealed IS NULL
            ORDER BY a.started_at, a.id LIMIT $1
            """,
            limit,
            floor,
            unseen_from,
            behind_at,
            behind_id,
        )
        self._looked.looked(
            (attempts[-1].at, attempts[-1].id) if attempts else None, since, whole=len(attempts) < limit
        )
        return [attempt.record() for attempt in attempts]

    async def count_unsealed(self, connection: Connection, until: datetime) -> int:
        return int(
            await connection.fetchval(
                """
                SELECT count(*) FROM delivery.attempt a JOIN delivery.delivery d ON d.id = a.delivery_id
                WHERE a.started_at < $1 AND d.kind <> 'synthetic' AND NOT EXISTS (
                  SELECT 1 FROM foundation.journal_seal s WHERE s.source = 'attempt' AND s.record_id = a.id::text)
                """,
                until,
            )
        )

    async def read(self, connection: Connection, ids: Sequence[str]) -> list[Record]:
        attempts = await fetch_all(
            connection,
            _Attempt,
            """
            SELECT a.id::text, a.delivery_id::text, a.fence, a.provider, a.started_at AS at
            FROM delivery.attempt a WHERE a.id = ANY($1::uuid[])
            """,
            list(ids),
        )
        return [attempt.record() for attempt in attempts]


class Results:
    """delivery.attempt_result."""

    name = "attempt_result"

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._looked = _Looked(monotonic)

    async def unsealed(self, connection: Connection, limit: int, since: datetime | None) -> list[Record]:
        if not self._looked.has_begun:
            self._looked.begin(await _ended_at(connection, await last_sealed(connection, self.name)))
        floor, unseen_from, behind_at, behind_id = await self._looked.next(connection, since)
        results = await fetch_all(
            connection,
            _Result,
            """
            SELECT r.attempt_id::text AS id, r.outcome, r.code, r.provider_reference AS reference, r.latency_ms,
                   r.ended_at AS at
            FROM delivery.attempt_result r
            CROSS JOIN LATERAL (SELECT delivery_id FROM delivery.attempt WHERE id = r.attempt_id LIMIT 1) a
            CROSS JOIN LATERAL (SELECT kind FROM delivery.delivery WHERE id = a.delivery_id LIMIT 1) d
            LEFT JOIN LATERAL (
              SELECT true AS sealed FROM foundation.journal_seal
              WHERE source = 'attempt_result' AND record_id = r.attempt_id::text LIMIT 1) s ON true
            WHERE r.ended_at >= $2
              AND ($3::text IS NULL OR age(r.xmin) <= age($3::text::xid8::xid)
                   OR (r.ended_at, r.attempt_id) > ($4, $5::text::uuid))
              AND d.kind <> 'synthetic' AND s.sealed IS NULL
            ORDER BY r.ended_at, r.attempt_id LIMIT $1
            """,
            limit,
            floor,
            unseen_from,
            behind_at,
            behind_id,
        )
        self._looked.looked((results[-1].at, results[-1].id) if results else None, since, whole=len(results) < limit)
        return [result.record() for result in results]

    async def count_unsealed(self, connection: Connection, until: datetime) -> int:
        return int(
            await connection.fetchval(
                """
                SELECT count(*) FROM delivery.attempt_result r
                JOIN delivery.attempt a ON a.id = r.attempt_id
                JOIN delivery.delivery d ON d.id = a.delivery_id
                WHERE r.ended_at < $1 AND d.kind <> 'synthetic' AND NOT EXISTS (
                  SELECT 1 FROM foundation.journal_seal s
                  WHERE s.source = 'attempt_result' AND s.record_id = r.attempt_id::text)
                """,
                until,
            )
        )

    async def read(self, connection: Connection, ids: Sequence[str]) -> list[Record]:
        results = await fetch_all(
            connection,
            _Result,
            """
            SELECT r.attempt_id::text AS id, r.outcome, r.code, r.provider_reference AS reference, r.latency_ms,
                   r.ended_at AS at
            FROM delivery.attempt_result r WHERE r.attempt_id = ANY($1::uuid[])
            """,
            list(ids),
        )
        return [result.record() for result in results]


async def _started_at(connection: Connection, attempt_id: str | None) -> datetime:
    sql = "SELECT started_at FROM delivery.attempt WHERE id = $1::text::uuid"
    return await connection.fetchval(sql, attempt_id) or _NEVER


async def _ended_at(connection: Connection, attempt_id: str | None) -> datetime:
    sql = "SELECT ended_at FROM delivery.attempt_result WHERE attempt_id = $1::text::uuid"
    return await connection.fetchval(sql, attempt_id) or _NEVER
