"""Attempts and their results as sources of the journal's global chain."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from backend.foundation.database import Connection, fetch_all
from backend.foundation.sealer import Record, canonical, last_sealed

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


# Each LATERAL … LIMIT 1 is one look-up by key a record: as joins, a plan made before the tables were analysed read them
# whole three times a second.


class Attempts:
    """delivery.attempt."""

    name = "attempt"

    def __init__(self) -> None:
        self._newest: datetime | None = None

    async def unsealed(self, connection: Connection, limit: int, since: datetime | None) -> list[Record]:
        if self._newest is None:  # just started: begin where the chain ends
            self._newest = await _started_at(connection, await last_sealed(connection, self.name))
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
            WHERE a.started_at >= $2 AND d.kind <> 'synthetic' AND s.sealed IS NULL
            ORDER BY a.started_at, a.id LIMIT $1
            """,
            limit,
            since or self._newest - LOOK_BACK,
        )
        self._newest = max([self._newest, *(attempt.at for attempt in attempts)])
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

    def __init__(self) -> None:
        self._newest: datetime | None = None

    async def unsealed(self, connection: Connection, limit: int, since: datetime | None) -> list[Record]:
        if self._newest is None:
            self._newest = await _ended_at(connection, await last_sealed(connection, self.name))
        results = await fetch_all(
            connection,
            _Result,
            """
            SELECT r.attempt_id::text AS id, r.outcome, r.code, r.provider_reference AS reference, r.latency_ms,
                   r.ended_at AS at
            FROM delivery.attempt_result r
            CROSS JOIN LATERAL (
              SELECT d.kind FROM delivery.attempt a JOIN delivery.delivery d ON d.id = a.delivery_id
              WHERE a.id = r.attempt_id LIMIT 1) d
            LEFT JOIN LATERAL (
              SELECT true AS sealed FROM foundation.journal_seal
              WHERE source = 'attempt_result' AND record_id = r.attempt_id::text LIMIT 1) s ON true
            WHERE r.ended_at >= $2 AND d.kind <> 'synthetic' AND s.sealed IS NULL
            ORDER BY r.ended_at, r.attempt_id LIMIT $1
            """,
            limit,
            since or self._newest - LOOK_BACK,
        )
        self._newest = max([self._newest, *(result.at for result in results)])
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
