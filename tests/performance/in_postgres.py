"""A contender that lives in PostgreSQL: ours and two rivals, on one server, as one role."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import asyncpg
import msgspec

from backend.foundation.database import Actor, Connection, Lane, Role, connect, open_database
from backend.foundation.ids import VolunteerId
from backend.regions.shipped import centre_id
from tests.performance.contender import Alarm, Ask, Prepared
from tests.performance.country import Country, Tell
from tests.performance.filling import once, run

ACTOR = Actor(Role.API, centre_id=centre_id("amk-hovedstaden"))
Question = Callable[[Connection, Alarm], Awaitable[list[VolunteerId]]]


class InPostgres(msgspec.Struct, frozen=True):
    """`in_transaction`: with all that the product puts round a statement – begin, role and centre, commit.

    `fill` makes what is `filled`, once, whoever of several ways of asking comes first; `tables` hold it.
    """

    name: str
    exact: bool
    dsn: str
    question: Question
    in_transaction: bool
    filled: str
    tables: Sequence[str]
    fill: Callable[[str, Country], Awaitable[None]]

    async def prepare(self, people: Country, tell: Tell) -> Prepared:
        took = await once(self.dsn, self.filled, lambda: self.fill(self.dsn, people))
        size = await _bytes(self.dsn, self.tables)
        if self.in_transaction:
            tell(f"{self.filled}: ready in {took:.0f} s, {size / 2**20:,.0f} MB on disk")
        return Prepared(took, size)

    def asking(self) -> AbstractAsyncContextManager[Ask]:
        return asking(self.dsn, self.question, in_transaction=self.in_transaction)


def asking(dsn: str, question: Question, *, in_transaction: bool) -> AbstractAsyncContextManager[Ask]:
    """On one warm connection, with or without the transaction."""
    return _in_transactions(dsn, question) if in_transaction else _bare(dsn, question)


@asynccontextmanager
async def _in_transactions(dsn: str, question: Question) -> AsyncIterator[Ask]:
    database = await open_database(dsn, {Lane.ALERTS: 1})

    async def ask(alarm: Alarm) -> list[VolunteerId]:
        async with database.acting_as(ACTOR, Lane.ALERTS) as connection:
            return await question(connection, alarm)

    try:
        yield ask
    finally:
        await database.close()


@asynccontextmanager
async def _bare(dsn: str, question: Question) -> AsyncIterator[Ask]:
    """Role, centre and the lane's settings for as long as the connection lasts: row-level security is on as well."""
    connection = await connect(dsn)
    try:
        await connection.execute(
            "SELECT set_config('role', $1, false), set_config('hjerteloeber.centre', $2, false)",
            ACTOR.role.value,
            str(ACTOR.centre_id),
        )

        async def ask(alarm: Alarm) -> list[VolunteerId]:
            return await question(connection, alarm)

        yield ask
    finally:
        await connection.close()


async def rivals_table(dsn: str, *definition: str) -> None:
    """A schema of the rivals' own, and in it what `definition` makes."""
    await run(
        dsn, "CREATE SCHEMA IF NOT EXISTS rivals", "GRANT USAGE ON SCHEMA rivals TO hjerteloeber_api", *definition
    )


def seen_by_the_role(table: str) -> list[str]:
    """Row-level security as the product's own positions have it, then figures for the planner."""
    return [
        f"GRANT SELECT ON {table} TO hjerteloeber_api",
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY chosen ON {table} TO hjerteloeber_api USING ((SELECT foundation.centre()) IS NOT NULL)",
        f"VACUUM (ANALYZE, FREEZE) {table}",
    ]


async def _bytes(dsn: str, tables: Sequence[str]) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        return int(
            await connection.fetchval(
                "SELECT sum(pg_total_relation_size(name::regclass))::bigint FROM unnest($1::text[]) AS name",
                list(tables),
            )
        )
    finally:
        await connection.close()
