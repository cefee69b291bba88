"""Streets come from an operator's file, are served in parts, and nothing else of the machine is."""

from pathlib import Path

import msgspec
import pytest
from litestar.testing import AsyncTestClient
from typer.testing import CliRunner

from backend.app.factory import create_app
from backend.cli.commands import app as commands
from backend.console.served import address_of as address_of_file
from backend.console.streets import ADDRESS, MOST_BYTES, address_of
from backend.console.tiles import HEADER_BYTES, NAME, NotTiles, bring_in, covers_denmark, read_header, streets_in
from backend.foundation.clock import SetClock
from backend.foundation.database import Lane, open_database
from backend.foundation.settings import WrongSettings, read_settings
from backend.identity.staff import StaffRole
from tests.console.cast import NOON, Browser, Office
from tests.console.made_tiles import write_tiles
from tests.edge.cast import load_shipped, make_settings, running_edge


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


async def test_a_page_may_ask_another_origin_only_where_an_operator_named_it_and_only_for_its_map(
    database_dsn: str, tmp_path: Path
) -> None:
    """None by default; with a file of our own nobody else is asked, whatever is named."""
    await load_shipped(database_dsn, NOON)
    database = await open_database(database_dsn, {Lane.REST: 1})
    style = "https://tiles.example:8443/styles/dark.json?key=abc"
    worker = address_of_file("look/parts/maplibre-gl-worker.mjs")
    for named, own, allowed in ((None, False, False), (style, False, True), (style, True, False)):
        settings = make_settings(database_dsn, tmp_path, map_folder=str(tmp_path / "map"), map_style_url=named)
        if own:
            write_tiles(tmp_path / "dk.pmtiles")
            bring_in(tmp_path / "dk.pmtiles", tmp_path / "map")
        async with AsyncTestClient(create_app(settings, clock=SetClock(NOON)), base_url=settings.public_url) as http:
            browser = Browser(http, office := Office(database, SetClock(NOON)))
            await browser.sits_down(await office.grants("Vera", StaffRole.VAGTHAVENDE))
            board, other = await browser.opens("/konsol/tavle"), await browser.opens("/konsol/drift")
            policies = [each.headers["content-security-policy"] for each in (board, other, await browser.opens(worker))]
        asks = "connect-src 'self' https://tiles.example:8443;"
        assert [asks in policy + ";" for policy in policies] == [allowed, False, allowed]
        assert [policy.count("tiles.example") for policy in policies] == [int(allowed), 0, int(allowed)]
        assert ("vejene hentes fra tiles.example:8443" in board.text) == allowed
        assert (f'data-style="{style}"' in board.text) == allowed
    await database.close()


@pytest.mark.parametrize(
    "wrong",
    [
        "http://tiles.example/style.json",
        "https://a@tiles.example/",
        "https://*.example/",
        "https://tiles.example/; x",
        "https://tiles.example",
    ],
)
def test_a_style_s_address_that_would_open_more_than_one_origin_is_no_setting(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(WrongSettings, match="MAP_STYLE_URL"):
        read_settings({"HJERTELOEBER_MAP_STYLE_URL": wrong})


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
