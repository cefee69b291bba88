"""Streets come from an operator's file, are served in parts, and nothing else of the machine is."""

from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from backend.cli.commands import app as commands
from backend.console.streets import ADDRESS, MOST_BYTES, address_of
from backend.console.tiles import HEADER_BYTES, NAME, NotTiles, bring_in, covers_denmark, read_header, streets_in
from tests.console.made_tiles import write_tiles
from tests.edge.cast import make_settings, running_edge


def imported(*words: str) -> tuple[int, str]:
    answer = CliRunner().invoke(commands, ["import", "tiles", *words])
    return answer.exit_code, answer.output


def test_an_operator_brings_streets_in_and_again(tmp_path: Path) -> None:
    write_tiles(tmp_path / "dk.pmtiles")
    folder = str(tmp_path / "map")
    assert not (tmp_path / "map").exists()
    code, said = imported(str(tmp_path / "dk.pmtiles"), "--map-folder", folder)
    assert (code, "streets are there, zoom 0 to 0" in said) == (0, True)
    first = streets_in(folder)
    assert first is not None
    assert first.size == (tmp_path / "dk.pmtiles").stat().st_size
    assert imported(str(tmp_path / "dk.pmtiles"), "--map-folder", folder)[0] == 0
    assert sorted(each.name for each in (tmp_path / "map").iterdir()) == [NAME]


def test_a_file_that_is_no_streets_changes_nothing_and_says_why(tmp_path: Path) -> None:
    write_tiles(tmp_path / "good.pmtiles")
    bring_in(tmp_path / "good.pmtiles", tmp_path / "map")
    before = (tmp_path / "map" / NAME).read_bytes()
    (tmp_path / "text").write_text("no tiles", "utf-8")
    write_tiles(tmp_path / "old", version=2)
    write_tiles(tmp_path / "pictures", tile_type=2)
    wrong = {"text": "no PMTiles", "old": "version 2", "pictures": "pictures"}
    for name, why in wrong.items():
        code, said = imported(str(tmp_path / name), "--map-folder", str(tmp_path / "map"))
        assert (code, why in said) == (1, True), (name, said)
    assert (tmp_path / "map" / NAME).read_bytes() == before
    assert "HJERTELOEBER_MAP_FOLDER" in imported(str(tmp_path / "good.pmtiles"))[1]


def test_a_header_says_what_it_covers(tmp_path: Path) -> None:
    write_tiles(tmp_path / "world")
    header = read_header((tmp_path / "world").read_bytes()[:HEADER_BYTES])
    assert list(header.bounds) == [-180.0, -85.0, 180.0, 85.0]
    assert covers_denmark(header)
    assert not covers_denmark(msgspec.structs.replace(header, bounds=(12.0, 55.0, 13.0, 56.0)))
    with pytest.raises(NotTiles):
        read_header(b"PMTiles\x03")


async def test_it_is_served_in_parts_and_by_its_version_alone(database_dsn: str, tmp_path: Path) -> None:
    write_tiles(tmp_path / "dk.pmtiles")
    bring_in(tmp_path / "dk.pmtiles", tmp_path / "map")
    settings = make_settings(database_dsn, tmp_path, map_folder=str(tmp_path / "map"))
    found, whole = streets_in(settings.map_folder), (tmp_path / "dk.pmtiles").read_bytes()
    async with running_edge(settings) as edge:
        address = address_of(found)
        part = await edge.http.get(address, headers={"Range": "bytes=0-126"})
        assert (part.status_code, part.content) == (206, whole[:127])
        assert part.headers["content-range"] == f"bytes 0-126/{len(whole)}"
        to_the_end = await edge.http.get(address, headers={"Range": f"bytes=100-{len(whole) + 500}"})
        assert to_the_end.content == whole[100:]
        refused = {
            "": 422,
            "bytes=-5": 422,
            "bytes=0-": 422,
            "lines=0-5": 422,
            f"bytes={len(whole)}-{len(whole)}": 416,
            f"bytes=0-{MOST_BYTES}": 206,  # there is not so much of it
            "bytes=9-3": 416,
        }
        for wanted, status in refused.items():
            answer = await edge.http.get(address, headers={"Range": wanted} if wanted else {})
            assert answer.status_code == status, wanted
        for other in ("other", "..%2f..%2fdata.key", NAME):
            assert (await edge.http.get(f"{ADDRESS}/{other}", headers={"Range": "bytes=0-9"})).status_code == 404
