"""`backend/foundation/schema.sql`: what the migrations add up to, so that a change of them can be read as one.

``python -m tests.house.schema`` writes it anew; a test compares.
"""

import asyncio
import os
import re
import subprocess
from pathlib import Path

from backend.demo.embedded_postgres import Server, running_server
from backend.demo.postgres_binaries import find_binaries
from backend.foundation.migrations import migrate

SNAPSHOT = Path(__file__).parents[2] / "backend" / "foundation" / "schema.sql"
HEAD = "-- What the migrations add up to. Written by `make schema`; a test compares. Never run.\n"

# What pg_dump says about itself and about the session that would load the dump.
_NOISE = re.compile(r"^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*|\s*)$")


def of(server: Server, database: str) -> str:
    """The schema of a database as readable SQL, the same for the same schema."""
    dump = subprocess.run(
        [
            find_binaries().folder / "pg_dump",
            "--schema-only",
            "--no-owner",
            "--exclude-extension=*",
            f"--dbname={server.dsn(database)}",
        ],
        check=True,
        capture_output=True,
        text=True,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
    ).stdout
    lines = [line for line in dump.splitlines() if not _NOISE.match(line)]
    return HEAD + "\n".join(lines) + "\n"


def write() -> None:
    with running_server(None, fast=True) as server:
        asyncio.run(migrate(server.dsn()))
        SNAPSHOT.write_text(of(server, "postgres"), "utf-8")


if __name__ == "__main__":
    write()
