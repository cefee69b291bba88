"""The messages that docs/samples shows are those that go over the wire."""

from pathlib import Path

import pytest

from tests.edge.cast import make_settings, running_edge
from tests.edge.samples import FOLDER, fill, index, played


@pytest.fixture
async def files(database_dsn: str, tmp_path: Path) -> dict[str, str]:
    await fill(database_dsn)
    async with running_edge(make_settings(database_dsn, tmp_path)) as edge:
        return await played(edge)


async def test_the_samples_are_what_the_application_says(files: dict[str, str]) -> None:
    shown = {path.stem: path.read_text("utf-8") for path in FOLDER.glob("*.json")}
    assert sorted(shown) == sorted(files)
    assert [name for name in files if shown[name] != files[name]] == [], "run: python -m tests.edge.samples"
    assert (FOLDER / "README.md").read_text("utf-8") == index(files)
