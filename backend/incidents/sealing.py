"""Who saw what, as a source of the journal's global chain; and every source there is."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from backend.delivery.sealing import Attempts, Results
from backend.foundation.database import Connection, fetch_all
from backend.foundation.sealer import LOOK_BACK_IDS, JournalEntries, Record, Source, canonical, last_sealed


def sources() -> list[Source]:
    """Whatever is sealed, in the order in which a round takes it."""
    return [JournalEntries(), Attempts(), Results(), Views()]


class _View(msgspec.Struct, frozen=True):
    id: int
    at: datetime
    kind: str
    what: str
    viewer: str
    viewer_id: str
    device_id: str | None
    centre_id: str
    incident_id: str | None
    about_id: str | None
    case_number: str | None

    def record(self) -> Record:
        return Record(str(self.id), self.at, canonical(*msgspec.structs.astuple(self)))


class Views:
    """incidents.viewed."""

    name = "view"

    def __init__(self) -> None:
        self._newest: int | None = None

    async def unsealed(self, connection: Connection, limit: int, since: datetime | None) -> list[Record]:
        if self._newest is None:
            self._newest = int(await last_sealed(connection, self.name) or 0)
        floor = self._newest - LOOK_BACK_IDS if since is None else await _last_before(connection, since)
        views = await fetch_all(
            connection,
            _View,
            """
            SELECT v.id, v.at, v.kind::text, v.what, v.viewer, v.viewer_id::text, v.device_id::text, v.centre_id::text,
                   v.incident_id::text, v.about_id::text, v.case_number
            FROM incidents.viewed v
            LEFT JOIN LATERAL (
              SELECT true AS sealed FROM foundation.journal_seal
              WHERE source = 'view' AND record_id = v.id::text LIMIT 1) s ON true
            WHERE v.id > $2 AND v.kind <> 'synthetic' AND s.sealed IS NULL
            ORDER BY v.id LIMIT $1
            """,
            limit,
            floor,
        )
        if floor <= self._newest:  # else there may be more before this look, after what was sealed last
            self._newest = max([self._newest, *(view.id for view in views)])
        return [view.record() for view in views]

    async def count_unsealed(self, connection: Connection, until: datetime) -> int:
        return int(
            await connection.fetchval(
                """
                SELECT count(*) FROM incidents.viewed v
                WHERE v.at < $1 AND v.kind <> 'synthetic' AND NOT EXISTS (
                  SELECT 1 FROM foundation.journal_seal s WHERE s.source = 'view' AND s.record_id = v.id::text)
                """,
                until,
            )
        )

    async def read(self, connection: Connection, ids: Sequence[str]) -> list[Record]:
        views = await fetch_all(
            connection,
            _View,
            """
            SELECT v.id, v.at, v.kind::text, v.what, v.viewer, v.viewer_id::text, v.device_id::text, v.centre_id::text,
                   v.incident_id::text, v.about_id::text, v.case_number
            FROM incidents.viewed v WHERE v.id = ANY($1::bigint[])
            """,
            [int(record_id) for record_id in ids],
        )
        return [view.record() for view in views]


async def _last_before(connection: Connection, at: datetime) -> int:
    sql = "SELECT id FROM incidents.viewed WHERE at < $1 ORDER BY id DESC LIMIT 1"
    return int(await connection.fetchval(sql, at) or 0)
