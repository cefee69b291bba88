"""The global chain: every committed record's digest, each holding the one before it.

Whoever changes a record, a seal, or the order of either is noticed by :func:`verify`; whoever cuts the end off, by the
head that is anchored outside daily. Which records there are, the composition root says: foundation knows its own only.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from backend.foundation.database import Connection, fetch_all, fetch_one
from backend.foundation.journal import Fact
from backend.foundation.telemetry import seal_lag_seconds

LOCK = 727_113
"""Advisory lock: one sealer at a time, in whichever process."""
AT_ONCE = 400  # of a source; some milliseconds of the process that also sends
# Transactions commit out of the order of their ids: so far back of the newest sealed id a round still looks.
# What commits later still is found by the long look.
LOOK_BACK_IDS = 2_000
LONG_LOOK = timedelta(hours=24)
"""No transaction lives that long. Whatever turns up without a seal and is older, :func:`verify` tells."""
UNSEALED_FOR = timedelta(minutes=1)
"""A record of this age without a seal means that the sealer stands still, or that somebody slipped it in."""


class Record(msgspec.Struct, frozen=True):
    """One record in the form that is hashed: the same bytes whenever it is read."""

    id: str
    at: datetime
    content: bytes


class Source(Protocol):
    """A table whose records are sealed. Those of kind `synthetic` are not: they are removed after a day, and a chain
    with thousands of erased records a day would hide the one that somebody else erased."""

    @property
    def name(self) -> str: ...

    async def unsealed(self, connection: Connection, limit: int, since: datetime | None) -> list[Record]:
        """Records not yet in the chain, oldest first: all from `since` on, or without it only the recent ones."""
        ...

    async def count_unsealed(self, connection: Connection, until: datetime) -> int:
        """How many records before `until`, of whatever age, are not in the chain."""
        ...

    async def read(self, connection: Connection, ids: Sequence[str]) -> list[Record]:
        """These records, as far as they exist."""
        ...


class Seal(msgspec.Struct, frozen=True):
    position: int
    source: str
    record_id: str
    digest: bytes


class Head(msgspec.Struct, frozen=True):
    """The end of the chain: what is written down elsewhere, so that nobody can cut it off unseen."""

    position: int
    digest: bytes


class Verified(msgspec.Struct, frozen=True):
    """What a check of the whole chain found. `broken` are positions whose digest is not what its record gives."""

    seals: int
    head: Head
    broken: list[int]
    erased: int  # sealed records that are no longer there
    unsealed: int  # records older than a minute that the chain does not know


class Part(msgspec.Struct, frozen=True):
    """What a check of a part of the chain found; `until` is the last position it saw."""

    seals: int
    until: int
    broken: list[int]


START = Head(0, bytes(32))


async def head(connection: Connection) -> Head:
    """The newest seal; position 0 while there is none."""
    sql = "SELECT position, digest FROM foundation.journal_seal ORDER BY position DESC LIMIT 1"
    return await fetch_one(connection, Head, sql) or START


async def is_in_chain(connection: Connection, anchor: Head) -> bool:
    """Whether a head that was written down elsewhere is still what the chain says at its position."""
    if anchor == START:
        return True
    found = await connection.fetchval("SELECT digest FROM foundation.journal_seal WHERE position = $1", anchor.position)
    return bool(found == anchor.digest)


async def seal(
    connection: Connection,
    sources: Sequence[Source],
    now: datetime,
    *,
    long_look: bool = False,
    at_once: int = AT_ONCE,
) -> int:
    """Append what is committed and not yet sealed; how many records. 0 also when another sealer is at it.

    With `long_look` everything of the last 24 hours is looked at, however late it was committed.
    """
    if not await _is_alone(connection):
        return 0
    last = await head(connection)
    seals: list[Seal] = []
    oldest: datetime | None = None
    for source in sources:
        records = await source.unsealed(connection, at_once, now - LONG_LOOK if long_look else None)
        for record in records:
            last = Head(last.position + 1, digest(last.digest, source.name, record))
            seals.append(Seal(last.position, source.name, record.id, last.digest))
        if len(records) == at_once:  # more is waiting than a round takes
            oldest = min(oldest or records[-1].at, records[-1].at)
    if seals:
        await _append(connection, seals, now)
    seal_lag_seconds.set(0.0 if oldest is None else max(0.0, (now - oldest).total_seconds()))
    return len(seals)


async def verify(connection: Connection, sources: Sequence[Source], now: datetime) -> Verified:
    """Recompute the whole chain from the records, and count the records it does not know."""
    by_name = {source.name: source for source in sources}
    last, broken, erased = START, [], 0
    while seals := await _seals_after(connection, last.position):
        records = await _records(connection, by_name, seals)
        for each in seals:
            record = records.get((each.source, each.record_id))
            if record is None:
                erased += 1
            elif each.position != last.position + 1 or each.digest != digest(last.digest, each.source, record):
                broken.append(each.position)
            last = Head(each.position, each.digest)
    unsealed = sum([await source.count_unsealed(connection, now - UNSEALED_FOR) for source in sources])
    return Verified(last.position, last, broken, erased, unsealed)


async def verify_part(connection: Connection, sources: Sequence[Source], after: int, at_most: int) -> Part:
    """Recompute the next `at_most` seals after a position, from the seal that stood there before."""
    by_name = {source.name: source for source in sources}
    # One more, to begin with: each digest holds the one before it.
    seals = await _seals_after(connection, max(0, after - 1), at_most + (after > 0))
    last, broken = START, []
    if after > 0:
        if not seals or seals[0].position != after:
            return Part(0, after, [after])  # it was there, or there would be nothing after it
        last, seals = Head(seals[0].position, seals[0].digest), seals[1:]
    records = await _records(connection, by_name, seals)
    for each in seals:
        record = records.get((each.source, each.record_id))
        linked = each.position == last.position + 1
        if not linked or (record is not None and each.digest != digest(last.digest, each.source, record)):
            broken.append(each.position)
        last = Head(each.position, each.digest)
    return Part(len(seals), last.position, broken)


def digest(previous: bytes, source: str, record: Record) -> bytes:
    """The digest of a record at its place in the chain."""
    content = hashlib.sha256(record.content).digest()
    return hashlib.sha256(previous + content + f"{source}\0{record.id}".encode()).digest()


def canonical(*values: object) -> bytes:
    """Values of a record as bytes that do not depend on how they were stored."""
    return msgspec.json.encode(values, order="deterministic")


class _Entry(msgspec.Struct, frozen=True):
    id: int
    incident_id: str | None
    seq: int | None
    event: str
    at: datetime
    kind: str | None
    centre_id: str | None
    role: str
    person_id: str | None
    facts: dict[str, Fact]

    def record(self) -> Record:
        return Record(str(self.id), self.at, canonical(*msgspec.structs.astuple(self)))


class JournalEntries:
    """The journal itself as a source."""

    name = "entry"

    def __init__(self) -> None:
        self._newest: int | None = None

    async def unsealed(self, connection: Connection, limit: int, since: datetime | None) -> list[Record]:
        if self._newest is None:  # just started: begin where the chain ends, not where the journal begins
            self._newest = int(await last_sealed(connection, self.name) or 0)
        floor = self._newest - LOOK_BACK_IDS if since is None else await _last_entry_before(connection, since)
        entries = await fetch_all(
            connection,
            _Entry,
            """
            SELECT e.id, e.incident_id::text, e.seq, e.event, e.at, e.kind, e.centre_id::text, e.role,
                   e.person_id::text, e.facts
            FROM foundation.journal_entry e
            LEFT JOIN LATERAL (
              SELECT true AS sealed FROM foundation.journal_seal
              WHERE source = 'entry' AND record_id = e.id::text LIMIT 1) s ON true
            WHERE e.id > $2 AND e.kind IS DISTINCT FROM 'synthetic' AND s.sealed IS NULL
            ORDER BY e.id LIMIT $1
            """,
            limit,
            floor,
        )
        if floor <= self._newest:  # else there may be more before this look, after what was sealed last
            self._newest = max([self._newest, *(entry.id for entry in entries)])
        return [entry.record() for entry in entries]

    async def count_unsealed(self, connection: Connection, until: datetime) -> int:
        return int(
            await connection.fetchval(
                """
                SELECT count(*) FROM foundation.journal_entry e
                WHERE e.at < $1 AND e.kind IS DISTINCT FROM 'synthetic' AND NOT EXISTS (
                  SELECT 1 FROM foundation.journal_seal s WHERE s.source = 'entry' AND s.record_id = e.id::text)
                """,
                until,
            )
        )

    async def read(self, connection: Connection, ids: Sequence[str]) -> list[Record]:
        entries = await fetch_all(
            connection,
            _Entry,
            """
            SELECT e.id, e.incident_id::text, e.seq, e.event, e.at, e.kind, e.centre_id::text, e.role,
                   e.person_id::text, e.facts
            FROM foundation.journal_entry e WHERE e.id = ANY($1::bigint[])
            """,
            [int(record_id) for record_id in ids],
        )
        return [entry.record() for entry in entries]


async def _is_alone(connection: Connection) -> bool:
    """Whether no other sealer is at it until this transaction ends. Until then no table is read whole, either: a plan
    that was kept from when there was nothing to seal would do so three times a second."""
    sql = "SELECT pg_try_advisory_xact_lock($1), set_config('enable_seqscan', 'off', true)"
    return bool(await connection.fetchval(sql, LOCK))


async def last_sealed(connection: Connection, source: str) -> str | None:
    """The id of the record of `source` that was sealed last; None when none was."""
    found: str | None = await connection.fetchval(
        "SELECT record_id FROM foundation.journal_seal WHERE source = $1 ORDER BY position DESC LIMIT 1", source
    )
    return found


async def _last_entry_before(connection: Connection, at: datetime) -> int:
    """Read backwards from the newest: as many rows as have come since."""
    sql = "SELECT id FROM foundation.journal_entry WHERE at < $1 ORDER BY id DESC LIMIT 1"
    return int(await connection.fetchval(sql, at) or 0)


async def _append(connection: Connection, seals: Sequence[Seal], now: datetime) -> None:
    await connection.execute(
        """
        INSERT INTO foundation.journal_seal (position, source, record_id, digest, sealed_at)
        SELECT position, source, record_id, digest, $5
        FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bytea[]) AS s (position, source, record_id, digest)
        """,
        [s.position for s in seals],
        [s.source for s in seals],
        [s.record_id for s in seals],
        [s.digest for s in seals],
        now,
    )


async def _seals_after(connection: Connection, position: int, limit: int = 5000) -> list[Seal]:
    return await fetch_all(
        connection,
        Seal,
        """
        SELECT position, source, record_id, digest FROM foundation.journal_seal
        WHERE position > $1 ORDER BY position LIMIT $2
        """,
        position,
        limit,
    )


async def _records(
    connection: Connection, by_name: dict[str, Source], seals: Sequence[Seal]
) -> dict[tuple[str, str], Record]:
    wanted: dict[str, list[str]] = defaultdict(list)
    for each in seals:
        wanted[each.source].append(each.record_id)
    return {
        (name, record.id): record
        for name, ids in wanted.items()
        for record in await by_name[name].read(connection, ids)
    }
