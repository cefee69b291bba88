"""An installation as docs/operators.md has it: who migrates is no superuser, who serves owns nothing."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
from typer.testing import CliRunner

from backend.cli.commands import app
from backend.cli.migrating import bring_up_to_date
from backend.demo.embedded_postgres import Server
from backend.foundation.database import Actor, Database, Lane, Role, open_database
from backend.foundation.migrations import migrate
from tests.harness.keys import DATA_KEY_FILE

OWNER, SERVES = "hl_owner", "hl_serves"
PHONE_HASH = b"\x01"


class Installation:
    """A database of an owner's, migrated by them, with a log-in that serves."""

    def __init__(self, server: Server, name: str) -> None:
        self._server, self.name = server, name

    def dsn(self, login: str) -> str:
        return f"postgresql://{login}:word@127.0.0.1:{self._server.port}/{self.name}"


@pytest.fixture
async def installation(postgres: Server, migrated_template: str) -> AsyncIterator[Installation]:
    """Roles belong to the whole server and are there already, as where a second database is made on it."""
    admin = await asyncpg.connect(postgres.dsn())
    name = f"installed_{uuid4().hex}"
    roles = [f"hjerteloeber_{role}" for role in ("owner", "api", "worker", "stats", "campaigns", "across", "backfill")]
    await admin.execute(f"CREATE ROLE {OWNER} LOGIN CREATEROLE PASSWORD 'word'")
    # What the server gives to whoever makes a role: it may give it away, and is not a member itself.
    await admin.execute(f"GRANT {', '.join(roles)} TO {OWNER} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE")
    await admin.execute(f"GRANT hjerteloeber_owner TO {OWNER} WITH INHERIT TRUE")
    await admin.execute(f'CREATE DATABASE "{name}" OWNER {OWNER}')
    await admin.execute(
        f"CREATE ROLE {SERVES} LOGIN NOINHERIT PASSWORD 'word' "
        "IN ROLE hjerteloeber_api, hjerteloeber_worker, hjerteloeber_stats"
    )
    yield Installation(postgres, name)
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await admin.execute(f"DROP ROLE {SERVES}")
    await admin.execute(f"DROP OWNED BY {OWNER}")
    await admin.execute(f"DROP ROLE {OWNER}")
    await admin.close()


@pytest.fixture
async def served(installation: Installation) -> AsyncIterator[Database]:
    await migrate(installation.dsn(OWNER))
    database = await open_database(installation.dsn(SERVES), {Lane.REST: 2, Lane.STATS: 1})
    yield database
    await database.close()


async def somebody_signs_up(served: Database) -> UUID:
    person = uuid4()
    async with served.acting_as(Actor(Role.API, person_id=person)) as c:
        await c.execute(
            """
            INSERT INTO volunteers.volunteer (id, kind, state, created_at, training, languages, on_duty)
            VALUES ($1, 'live', 'active', now(), 'none', '{}', true)
            """,
            person,
        )
        await c.execute(
            """
            INSERT INTO volunteers.volunteer_identity (volunteer_id, phone_sealed, phone_hash, name_sealed, birth_year)
            VALUES ($1, $2, $3, $4, 1980)
            """,
            person,
            b"sealed",
            PHONE_HASH,
            b"sealed",
        )
    return person


async def test_the_log_in_that_serves_owns_nothing_and_sees_nothing_by_itself(
    installation: Installation, served: Database
) -> None:
    async with served.acting_as(Actor(Role.API)) as c:
        assert await c.fetchval("SELECT count(*) FROM volunteers.volunteer_identity") == 0
    connection = await asyncpg.connect(installation.dsn(SERVES))
    for table in ("incidents.incident_place", "volunteers.volunteer_identity", "delivery.delivery"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("SET ROLE hjerteloeber_across")
    await connection.close()


async def test_who_owns_the_tables_is_bound_by_their_policies(installation: Installation, served: Database) -> None:
    """FORCE: an operator's log-in finds no incident unless it enters a centre, as every process must."""
    await somebody_signs_up(served)
    owner = await asyncpg.connect(installation.dsn(OWNER))
    assert await owner.fetchval("SELECT count(*) FROM volunteers.volunteer_identity") == 0
    await owner.close()


async def test_what_looks_across_does_so_without_a_superuser(installation: Installation, served: Database) -> None:
    person = await somebody_signs_up(served)
    async with served.acting_as(Actor(Role.API)) as c:
        assert await c.fetchval("SELECT volunteers.of_phone($1)", PHONE_HASH) == person
    async with served.acting_as(Actor(Role.WORKER)) as c:
        assert await c.fetchval("SELECT incidents.centre_of($1)", uuid4()) is None
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await c.fetchval("SELECT volunteers.of_phone($1)", PHONE_HASH)


async def test_nobody_is_left_a_member_of_who_looks_across(installation: Installation, served: Database) -> None:
    """Whoever migrates is one for the length of a migration, and only through the right to make members."""
    owner = await asyncpg.connect(installation.dsn(OWNER))
    may = await owner.fetchval("SELECT pg_has_role($1, 'hjerteloeber_across', 'USAGE')", SERVES)
    await owner.close()
    assert not may


async def test_an_operator_s_commands_find_what_they_are_about(installation: Installation, tmp_path: Path) -> None:
    """As the owner's log-in, which policies bind: a superuser's would not notice a command that sees nothing."""
    await bring_up_to_date(installation.dsn(OWNER))
    (data_key := tmp_path / "data.key").write_bytes(DATA_KEY_FILE)
    (hash_key := tmp_path / "hash.key").write_bytes(bytes(32))
    keys = ["--data-key-file", str(data_key)]

    async def runs(*words: str) -> str:
        at = ["--database-url", installation.dsn(OWNER)]
        done = await asyncio.to_thread(CliRunner().invoke, app, [*words, *at])
        assert done.exit_code == 0, (words, done.output)
        return done.output

    who = ["--name", "Anna", "--phone", "+4520000001", "--birth-year", "1980", "--lat", "55.4", "--lon", "10.4"]
    await runs("drill", "add", *who, "--phone-hash-key-file", str(hash_key), *keys)
    listed = await runs("drill", "list", *keys)
    assert "+4520000001" in listed
    assert re.search(r"\b1 people", await runs("keys", "list", *keys)), "as who wraps keys anew"
    await runs("drill", "remove", listed.split()[0])
    assert "+4520000001" not in await runs("drill", "list", *keys)

    await runs("access", "lend", "amk-hovedstaden", "--to", "amk-syddanmark", "--until", "2030-01-01T08:00")
    await runs("policy", "use", "dk-2017", "--centre", "amk-sjaelland", "--author", "chief physician")
    await runs("staff", "add", "vagn@amk.example", "--name", "Vagn")
    assert "vagn@amk.example" in await runs("staff", "list")
    listing = ("exposed", "--since", "2026-01-01", "--by", "vn", "--as", "csv")
    await runs(*listing)
    assert "this_list" in await runs(*listing), "that it was asked before"
