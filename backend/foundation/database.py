"""Getting at PostgreSQL: always as a named actor, always in a transaction, from the lane the work belongs to."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import msgspec
from asyncpg.connect_utils import SessionAttribute
from asyncpg.pool import PoolConnectionProxy

from backend.foundation.problems import Problem, overloaded
from backend.foundation.telemetry import shed_total

Connection = asyncpg.Connection | PoolConnectionProxy
"""What a verb takes: a connection inside the caller's transaction."""

T = TypeVar("T")


class Carrier(asyncpg.Connection):
    """A connection with what its process was given to read what is kept sealed (`identity.ring`).

    It goes where the connection goes, so that what neither seals nor opens need not hand it on; and like role and
    codecs it is settled where connections are made.
    """

    __slots__ = ("carried",)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.carried: object = None


class Role(StrEnum):
    """The database roles, there from the first migration."""

    OWNER = "hjerteloeber_owner"
    API = "hjerteloeber_api"
    WORKER = "hjerteloeber_worker"
    STATS = "hjerteloeber_stats"
    CAMPAIGNS = "hjerteloeber_campaigns"


class Actor(msgspec.Struct, frozen=True):
    """On whose behalf a transaction runs: a role, and where it applies a dispatch centre and a person."""

    role: Role
    centre_id: UUID | None = None
    person_id: UUID | None = None


class Lane(StrEnum):
    """Pools are separate so that a flood of one kind of work starves no other."""

    ALERTS = "alerts"
    ANSWERS = "answers"
    LOCATIONS = "locations"
    REST = "rest"
    STATS = "stats"
    WEBHOOKS = "webhooks"  # in workers only: what others are told may wait for everything else


_TRIES = 3
_PAUSE_S = 0.02

POOL_SIZES: dict[Lane, int] = {Lane.ALERTS: 8, Lane.ANSWERS: 8, Lane.LOCATIONS: 6, Lane.REST: 6, Lane.STATS: 1}

_KEEP_CONNECTIONS = frozenset({Lane.ALERTS, Lane.ANSWERS})

STATISTICS_WAITING = 8
"""Whoever asks for statistics while so many wait is turned away; and so is who has waited as long as this:"""
STATISTICS_WAIT_S = 10.0

STATISTICS_SETTINGS = {
    "default_transaction_read_only": "on",
    "statement_timeout": "5s",
    "lock_timeout": "1s",  # behind a migration, say
    "max_parallel_workers_per_gather": "0",  # one query, one core
}
"""Of a connection for statistics: no query of theirs holds up anybody, for long or with many hands."""

FOR_A_QUEUE = {"plan_cache_mode": "force_custom_plan", "enable_seqscan": "off", "jit": "off"}
"""Of a connection that works on a queue: empty for days, and with 200,000 in it when there is a national drill. A plan
kept from when it was empty goes through all of it for each row (docs/decisions/0030)."""

_SILENT = "idle_in_transaction_session_timeout"

# A server that was demoted, restarted or is going away: every pooled connection to it is of no more use.
_PRIMARY_LOST = (
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.PostgresConnectionError,
    asyncpg.InternalClientError,  # where the server's goodbye has come and the connection's end has not yet
    ConnectionError,
)


