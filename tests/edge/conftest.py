"""An application for a test, on a database of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.edge.cast import Edge, load_shipped, make_settings, running_edge


@pytest.fixture
async def edge(database_dsn: str, tmp_path: Path) -> AsyncIterator[Edge]:
    """The whole application with what ships as data."""
    await load_shipped(database_dsn)
    async with running_edge(make_settings(database_dsn, tmp_path)) as edge:
        yield edge
