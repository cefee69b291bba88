"""A real PostgreSQL for histories: fsync off, migrated once, and a connection that can be cut at any statement."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec

from backend.aeds import queries_import
from backend.aeds.made_up import SOURCE
from backend.attention.queries import AgreementRow, insert_agreement
from backend.demo.embedded_postgres import Server, running_server
from backend.foundation.database import Carrier, Connection, Database, Lane, prepare_connection
from backend.foundation.ids import DeviceId, in_order
from backend.foundation.migrations import migrate
from backend.locations.bulk import Seed, seed_positions
from backend.locations.cells import centre_of, res9_of
from backend.regions.queries import add_centre
from backend.selection import queries as selection_queries
from backend.volunteers import bulk
from tests.chaos.model_console import AGREED, NEIGHBOUR
from tests.chaos.model_level import CENTRE
from tests.chaos.player import START, day_of
from tests.chaos.town import ALL_CHANNELS, POLICIES, Town
from tests.harness.keys import RING

TEMPLATE = "chaos_template"


class Knife:
    """Cuts the connection before or after one statement of what runs while it is armed."""

    def __init__(self) -> None:
        self._at = 0
        self._after = False
        self.seen = 0
        self.cut_at: str | None = None  # the statement, once it has cut

    def arm(self, at: int, after: bool) -> None:
        """Cut at the `at`-th statement from now, before it is sent or after it was answered; 0: only count."""
        self._at, self._after, self.seen, self.cut_at = at, after, 0, None

    def disarm(self) -> None:
        self._at = 0

    async def make_ready(self, connection: asyncpg.Connection) -> None:
        """Whatever a new connection begins with is not what is cut."""
        at, self._at = self._at, 0
        assert isinstance(connection, Carrier)
        connection.carried = RING
        await prepare_connection(connection)
        self._at = at

    @property
    def committed(self) -> bool:
        """Whether the cut came after a commit that nobody heard of."""
        return self.cut_at is not None and self._after and self.cut_at.startswith("COMMIT")

    async def around(self, connection: asyncpg.Connection, sql: str, work: Any) -> Any:
        self.seen += 1
        if not self._at:
            return await work
        if self.seen == self._at and not self._after:
            work.close()
            self._cut(connection, sql)
        answer = await work
        if self.seen == self._at:
            self._cut(connection, sql)
        return answer

    def _cut(self, connection: asyncpg.Connection, sql: str) -> None:
        self.cut_at = sql.lstrip()
        self.disarm()
        connection.terminate()
        raise asyncpg.ConnectionDoesNotExistError("cut")


def cut_by(knife: Knife) -> type[asyncpg.Connection]:
    """A connection whose every statement, BEGIN and COMMIT included, goes past the knife."""

    class Cut(Carrier):
        async def execute(self, query: str, *args: Any, **options: Any) -> Any:
            return await knife.around(self, query, super().execute(query, *args, **options))

        async def fetch(self, query: str, *args: Any, **options: Any) -> Any:
            return await knife.around(self, query, super().fetch(query, *args, **options))

        async def fetchrow(self, query: str, *args: Any, **options: Any) -> Any:
            return await knife.around(self, query, super().fetchrow(query, *args, **options))

        async def fetchval(self, query: str, *args: Any, **options: Any) -> Any:
            return await knife.around(self, query, super().fetchval(query, *args, **options))

    return Cut


@contextlib.asynccontextmanager
async def open_with(dsn: str, knife: Knife) -> AsyncIterator[Database]:
    """A Database of one pool for every lane, whose connections the knife can cut."""
    pool = await asyncpg.create_pool(
        dsn, min_size=1, max_size=2, init=knife.make_ready, reset=_nothing, connection_class=cut_by(knife),
        server_settings={"timezone": "UTC"}, command_timeout=60,
    )  # fmt: skip
    try:
        yield Database(dict.fromkeys(Lane, pool), dsn)
    finally:
        await asyncio.wait_for(pool.close(), 10)


async def _nothing(_connection: asyncpg.Connection) -> None:
    """Every setting is local to its transaction."""


@contextlib.contextmanager
def ground() -> Iterator[Server]:
    """A throwaway server of a scenario's own."""
    with running_server(None, fast=True, settings={"autovacuum": "off"}) as server:
        yield server


