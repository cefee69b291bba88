"""What is wrong with the database: who we are in it, what is missing in it, how safely it keeps."""

import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime

import asyncpg
from asyncpg.connect_utils import SessionAttribute

from backend.foundation import migrations
from backend.foundation.clock import Clock
from backend.foundation.database import Connection, Role, prepare_connection
from backend.identity.queries_clients import Ends, certificates_that_end
from backend.installation import queries
from backend.installation.files import ENDS_SOON
from backend.installation.finding import Finding, error, gone_bad, warning
from backend.installation.queries import LogIn, Server

CLOCK_OFF_S = 0.25
CONNECT_S = 5.0
OLDEST = 15


async def wrong_database(dsn: str, clock: Clock) -> list[Finding]:
    """Never raises: a database that is away is a finding, and keeps nothing from starting."""
    try:
        connection = await _connected(dsn)
    except Exception as away:  # noqa: BLE001 – whatever it is, a restart at night must not end the alarms
        return [
            gone_bad(
                "database-away",
                f"The database cannot be asked ({type(away).__name__}), so what is in it was not looked at",
                "See that it runs and that HJERTELOEBER_DATABASE_URL leads to it.",
            )
        ]
    found: list[Finding] = []
    try:
        await prepare_connection(connection)
        await _look(connection, clock, found)
    except Exception as failed:  # noqa: BLE001 – the same
        sentence = f"The database could not be looked at to the end ({type(failed).__name__})"
        found.append(gone_bad("database-away", sentence, "Run the check again."))
    finally:
        with contextlib.suppress(Exception):
            await connection.close(timeout=CONNECT_S)
    return found


async def _connected(dsn: str) -> asyncpg.Connection:
    """To the primary, as `serve` and `work` are; where none of the addresses leads to it, to whoever answers."""
    primary = SessionAttribute.read_write
    try:
        return await asyncpg.connect(dsn, timeout=CONNECT_S, command_timeout=CONNECT_S, target_session_attrs=primary)
    except asyncpg.TargetServerAttributeNotMatched:
        return await asyncpg.connect(dsn, timeout=CONNECT_S, command_timeout=CONNECT_S)


async def _look(connection: Connection, clock: Clock, found: list[Finding]) -> None:
    """Adds to `found`, so that what was found before a fault is told all the same."""
    if mine := await queries.log_in(connection):
        found += too_mighty(mine)
    before = clock.now()
    said = await queries.server(connection)
    after = clock.now()
    if said:
        found += [*badly_kept(said), *clock_off(before + (after - before) / 2, said.at)]
    role = await queries.role_of_ours(connection, [Role.API.value, Role.WORKER.value])
    if role == "":
        grant = "GRANT hjerteloeber_api or hjerteloeber_worker to it."
        found.append(error("no-role", "The database's log-in is in no role of ours", grant))
        return
    if role is None or not await queries.has_migrations(connection):
        found.append(_unmigrated("nothing"))
        return
    async with connection.transaction(readonly=True):
        await queries.become(connection, role)
        missing = list(behind(await queries.migrations(connection)))
        found += missing
        if any(finding.keeps_from_starting for finding in missing):
            return  # what is asked next may not be there yet
        found += clients_that_end(await certificates_that_end(connection), clock.now())
        if await queries.channels_on(connection) == 0:
            do = "hjerteloeber channel on sms"
            found.append(gone_bad("channels-off", "Every channel is switched off: no alarm reaches anybody", do))


def too_mighty(found: LogIn) -> Iterator[Finding]:
    """What no process that serves or works may be in the database."""
    do = "Give it a log-in of its own, in the roles it needs and in no other: infra/README.md."
    if found.superuser:
        yield error("superuser", "This process's log-in is a superuser: no row is hidden from it", do)
        return
    if found.bypasses_rls:
        yield error("bypasses-rls", "This process's log-in passes by row-level security", do)
    if found.owns_tables:
        sentence = "This process's log-in owns the tables, or can act as their owner: nothing enforced in them binds it"
        yield error("owner", sentence, do)
    elif found.makes_roles:
        yield error("makes-roles", "This process's log-in can make roles and let itself into others", do)


def badly_kept(said: Server) -> Iterator[Finding]:
    if said.version < OLDEST:
        yield error("old-server", f"PostgreSQL {said.version} is too old", f"Take {OLDEST} or newer.")
    if not (said.fsync and said.full_page_writes):
        yield error(
            "not-kept", "The server does not wait for its disk: an incident that was answered 201 can be lost", _ON
        )
    if not said.synchronous:
        yield error("not-kept", "The server answers before it has written: an incident can be lost", _ON)
    if said.read_only:
        sentence = "Nothing can be written in this database: it is a standby, or was made read-only"
        yield gone_bad("standby", sentence, "Name the primary, or all of them.")


_ON = "Set fsync, full_page_writes and synchronous_commit to on."


def clock_off(ours: datetime, theirs: datetime) -> Iterator[Finding]:
    off_s = (ours - theirs).total_seconds()
    if abs(off_s) > CLOCK_OFF_S:
        yield gone_bad(
            "clock",
            f"This machine's clock is {off_s:+.2f} s off the database's",
            "Let both follow the same NTP servers.",
        )


def clients_that_end(clients: Sequence[Ends], now: datetime) -> Iterator[Finding]:
    """Dispatch systems whose certificate is over, or soon will be: theirs to renew, ours to know."""
    for each in clients:
        if each.ends_at <= now:
            yield gone_bad(
                "client-certificate-over",
                f"The certificate of the dispatch system {each.client_id} ended on {each.ends_at:%Y-%m-%d}",
                "Call its technical desk: it cannot log in.",
            )
        elif each.ends_at - now < ENDS_SOON:
            yield warning(
                "client-certificate-ends",
                f"The certificate of the dispatch system {each.client_id} ends on {each.ends_at:%Y-%m-%d}",
                "Tell its technical desk.",
            )


def behind(applied: dict[str, str]) -> Iterator[Finding]:
    """Whether the database has what this version needs. One that is newer serves an older version as well."""
    files = {name: hashlib.sha256(sql.encode()).hexdigest() for name, sql in migrations.files()}
    missing = files.keys() - applied.keys()
    if missing:
        yield _unmigrated(f"{len(files) - len(missing)} of {len(files)} migrations")
    if any(applied.get(name, digest) != digest for name, digest in files.items()):
        yield warning(
            "migration-changed", "A migration reads otherwise than when it was applied", "Install an untouched version."
        )


def _unmigrated(has: str) -> Finding:
    return error("unmigrated", f"The database has {has} of what this version needs", "Run hjerteloeber migrate.")