class Database:
    """The pools of one process. Make it with :func:`open_database`, close it with :meth:`close`."""

    def __init__(self, pools: dict[Lane, asyncpg.Pool], dsn: str, own_role: Role | None = None) -> None:
        self._pools = pools
        self._nobody_else = None if own_role is None else Actor(own_role)
        self._asking_statistics = 0
        self._statistics: set[asyncio.Timeout] = set()  # those at it
        self._no_statistics_until = float("-inf")
        self.dsn = dsn

    @asynccontextmanager
    async def acting_as(self, actor: Actor, lane: Lane = Lane.REST) -> AsyncIterator[Connection]:
        """A connection in a transaction that commits when the block ends well.

        Role, centre and person are set LOCAL, so they end with the transaction; whom the connection is anyway need not
        be set. A commit is never cancelled: whoever is cancelled while it runs waits for its end first.
        """
        pool = self._pools[lane]
        try:
            async with pool.acquire() as connection:
                try:
                    async with _transaction(connection):
                        if actor != self._nobody_else:
                            await _become(connection, actor)
                        yield connection
                except BaseException:
                    if _is_gone(connection):  # whatever was raised: those beside it are as lost
                        await self._drop_connections()
                    raise
        except _PRIMARY_LOST:
            await self._drop_connections()
            raise

    async def alone(self, lane: Lane, call: str, *arguments: object, within_s: float) -> object:
        """The one value of `call`, a database function that names its own role, in a transaction of its own.

        One round trip where :meth:`acting_as` takes four, for what comes before every alarm. Raises TimeoutError when
        that takes longer than `within_s`, waiting for a connection included.
        """
        try:
            async with asyncio.timeout(within_s), self._pools[lane].acquire() as connection:
                value: object = await connection.fetchval(call, *arguments)
                return value
        except _PRIMARY_LOST:
            await self._drop_connections()
            raise

    @asynccontextmanager
    async def statistics(self) -> AsyncIterator[Connection]:
        """A connection that reads for a statistic: from a standby where the address names one, one query at a time.

        Raises Problem `overloaded` when many wait already, when a query took too long, and when an alarm came.
        """
        put_off = asyncio.get_running_loop().time() < self._no_statistics_until
        if put_off or self._asking_statistics >= STATISTICS_WAITING:
            raise _no_statistics_now()
        self._asking_statistics += 1
        try:
            pool = self._pools[Lane.STATS]
            acquiring = pool.acquire(timeout=STATISTICS_WAIT_S)
            async with acquiring as connection, _transaction(connection), self._until_put_off():
                await connection.execute("SELECT set_config('role', $1, true)", Role.STATS.value)
                yield connection
        except (TimeoutError, asyncpg.QueryCanceledError, asyncpg.LockNotAvailableError) as too_long:
            raise _no_statistics_now() from too_long
        except _PRIMARY_LOST:
            await self._pools[Lane.STATS].expire_connections()  # it may be a standby: no other lane is touched
            raise
        finally:
            self._asking_statistics -= 1

    @asynccontextmanager
    async def _until_put_off(self) -> AsyncIterator[None]:
        """Ends the block with TimeoutError when statistics are put off; at once when they are."""
        if asyncio.get_running_loop().time() < self._no_statistics_until:
            raise TimeoutError
        async with asyncio.timeout(None) as put_off:
            self._statistics.add(put_off)
            try:
                yield
            finally:
                self._statistics.discard(put_off)

    def put_statistics_off(self, seconds: float) -> None:
        """An alarm came: whatever statistic is being read or waited for ends now, and none begins for so long."""
        now = asyncio.get_running_loop().time()
        self._no_statistics_until = now + seconds
        for each in self._statistics:
            each.reschedule(now)
        self._statistics.clear()

    async def _drop_connections(self) -> None:
        for each in self._pools.values():
            await each.expire_connections()

    async def in_transaction(
        self,
        actor: Actor,
        lane: Lane,
        work: Callable[[Connection], Awaitable[T]],
        again_on: tuple[type[Exception], ...] = (),
    ) -> T:
        """Do `work` as :meth:`acting_as` does, and anew when it had to give way to another transaction.

        For what somebody waits for: of two that wait for each other PostgreSQL ends one, and that one has done nothing
        wrong. `again_on` names what else is worth another try. Raises what the last of three tries did.
        """
        for tried in range(1, _TRIES):
            with contextlib.suppress(asyncpg.DeadlockDetectedError, asyncpg.SerializationError, *again_on):
                async with self.acting_as(actor, lane) as connection:
                    return await work(connection)
            # Else it may take what the other was just given back, before the other has woken, and both wait again.
            await asyncio.sleep(tried * _PAUSE_S)
        async with self.acting_as(actor, lane) as connection:
            return await work(connection)

    def free_share(self, lane: Lane) -> float:
        """How much of a lane is idle, 0–1: what shedding and readiness look at."""
        pool = self._pools[lane]
        return 1.0 - (pool.get_size() - pool.get_idle_size()) / pool.get_max_size()

    async def close(self) -> None:
        await asyncio.gather(*(pool.close() for pool in self._pools.values()))


async def _become(connection: Connection, actor: Actor) -> None:
    sql = """
        SELECT set_config('role', $1, true), set_config('hjerteloeber.centre', $2, true),
               set_config('hjerteloeber.person', $3, true)
        """
    await connection.execute(sql, actor.role.value, str(actor.centre_id or ""), str(actor.person_id or ""))


async def enter(connection: Connection, centre_id: UUID) -> None:
    """From here to the transaction's end it acts for this dispatch centre: what row-level security calls the centre.

    For whoever works across centres and was told by a listed function which one it is.
    """
    await connection.execute("SELECT set_config('hjerteloeber.centre', $1, true)", str(centre_id))


async def leave(connection: Connection) -> None:
    """From here on it acts for no centre: what follows sees what the person sees, and no more."""
    await connection.execute("SELECT set_config('hjerteloeber.centre', '', true)")


async def become(connection: Connection, person_id: UUID) -> None:
    """From here to the transaction's end it acts for this person: whoever was just found, or is just being made."""
    await connection.execute("SELECT set_config('hjerteloeber.person', $1, true)", str(person_id))


@asynccontextmanager
async def _transaction(connection: Connection) -> AsyncIterator[None]:
    transaction = connection.transaction()
    await transaction.start()
    try:
        yield
    except BaseException:
        if not _is_gone(connection):  # else there is nothing to undo, and what went wrong is to be heard
            await transaction.rollback()
        raise
    await _uncancelled(transaction.commit())


def _is_gone(connection: Connection) -> bool:
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:  # the pool has taken it back: it was closed under us
        return True


