"""What the database is asked about itself. Reads only."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from backend.foundation.database import Connection, fetch_one


class LogIn(msgspec.Struct, frozen=True):
    """What this process's log-in could become."""

    superuser: bool
    bypasses_rls: bool
    owns_tables: bool  # or is in the role that migrates and runs the operator's commands, or in that of backfills
    makes_roles: bool


class Server(msgspec.Struct, frozen=True):
    at: datetime
    version: int
    fsync: bool
    full_page_writes: bool
    synchronous: bool
    read_only: bool


async def log_in(connection: Connection) -> LogIn | None:
    """By whatever role it is in, or can get into."""
    return await fetch_one(
        connection,
        LogIn,
        """
        WITH mine AS (
          SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_catalog.pg_roles
          WHERE pg_has_role(session_user, oid, 'MEMBER'))
        SELECT bool_or(rolsuper) AS superuser, bool_or(rolbypassrls) AS bypasses_rls,
               EXISTS (
                 SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                 WHERE c.relkind IN ('r', 'p') AND n.nspname IN ('foundation', 'incidents', 'volunteers')
                   AND pg_has_role(session_user, c.relowner, 'MEMBER'))
               OR EXISTS (
                 SELECT 1 FROM pg_catalog.pg_roles
                 WHERE rolname IN ('hjerteloeber_owner', 'hjerteloeber_backfill')
                   AND pg_has_role(session_user, oid, 'MEMBER')) AS owns_tables,
               bool_or(rolcreaterole) AS makes_roles
        FROM mine
        """,
    )


async def server(connection: Connection) -> Server | None:
    return await fetch_one(
        connection,
        Server,
        """
        SELECT clock_timestamp() AS at, current_setting('server_version_num')::int / 10000 AS version,
               current_setting('fsync')::bool AS fsync, current_setting('full_page_writes')::bool AS full_page_writes,
               current_setting('synchronous_commit') <> 'off' AS synchronous,
               current_setting('transaction_read_only')::bool AS read_only
        """,
    )


async def role_of_ours(connection: Connection, names: Sequence[str]) -> str | None:
    """The first of these roles that the log-in can take; empty where it can take none, None where there are none."""
    found: str | None = await connection.fetchval(
        """
        SELECT coalesce(min(rolname) FILTER (WHERE pg_has_role(session_user, oid, 'MEMBER')), '')
        FROM pg_catalog.pg_roles WHERE rolname = ANY($1::text[]) HAVING count(*) > 0
        """,
        list(names),
    )
    return found


async def become(connection: Connection, role: str) -> None:
    """For the rest of the transaction."""
    await connection.execute("SELECT set_config('role', $1, true)", role)


async def has_migrations(connection: Connection) -> bool:
    """Whether any was ever applied. Log-ins and roles are there before."""
    found: bool = await connection.fetchval(
        """
        SELECT EXISTS (
          SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          WHERE (n.nspname, c.relname) = ('foundation', 'migration'))
        """
    )
    return found


async def migrations(connection: Connection) -> dict[str, str]:
    """sha256 by name of what was applied."""
    rows = await connection.fetch("SELECT name, sha256 FROM foundation.migration")
    return {row["name"]: row["sha256"] for row in rows}


async def channels_on(connection: Connection) -> int:
    found: int = await connection.fetchval("SELECT count(*) FROM delivery.channel_switch WHERE enabled")
    return found
