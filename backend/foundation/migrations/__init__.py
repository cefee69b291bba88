"""Forward-only SQL files, named by intent, applied in order, each in a transaction of its own.

A file that has been applied is never edited: its sha256 is kept and compared at every start.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from importlib import resources

import asyncpg

Step = Callable[[asyncpg.Connection], Awaitable[None]]
"""What SQL cannot do of a change of the data (seal, say)."""

# Any fixed number: it only has to be the same for everybody who migrates this database.
_LOCK = 727_112


class ChangedMigration(Exception):
    """A migration that was already applied no longer reads as it did then."""


def files(package: str = __name__) -> list[tuple[str, str]]:
    """(name, SQL) of every migration in the order they are applied; another package's bear its name."""
    folder = resources.files(package)
    whose = "" if package == __name__ else f"{package}/"
    return [
        (whose + entry.name, entry.read_text("utf-8"))
        for entry in sorted(folder.iterdir(), key=lambda e: e.name)
        if entry.name.endswith(".sql")
    ]


async def migrate(dsn: str, package: str = __name__, before: Mapping[str, Step] | None = None) -> list[str]:
    """Bring the database at `dsn` up to date; return the names applied now. Safe to run from many processes at once.

    `package`: whose files, ours unless another is named. `before`: steps by the number of the file each is done
    before, in the file's transaction.

    Raises ChangedMigration when an applied file was edited; nothing is applied then.
    """
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        await connection.execute(
            """
            CREATE SCHEMA IF NOT EXISTS foundation;
            CREATE TABLE IF NOT EXISTS foundation.migration (
              name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());
            """
        )
        applied = {
            row["name"]: row["sha256"]
            for row in await connection.fetch("SELECT name, sha256 FROM foundation.migration")
        }
        wanted = [(name, sql, hashlib.sha256(sql.encode()).hexdigest()) for name, sql in files(package)]
        changed = [name for name, _, digest in wanted if applied.get(name, digest) != digest]
        if changed:
            raise ChangedMigration(
                f"applied migrations were edited afterwards: {', '.join(changed)}; add a new file instead"
            )
        done = []
        for name, sql, digest in wanted:
            if name in applied:
                continue
            async with connection.transaction():
                if before and name[:4] in before:
                    await before[name[:4]](connection)
                await connection.execute(sql)
                await connection.execute(
                    "INSERT INTO foundation.migration (name, sha256) VALUES ($1, $2)", name, digest
                )
            done.append(name)
        return done
    finally:
        await connection.close()
