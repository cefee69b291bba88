"""An operator brings official boundaries, postcodes and defibrillators; a wrong file changes nothing and says why."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

from backend.cli import centre as centre_command
from backend.cli import imports as import_command
from backend.foundation.clock import copenhagen_midnight
from backend.regions import boundary_file, import_postcodes, queries, shipped
from backend.regions.area import Found, How, Level
from backend.regions.centres import answering_for
from backend.regions.find import Borders
from backend.regions.import_areas import AreasImported, import_areas
from tests.places.cast import NOW, connected

TODAY = copenhagen_midnight(2026, 11, 21)
NEW_YEAR = copenhagen_midnight(2027, 1, 1)
CHRISTIANSOE = (55.3205, 15.1875)

Box = tuple[float, float, float, float]
# Hand-drawn: two neighbours in each of two regions that meet, and the islets that belong to none.
BOXES: dict[str, tuple[str, str | None, Box]] = {
    "0183": ("Ishøj", "1084", (12.20, 55.60, 12.35, 55.65)),
    "0253": ("Greve", "1085", (12.20, 55.55, 12.35, 55.60)),
    "0615": ("Horsens", "1082", (9.70, 55.80, 10.00, 55.95)),
    "0630": ("Vejle", "1083", (9.40, 55.60, 9.70, 55.80)),
    "0411": ("Christiansø", None, (15.17, 55.31, 15.20, 55.33)),
}
REGIONS = {
    "1082": "Region Midtjylland",
    "1083": "Region Syddanmark",
    "1084": "Region Hovedstaden",
    "1085": "Region Sjælland",
}


def ring(box: Box) -> list[list[float]]:
    west, south, east, north = box
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(code: str, name: str, region: str | None, box: Box, region_name: str | None = None) -> dict[str, object]:
    named = region_name or (REGIONS.get(region) if region else None)
    return {
        "type": "Feature",
        "properties": {"code": code, "name": name, "region_code": region, "region_name": named},
        "geometry": {"type": "MultiPolygon", "coordinates": [[ring(box)]]},
    }


def collection(*features: dict[str, object]) -> bytes:
    return msgspec.json.encode({"type": "FeatureCollection", "features": list(features)})


def hand_drawn() -> bytes:
    return collection(*(feature(code, name, region, box) for code, (name, region, box) in BOXES.items()))


async def take(db: object, text: bytes, starts: datetime = TODAY) -> AreasImported:
    return await import_areas(db, boundary_file.read(text), "hand-drawn", starts)  # type: ignore[arg-type]


async def test_official_boundaries_name_the_municipality_and_its_region_at_every_time(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        await shipped.load(db, NOW)
        done = await take(db, hand_drawn())
        assert sorted(done.filled) == sorted(BOXES)
        assert "0101" in done.missing
        assert not done.remarks

        borders = await Borders.load(db)
        assert borders.place_of(55.62, 12.30, NOW) == Found("1084", "0183", How.INSIDE)
        assert borders.place_of(55.58, 12.30, NOW) == Found("1085", "0253", How.INSIDE)
        assert borders.place_of(55.85, 9.85, NOW) == Found("1082", "0615", How.INSIDE)
        assert borders.place_of(55.75, 9.65, NOW) == Found("1083", "0630", How.INSIDE)
        assert borders.place_of(55.62, 12.30, NEW_YEAR) == Found("1084+1085", "0183", How.INSIDE)
        assert borders.place_of(55.58, 12.30, NEW_YEAR) == Found("1084+1085", "0253", How.INSIDE)


async def test_christiansoe_is_in_no_region_and_its_centre_is_a_dated_row(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        await shipped.load(db, NOW)
        assert (await Borders.load(db)).place_of(*CHRISTIANSOE, NOW) == Found(None, None, How.UNKNOWN)
        await take(db, hand_drawn())
        for at in (NOW, NEW_YEAR):
            found = (await Borders.load(db)).place_of(*CHRISTIANSOE, at)
            assert found == Found(region=None, municipality="0411", how=How.INSIDE)
            assert await answering_for(db, found, at) == shipped.centre_id("amk-hovedstaden")


async def test_a_place_off_the_coast_finds_the_nearest_municipality_within_five_kilometres(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        await shipped.load(db, NOW)
        await take(db, hand_drawn())
        borders = await Borders.load(db)
        degrees_north = 1 / 111.195
        assert borders.place_of(55.33 + 4.9 * degrees_north, 15.18, NOW) == Found(None, "0411", How.NEAREST)
        assert borders.place_of(55.33 + 5.1 * degrees_north, 15.18, NOW) == Found(None, None, How.UNKNOWN)


async def test_importing_twice_changes_nothing_and_a_new_border_begins_on_its_day(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        await shipped.load(db, NOW)
        await take(db, hand_drawn())
        before = await queries.areas(db)
        again = await take(db, hand_drawn())
        assert (sorted(again.unchanged), again.filled, again.redrawn, again.new) == (sorted(BOXES), [], [], [])
        assert await queries.areas(db) == before

        moved = feature("0630", "Vejle", "1083", (9.40, 55.60, 9.70, 55.82))
        spring = copenhagen_midnight(2027, 4, 1)
        assert (await take(db, collection(moved), spring)).redrawn == ["0630"]
        borders = await Borders.load(db)
        assert borders.place_of(55.81, 9.5, spring).how is How.INSIDE
        assert borders.place_of(55.81, 9.5, NOW).how is How.NEAREST
        assert (await take(db, collection(moved), spring)).unchanged == ["0630"]
        await shipped.load(db, NOW)
        assert (await Borders.load(db)).place_of(55.81, 9.5, spring).how is How.INSIDE


async def test_an_old_file_does_not_undo_the_merge_and_a_new_one_brings_the_official_code(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        await shipped.load(db, NOW)
        late = copenhagen_midnight(2027, 2, 1)
        old = await take(db, hand_drawn(), late)
        assert len(old.remarks) == 2
        assert "0183" in old.remarks[0]
        assert (await Borders.load(db)).place_of(55.62, 12.30, late).region == "1084+1085"

        name, _, box = BOXES["0183"]
        new = await take(db, collection(feature("0183", name, "1099", box, "Region Østdanmark")), late)
        assert "official 1099" in new.remarks[0]
        borders = await Borders.load(db)
        assert borders.place_of(55.62, 12.30, late).region == "1099"
        assert borders.place_of(55.70, 12.45, late).region == "1099"  # by the coarse shape of the whole region
        assert borders.place_of(55.62, 12.30, NOW).region == "1084"
        assert borders.name_of(Level.REGION, "1099", late) == "Region Østdanmark"
        assert await shipped.load(db, NOW) == 0


async def test_an_area_nobody_knew_is_new(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        await shipped.load(db, NOW)
        done = await take(db, collection(feature("0999", "Nykommune", "1081", (10.0, 57.0, 10.2, 57.2))))
        assert done.new == ["0999"]
        assert (await Borders.load(db)).place_of(57.1, 10.1, NOW) == Found("1081", "0999", How.INSIDE)


def test_an_area_in_several_features_is_one_and_crossing_lines_are_repaired() -> None:
    bow_tie: dict[str, object] = {
        "type": "Feature",
        "properties": {"code": 101, "name": "København", "region_code": "1084", "region_name": "Region Hovedstaden"},
        "geometry": {"type": "Polygon", "coordinates": [[[12, 55], [13, 56], [13, 55], [12, 56], [12, 55]]]},
    }
    [one] = boundary_file.read(collection(bow_tie, feature("0101", "København", "1084", (14, 55, 15, 56))))
    assert (one.code, one.level, one.repaired) == ("0101", Level.MUNICIPALITY, True)
    plain = {"type": "Feature", "properties": {"code": "1081", "name": "Region Nordjylland"}}
    [region] = boundary_file.read(
        collection({**plain, "geometry": feature("0101", "x", None, (9, 56, 10, 57))["geometry"]})
    )
    assert region.level is Level.REGION


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"code,name\n", "not JSON"),
        (b'{"type": "Topology"}', "FeatureCollection"),
        (collection({"type": "Feature", "properties": {"kode": "0101", "navn": "København"}}), "kode, navn"),
        (collection(feature("x", "København", "1084", (12, 55, 13, 56))), "feature 1.*four digits"),
        (
            collection(feature("0101", "A", "1084", (12, 55, 13, 56)), feature("0101", "B", "1084", (12, 55, 13, 56))),
            "two names",
        ),
        (collection(feature("0101", "A", "1084", (720_000, 6_170_000, 730_000, 6_180_000))), "ogr2ogr"),
        (
            collection(
                {
                    **feature("0101", "A", "1084", (12, 55, 13, 56)),
                    "geometry": {"type": "Point", "coordinates": [12, 55]},
                }
            ),
            "not a Polygon",
        ),
        (collection({**feature("0101", "A", "1084", (12, 55, 13, 56)), "geometry": None}), "not a Polygon"),
    ],
)
def test_a_file_of_boundaries_that_cannot_be_used_says_where_and_why(text: bytes, words: str) -> None:
    with pytest.raises(boundary_file.WrongFile, match=words):
        boundary_file.read(text)


async def test_postcodes_are_replaced_as_a_whole(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        await shipped.load(db, NOW)
        assert not await queries.has_postcodes(db)
        pairs = import_postcodes.read(
            "\ufeffpostcode;municipality\n2100;101\n2750;0151\n2750;0163\n2100;0101\n9999;0777\n"
        )
        assert await import_postcodes.import_postcodes(db, pairs, NOW) == ["0777"]
        assert await queries.municipalities_of_postcode(db, "2750") == ["0151", "0163"]
        assert await queries.municipalities_of_postcode(db, "9999") == []
        assert await queries.has_postcodes(db)
        await import_postcodes.import_postcodes(db, [("8000", "0751")], NOW)
        assert await queries.municipalities_of_postcode(db, "2750") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1"),
        ("zip,code\n", "line 1: the columns are postcode,municipality; the file has zip,code"),
        ("postcode,municipality\n2100,0101\nKøbenhavn Ø,0101\n", "line 3: postcode"),
        ("postcode,municipality\n2100\n", "line 2: municipality"),
        ("postcode,municipality\n", "no line"),
    ],
)
def test_a_file_of_postcodes_that_cannot_be_used_names_the_line(text: str, words: str) -> None:
    with pytest.raises(boundary_file.WrongFile, match=words):
        import_postcodes.read(text)


async def command(app: object, dsn: str, *words: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, app, [*words], env={"HJERTELOEBER_DATABASE_URL": dsn})  # type: ignore[arg-type]


async def test_the_commands_say_what_they_did(database_dsn: str, tmp_path: Path) -> None:
    async with connected(database_dsn) as db:
        await shipped.load(db, NOW)
    file = tmp_path / "areas.geojson"
    file.write_bytes(hand_drawn())
    done = await command(import_command.app, database_dsn, "areas", str(file), "--from", "2026-11-21")
    assert (done.exit_code, "5 areas: 5 filled in" in done.output) == (0, True)

    postcodes = tmp_path / "postcodes.csv"
    postcodes.write_text("postcode,municipality\n2635,0183\n")
    done = await command(import_command.app, database_dsn, "postcodes", str(postcodes))
    assert "1 postcodes in 1 municipalities" in done.output

    point = {"type": "Point", "coordinates": [12.3, 55.6]}
    aeds = tmp_path / "aeds.geojson"
    one: dict[str, object] = {
        "type": "Feature",
        "id": "node/1",
        "properties": {"emergency": "defibrillator"},
        "geometry": point,
    }
    options = ("--source", "osm", "--licence", "ODbL 1.0")
    aeds.write_bytes(collection(one))
    assert "1 new" in (await command(import_command.app, database_dsn, "aeds", str(aeds), *options)).output
    assert "1 unchanged" in (await command(import_command.app, database_dsn, "aeds", str(aeds), *options)).output
    aeds.write_bytes(collection())
    refused = await command(import_command.app, database_dsn, "aeds", str(aeds), *options)
    assert (refused.exit_code, "--force" in refused.output) == (1, True)
    assert "1 gone" in (await command(import_command.app, database_dsn, "aeds", str(aeds), *options, "--force")).output


async def test_a_centre_is_made_once_and_for_areas_nobody_has(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        await shipped.load(db, NOW)
    app = centre_command.app
    made = await command(
        app, database_dsn, "add", "proeve", "Prøvecentralen", "--kind", "test", "--municipality", "0999"
    )
    assert (made.exit_code, "client add --centre proeve" in made.output) == (0, True)
    async with connected(database_dsn) as db:
        centre = await queries.centre_by_code(db, "proeve", datetime.now(UTC))
        assert centre is not None
        assert (centre.name, centre.kind) == ("Prøvecentralen", "test")
    for words in (("proeve", "En til"), ("ny", "Ny", "--region", "1081"), ("Stor!", "Ny")):
        refused = await command(app, database_dsn, "add", *words)
        assert refused.exit_code == 1
        assert refused.output.strip()
    assert "proeve" in (await command(app, database_dsn, "list")).output


async def test_a_database_that_is_not_ready_is_told_in_a_sentence(empty_database_dsn: str, tmp_path: Path) -> None:
    file = tmp_path / "areas.geojson"
    file.write_bytes(hand_drawn())
    without_tables = await command(import_command.app, empty_database_dsn, "areas", str(file))
    assert (without_tables.exit_code, "hjerteloeber migrate" in without_tables.output) == (1, True)
    nowhere = await command(import_command.app, "postgresql://127.0.0.1:1/none", "areas", str(file))
    assert (nowhere.exit_code, "--database-url" in nowhere.output) == (1, True)
