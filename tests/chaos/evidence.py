"""What the promises are judged by: one look at the database, the journal read once, and what the outside saw."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from backend.alerts.alert import Alert
from backend.foundation.database import fetch_all, prepare_connection
from backend.foundation.journal import Entry, Event
from backend.incidents.incident import Incident
from tests.chaos.records import Records


class Evidence(msgspec.Struct):
    """`entries` are of incidents only, in the order they were numbered; `now` is the run's own clock."""

    connection: asyncpg.Connection
    records: Records
    now: datetime
    entries: list[Entry]
    incidents: Mapping[UUID, Incident]
    alerts: Mapping[UUID, Alert]

    def journals(self) -> dict[UUID, list[Entry]]:
        """The entries of each incident by their number in it."""
        found: dict[UUID, list[Entry]] = {}
        for entry in sorted(self.entries, key=lambda e: (e.seq or 0, e.id)):
            if entry.incident_id is not None:
                found.setdefault(entry.incident_id, []).append(entry)
        return found

    def carried(self) -> set[UUID]:
        """Alerts of people who were on the way already when another report was joined: they never rang here."""
        return {UUID(str(entry.facts["alert"])) for entry in self.entries if entry.facts.get("carried")}

    def events(self, *wanted: Event) -> Iterable[tuple[Entry, UUID]]:
        """Entries of these events with the alert each is about; a wave's entry comes once for each alert."""
        for entry in self.entries:
            if entry.event not in wanted:
                continue
            if entry.event == Event.WAVE_ASKED:
                asked: Any = entry.facts["alerts"]
                for alert_id in asked:
                    yield entry, UUID(alert_id)
            else:
                yield entry, UUID(str(entry.facts["alert"]))

    async def rows(self, sql: str, *arguments: object) -> list[asyncpg.Record]:
        return list(await self.connection.fetch(sql, *arguments))


@asynccontextmanager
async def evidence(dsn: str, records: Records, now: datetime) -> AsyncIterator[Evidence]:
    """As the database's owner, in one transaction that sees one moment and changes nothing."""
    connection = await asyncpg.connect(dsn)
    try:
        await prepare_connection(connection)
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            entries = await fetch_all(
                connection,
                Entry,
                """
                SELECT id, incident_id, seq, event, at, kind, centre_id, facts FROM foundation.journal_entry
                WHERE incident_id IS NOT NULL ORDER BY id
                """,
            )
            incidents = await fetch_all(connection, Incident, "SELECT * FROM incidents.incident")
            alerts = await fetch_all(connection, Alert, "SELECT * FROM alerts.alert")
            yield Evidence(connection, records, now, entries, {i.id: i for i in incidents}, {a.id: a for a in alerts})
    finally:
        await connection.close()
