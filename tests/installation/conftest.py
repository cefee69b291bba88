"""A server of its own, since log-ins belong to a whole server; one installation on it, migrated."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.demo.embedded_postgres import running_server
from tests.installation.cast import Database, Installation, make_database, make_keys

PROGRAM = Path(sys.executable).with_name("hjerteloeber")


@pytest.fixture(scope="module")
def migrated() -> Iterator[Database]:
    """Migrated by its owner, who is no superuser, with the command the compose file gives."""
    with running_server(None, fast=False) as server:
        database = asyncio.run(make_database(server))
        yield database


@pytest.fixture
def installation(migrated: Database, tmp_path: Path) -> Installation:
    keys = tmp_path / "keys"
    keys.mkdir(mode=0o700)
    make_keys(keys)
    installation = Installation(migrated, keys)
    done = subprocess.run(
        [PROGRAM, "migrate"], env=installation.environment("migrate"), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return installation
