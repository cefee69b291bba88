"""A planted world: two centres, volunteers, a newcomer, a stranger; and arrests both centres have reported."""

from collections.abc import AsyncIterator

import pytest

from tests.edge.cast import load_shipped
from tests.leak.grounds import a_world
from tests.leak.world import World


@pytest.fixture
async def world(database_dsn: str) -> AsyncIterator[World]:
    await load_shipped(database_dsn)
    async with a_world(database_dsn, seed=1) as world:
        yield world
