"""The database is what the migrations and the code say it is."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from backend.demo.embedded_postgres import Server
from backend.foundation import migrations
from backend.foundation.migrations import ChangedMigration, migrate
from tests.house import schema


def test_the_snapshot_is_what_the_migrations_add_up_to(postgres: Server, migrated_template: str) -> None:
    assert schema.SNAPSHOT.read_text("utf-8") == schema.of(postgres, migrated_template), "run `make schema`"


async def test_migrating_twice_changes_nothing(empty_database_dsn: str) -> None:
    first = await migrate(empty_database_dsn)

    assert [name for name, _ in migrations.files()] == first
    assert await migrate(empty_database_dsn) == []


async def test_many_processes_migrate_at_once_and_one_does_it(empty_database_dsn: str) -> None:
    done = await asyncio.gather(*(migrate(empty_database_dsn) for _ in range(4)))

    assert [0, 0, 0, len(migrations.files())] == sorted(map(len, done))


async def test_an_edited_migration_is_noticed(database_dsn: str) -> None:
    connection = await asyncpg.connect(database_dsn)
    await connection.execute("UPDATE foundation.migration SET sha256 = 'another' WHERE name LIKE '0003%'")
    await connection.close()

    with pytest.raises(ChangedMigration, match="0003"):
        await migrate(database_dsn)


def test_every_migration_is_named_by_number_and_intent() -> None:
    names = [name for name, _ in migrations.files()]
    numbers = [int(name[:4]) for name in names]
    assert numbers == sorted(set(numbers)), "in the order they are applied, no number twice"
    assert all(len(Path(name).stem) > 10 for name in names)


async def test_no_database_default_makes_an_id(database_dsn: str) -> None:
    connection = await asyncpg.connect(database_dsn)
    defaults = await connection.fetch(
        """
        SELECT table_schema, table_name, column_name FROM information_schema.columns
        WHERE data_type = 'uuid' AND column_default IS NOT NULL
          AND table_schema NOT IN ('pg_catalog', 'information_schema')
        """
    )
    await connection.close()
    assert defaults == []