async def _uncancelled(commit: Any) -> None:
    """Let a commit finish even when its caller is cancelled, so that nobody reuses a connection in mid-commit."""
    running = asyncio.ensure_future(commit)
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        await running
        raise


async def prepare_connection(connection: asyncpg.Connection) -> None:
    """jsonb as Python values, encoded and decoded by msgspec."""
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: msgspec.json.encode(value).decode(),
        decoder=msgspec.json.decode,
    )


_TYPES_IN_USE = """
    SELECT NULL::uuid[], NULL::text[], NULL::int[], NULL::bigint[], NULL::bool[], NULL::bytea[], NULL::real[],
           NULL::float8[], NULL::timestamptz[], NULL::jsonb[], NULL::int4multirange, NULL::tstzrange,
           NULL::foundation.kind[]
"""


async def _prepare_for_alarms(connection: asyncpg.Connection) -> None:
    """As :func:`prepare_connection`; and the driver meets the types in use now: each it has not met costs an alarm
    three round trips. A database that was never migrated has not all of them yet, and no alarms."""
    await prepare_connection(connection)
    with contextlib.suppress(asyncpg.SyntaxOrAccessError, asyncpg.InvalidSchemaNameError):
        await connection.fetchrow(_TYPES_IN_USE)


async def connect(dsn: str, carries: object = None) -> Carrier:
    """One connection outside every pool, prepared as theirs are: for the owner's commands and for seeding."""
    connection: Carrier = await asyncpg.connect(dsn, connection_class=Carrier)
    await prepare_connection(connection)
    connection.carried = carries
    return connection


async def open_database(
    dsn: str,
    pool_sizes: dict[Lane, int] | None = None,
    silent_at_most_s: float | None = None,
    carries: object = None,
    *,
    queues: Collection[Lane] = (),
    own_role: Role | None = None,
) -> Database:
    """Open every lane's pool on the primary. Raises OSError or asyncpg.PostgresError if there is none.

    Every connection carries `carries`, a process's key ring; without one nothing sealed can be read or written.

    A transaction in which nothing is said for `silent_at_most_s` is undone by the server: a process that is frozen, or
    whose machine is gone, lets go of what it holds, and nobody waits for it.
    `queues`: the lanes in which the same is asked of a queue all day (`FOR_A_QUEUE`). `own_role`: what its connections
    are from the first moment on, so that whoever acts as that, for no centre and no person, is spared a round trip.
    """

    async def prepare(connection: asyncpg.Connection) -> None:
        assert isinstance(connection, Carrier)
        connection.carried = carries
        await _prepare_for_alarms(connection)

    own = {} if silent_at_most_s is None else {_SILENT: f"{round(silent_at_most_s * 1000)}ms"}
    own |= {} if own_role is None else {"role": own_role.value}
    pools: dict[Lane, asyncpg.Pool] = {}
    try:
        for lane, size in (pool_sizes or POOL_SIZES).items():
            statistics = lane is Lane.STATS
            pools[lane] = await asyncpg.create_pool(
                dsn,
                min_size=0 if statistics else 1,
                max_size=size,
                connection_class=Carrier,
                init=prepare,
                reset=_nothing_to_reset,
                record_class=asyncpg.Record,
                # What several alarms at once needed stays: after a quiet night none of them pays for connecting.
                max_inactive_connection_lifetime=0.0 if lane in _KEEP_CONNECTIONS else 300.0,
                server_settings={
                    "application_name": f"hjerteloeber {lane}",
                    "timezone": "UTC",
                    **own,
                    **(FOR_A_QUEUE if lane in queues else {}),
                    **(STATISTICS_SETTINGS if statistics else {}),
                },
                command_timeout=30,
                target_session_attrs=SessionAttribute.prefer_standby if statistics else SessionAttribute.read_write,
            )
    except BaseException:
        for pool in pools.values():
            pool.terminate()
        raise
    return Database(pools, dsn, own_role)


def _no_statistics_now() -> Problem:
    shed_total.labels(limit="statistics").inc()
    return overloaded(30)


async def _nothing_to_reset(_connection: asyncpg.Connection) -> None:
    """Every setting is LOCAL to a transaction, so giving a connection back costs no round trip."""


async def fetch_all(connection: Connection, shape: type[T], sql: str, *arguments: object) -> list[T]:
    """Run one statement and read each row into `shape`, a msgspec struct with the columns' names."""
    rows = await connection.fetch(sql, *arguments)
    return [read_row(shape, row) for row in rows]


async def fetch_one(connection: Connection, shape: type[T], sql: str, *arguments: object) -> T | None:
    """As :func:`fetch_all` for a statement that gives one row or none."""
    row = await connection.fetchrow(sql, *arguments)
    return None if row is None else read_row(shape, row)


def read_row(shape: type[T], row: asyncpg.Record) -> T:
    """A database row as the struct `shape`; asyncpg's own types (uuid, time) pass as they are."""
    return msgspec.convert(dict(row.items()), shape, strict=True)
