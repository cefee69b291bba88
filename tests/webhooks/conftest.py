"""A dispatch system with a server of its own, and the part of a worker that tells it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.webhooks.cast import Certificates, Hook, Names, Office, hook_at, make_certificates, open_office, session_to


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return make_certificates(tmp_path)


@pytest.fixture
async def hook(certificates: Certificates) -> AsyncIterator[Hook]:
    async with hook_at("127.0.0.1", certificates) as hook:
        yield hook


@pytest.fixture
async def office(database_dsn: str, tmp_path: Path, certificates: Certificates) -> AsyncIterator[Office]:
    async with (
        session_to(certificates, Names(["127.0.0.1"])) as session,
        open_office(database_dsn, tmp_path, session) as office,
    ):
        yield office
