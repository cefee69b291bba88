"""The town of the alarms, and a list of erasures in a folder of the test's."""

from pathlib import Path

import pytest

from backend.rights.erasure_list import ErasureList
from tests.alarm.conftest import town
from tests.people.conftest import clock, database, new_phone

__all__ = ["clock", "database", "listing", "new_phone", "town"]


@pytest.fixture
def listing(tmp_path: Path) -> ErasureList:
    folder = tmp_path / "erasures"
    folder.mkdir()
    return ErasureList(folder, "host-1")
