"""An application for a test, on a database of its own; clients made from its documents."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from backend.app.openapi.document import Document
from tests.edge.cast import Edge, load_shipped, make_settings, running_edge
from tests.edge.generated import Generated, generate_in


@pytest.fixture
async def edge(database_dsn: str, tmp_path: Path) -> AsyncIterator[Edge]:
    """The whole application with what ships as data."""
    await load_shipped(database_dsn)
    async with running_edge(make_settings(database_dsn, tmp_path)) as edge:
        yield edge


@pytest.fixture
def generate(tmp_path: Path) -> Iterator[Callable[[Document], Awaitable[Generated]]]:
    """Makes a client of a document and puts it on the import path for one test."""
    sys.path.insert(0, str(tmp_path))
    yield lambda which: generate_in(tmp_path, which)
    sys.path.remove(str(tmp_path))
    for name in [name for name in sys.modules if name.startswith("generated_")]:
        del sys.modules[name]
