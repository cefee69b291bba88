"""Attempts and their results as sources of the journal's global chain."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from backend.foundation.database import Connection, fetch_all
from backend.foundation.sealer import Record, canonical

# Both are committed within seconds of the time they bear; so far back of the newest a round still looks.
LOOK_BACK = timedelta(seconds=30)
_NEVER = datetime(1, 1, 1, tzinfo=UTC) + LOOK_BACK


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


class Attempts:
    """delivery.attempt."""

    name = "attempt"

    def __init__(self) -> None:
        self._newest = _NEVER

    async def unsealed(self, connection: Connection, limit: int, *, whole: bool) -> list[Record]:
        attempts = await fetch_all(
            connection,
            _Attempt,
            """
            SELECT a.id::text, a.delivery_id::text, a.fence, a.provider, a.started_at AS at
            FROM delivery.attempt a
            WHERE a.started_at >= $2 AND NOT EXISTS (
              SELECT 1 FROM foundation.journal_seal s WHERE s.source = 'attempt' AND s.record_id = a.id::text)
            ORDER BY a.started_at, a.id LIMIT $1
            """,
            limit,
            _NEVER if whole else self._newest - LOOK_BACK,
        )
        if not attempts and self._newest == _NEVER:  # all is sealed: the next look need not begin at the beginning
            latest = await connection.fetchval("SELECT max(started_at) FROM delivery.attempt")
            self._newest = latest or _NEVER
        self._newest = max([self._newest, *(attempt.at for attempt in attempts)])
        return [attempt.record() for attempt in attempts]

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

    def __init__(self) -> None:
        self._newest = _NEVER

    async def unsealed(self, connection: Connection, limit: int, *, whole: bool) -> list[Record]:
        results = await fetch_all(
            connection,
            _Result,
            """
            SELECT r.attempt_id::text AS id, r.outcome, r.code, r.provider_reference AS reference, r.latency_ms,
                   r.ended_at AS at
            FROM delivery.attempt_result r
            WHERE r.ended_at >= $2 AND NOT EXISTS (
              SELECT 1 FROM foundation.journal_seal s
              WHERE s.source = 'attempt_result' AND s.record_id = r.attempt_id::text)
            ORDER BY r.ended_at, r.attempt_id LIMIT $1
            """,
            limit,
            _NEVER if whole else self._newest - LOOK_BACK,
        )
        if not results and self._newest == _NEVER:
            latest = await connection.fetchval("SELECT max(ended_at) FROM delivery.attempt_result")
            self._newest = latest or _NEVER
        self._newest = max([self._newest, *(result.at for result in results)])
        return [result.record() for result in results]

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