async def make_template(server: Server, migrated: str | None = None) -> None:
    """The database that every clone is a copy of: migrated (or a copy of one that is), with a centre and every policy.

    There already: left as it is.
    """
    admin = await asyncpg.connect(server.dsn())
    try:
        if await admin.fetchval("SELECT true FROM pg_database WHERE datname = $1", TEMPLATE):
            return
        await admin.execute(f'CREATE DATABASE "{TEMPLATE}" TEMPLATE "{migrated or "template1"}"')
    finally:
        await admin.close()
    if migrated is None:
        await migrate(server.dsn(TEMPLATE))
    connection = await asyncpg.connect(server.dsn(TEMPLATE))
    await prepare_connection(connection)
    await prepare(connection)
    await connection.close()


async def prepare(connection: Connection) -> None:
    """One dispatch centre with a neighbour that helps, and every policy histories are played under."""
    await add_centre(connection, CENTRE, "amk-chaos", "AMK Chaos", "live", START, None)
    await add_centre(connection, NEIGHBOUR, "amk-nabo", "AMK Nabo", "live", START, None)
    row_of = AgreementRow(
        in_order(), AGREED.to, round(AGREED.after.total_seconds()), 0, 0, round(AGREED.lends_for.total_seconds())
    )
    await insert_agreement(connection, CENTRE, row_of, "chaos", START)
    for policy in POLICIES.values():
        fields = {name: value for name, value in _plain(policy).items() if value is not None}
        await selection_queries.insert_policy(
            connection, in_order(), policy.name, policy.version, fields, "chaos", START
        )
    row = await selection_queries.policy_named(connection, "dk-2026")
    assert row is not None
    await selection_queries.insert_policy_in_force(connection, in_order(), None, row.id, "chaos", START)


def _plain(policy: object) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(policy)
    return plain


@contextlib.asynccontextmanager
async def clone(server: Server, template: str = TEMPLATE) -> AsyncIterator[str]:
    """The address of a fresh copy of the template."""
    name = f"chaos_{uuid4().hex}"
    admin = await asyncpg.connect(server.dsn())
    await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield server.dsn(name)
    finally:
        await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await admin.close()


async def settle_in(connection: Connection, town: Town) -> None:
    """Write a town's people with their addresses and positions, and its defibrillators."""
    rng = random.Random(f"devices {town.seed}")
    rows = [
        bulk.BulkVolunteer(
            id=person.id,
            device_id=DeviceId(UUID(int=rng.getrandbits(128), version=4)),
            phone=f"+45{20_000_000 + (town.seed * 1_009 + number) % 70_000_000}",
            phone_hash=person.id.bytes,
            name="Anna",
            birth_year=1990,
            fcm_token=str(person.id),
            kind=person.kind,
        )
        for number, person in enumerate(town.people)
    ]
    now = day_of(town.seed)
    await bulk.insert(connection, rows, now)
    gone = [(p.id, "fcm_token" if c == "fcm" else c) for p in town.people for c in ALL_CHANNELS if c not in p.channels]
    await connection.execute(
        """
        DELETE FROM volunteers.address
        WHERE (volunteer_id, channel) IN (SELECT * FROM unnest($1::uuid[], $2::text[]))
        """,
        [who for who, _ in gone],
        [channel for _, channel in gone],
    )
    await seed_positions(connection, [Seed(p.id, *centre_of(p.cell), now) for p in town.people])
    boxes = [
        queries_import.Listed(
            id=box.id, source_id=str(box.id), lat=box.lat, lon=box.lon, cell_r9=res9_of(box.lat, box.lon), name=None,
            location_text=None, floor=None, indoor=None, opening_hours=box.hours, cabinet_code=None, phone=None,
        )
        for box in town.boxes
    ]  # fmt: skip
    await queries_import.save_source(connection, SOURCE, START)
    if boxes:
        await connection.executemany(
            _INSERT_AED, [(b.id, b.source_id, b.lat, b.lon, b.cell_r9, b.opening_hours) for b in boxes]
        )


_INSERT_AED = """
    INSERT INTO aeds.aed (id, source, source_id, lat, lon, cell_r9, opening_hours, state, state_at)
    VALUES ($1, 'made-up-demo', $2, $3, $4, $5, $6, 'in_place', '2026-11-21 11:00+00')
"""
