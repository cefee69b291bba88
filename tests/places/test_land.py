"""An operator brings parts of land and the bridges between them; whoever cannot be told apart is not parted."""

import asyncio
from pathlib import Path
from typing import Any

import h3.api.basic_int as h3
import msgspec
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from backend.cli import imports as import_command
from backend.foundation.database import Connection
from backend.locations import land, land_file
from backend.locations.cells import cell_of, cells_touching, coarsened, res9_of, res9_parent, with_neighbours
from backend.locations.queries_land import land_at
from backend.regions.boundary_file import WrongFile
from tests.places.cast import NOW, connected

HAND_DRAWN = Path(__file__).parents[2] / "backend" / "demo" / "land_parts.geojson"
NORDBY, ESBJERG, HARBOUR, NORTH_SEA = (55.446, 8.398), (55.470, 8.452), (55.4635, 8.4225), (55.5, 7.9)
SVENDBORG, VINDEBY, MARSTAL = (55.060, 10.607), (55.040, 10.615), (54.856, 10.517)
Corner = tuple[float, float]


def square(lon: float, lat: float, side: float = 0.1) -> list[list[float]]:
    return [[lon, lat], [lon + side, lat], [lon + side, lat + side], [lon, lat + side], [lon, lat]]


def feature(name: object, links: object, *rings: list[list[float]]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"name": name, "fixed_links": links},
        "geometry": {"type": "Polygon", "coordinates": rings},
    }


def file_of(*features: object) -> bytes:
    return msgspec.json.encode({"type": "FeatureCollection", "features": features})


def lands_of(*features: object) -> list[list[str]]:
    lands, _ = land.joined(land_file.read(file_of(*features)))
    return [[part.name for part in each.parts] for each in lands]


def hand_drawn() -> list[land_file.Part]:
    return land_file.read(HAND_DRAWN.read_bytes())


async def take(db: Connection, parts: list[land_file.Part]) -> land.LandImported:
    return await land.import_land(db, parts, "hand-drawn", "CC0 1.0", NOW)


async def land_of(db: Connection, place: Corner) -> int | None:
    return await land_at(db, res9_of(*place))


async def test_fanoe_is_a_land_of_its_own_and_taasinge_is_one_with_fyn(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        done = await take(db, hand_drawn())

        assert [[part.name for part in each.parts] for each in done.lands] == [
            ["Fanø"],
            ["Læsø"],
            ["Samsø"],
            ["Sydfyn ved Svendborg", "Thurø", "Tåsinge"],
            ["Vestjylland ved Esbjerg"],
            ["Ærø"],
        ]
        fanoe, mainland = await land_of(db, NORDBY), await land_of(db, ESBJERG)
        assert fanoe is not None
        assert mainland is not None
        assert fanoe != mainland
        assert await land_of(db, SVENDBORG) == await land_of(db, VINDEBY) != await land_of(db, MARSTAL)


@pytest.mark.parametrize("place", [HARBOUR, NORTH_SEA])
async def test_on_water_the_land_is_unknown(database_dsn: str, place: Corner) -> None:
    async with connected(database_dsn) as db:
        await take(db, hand_drawn())
        assert await land_of(db, place) is None


def test_a_link_told_on_one_side_joins_and_links_reach_over_several_parts() -> None:
    fyn, taasinge = feature("Fyn", ["Tåsinge"], square(10, 55)), feature("Tåsinge", [], square(10.5, 55))
    langeland, aeroe = feature("Langeland", ["Tåsinge"], square(11, 55)), feature("Ærø", [], square(11.5, 55))

    assert lands_of(aeroe, langeland, taasinge, fyn) == [["Fyn", "Langeland", "Tåsinge"], ["Ærø"]]


def test_parts_that_touch_are_one_land_whatever_the_file_says() -> None:
    """A file of municipalities parts nobody from their neighbours."""
    parts = land_file.read(file_of(feature("Varde", [], square(8.4, 55.6)), feature("Esbjerg", [], square(8.4, 55.5))))

    lands, touching = land.joined(parts)

    assert len(lands) == 1
    assert touching == [("Esbjerg", "Varde")]


def test_where_two_lands_are_near_each_other_nobody_can_say() -> None:
    """300 m of water: whoever is measured on one shore, or kept coarse beside it, may be on the other."""
    west, east = square(9.0, 56.0), square(9.1048, 56.0)
    lands, _ = land.joined(land_file.read(file_of(feature("A", [], west), feature("B", [], east))))

    cells = land.laid_out(lands)

    assert None in cells.values()
    for cell, of in cells.items():
        beside = {cells.get(each) for each in with_neighbours(cell) if each in cells}
        assert of is None or beside == {of} or beside == {of, None}
    assert cells[res9_of(56.05, 9.05)] == 1
    assert cells[res9_of(56.05, 9.15)] == 2


corners = st.tuples(st.floats(54.6, 57.6), st.floats(8.2, 12.4))
spread = st.floats(-0.06, 0.06)
triangles = st.builds(
    lambda at, offsets: [(at[0] + north, at[1] + east) for north, east in offsets],
    corners,
    st.lists(st.tuples(spread, spread), min_size=3, max_size=3),
).filter(lambda points: shapely.Polygon(points).area > 1e-7)


@given(triangles)
@settings(max_examples=60, deadline=None)
def test_the_cells_of_a_polygon_are_those_that_have_a_point_in_common_with_it(points: list[Corner]) -> None:
    """By another library's geometry, but for a metre at a cell's edge: straight lines differ a little."""
    polygon = shapely.Polygon(points)
    found = set(cells_touching(points))
    around = {n for cell in found for n in with_neighbours(cell)} | {res9_of(*points[0])}
    for cell in around:
        hexagon = shapely.Polygon(h3.cell_to_boundary(cell))
        if cell in found:
            assert hexagon.buffer(0.00001).intersects(polygon)
        else:
            assert not hexagon.buffer(-0.00001).intersects(polygon)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_whoever_is_kept_coarse_is_of_a_land_only_where_their_whole_large_cell_is(data: st.DataObject) -> None:
    lands, _ = land.joined(
        land_file.read(file_of(feature("A", [], square(9.0, 56.0, 0.05)), feature("B", [], square(9.055, 56.0, 0.05))))
    )
    cells = land.laid_out(lands)
    lat, lon = data.draw(st.floats(56.0, 56.05)), data.draw(st.floats(9.0, 9.105))
    kept = res9_parent(coarsened(cell_of(lat, lon)))
    truly = cells.get(res9_of(lat, lon))
    if (said := cells.get(kept)) is not None and truly is not None:
        assert said == truly


async def test_importing_twice_changes_nothing_and_a_new_file_replaces_the_old(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        first = await take(db, hand_drawn())
        again = await take(db, hand_drawn())
        assert (first.changed, again.changed, again.gone) == (first.cells, 0, 0)

        done = await take(db, [part for part in hand_drawn() if part.name in ("Fanø", "Ærø")])

        assert done.gone == first.cells - done.cells
        assert await land_of(db, ESBJERG) is None
        assert await land_of(db, NORDBY) is not None
        names = await db.fetch("SELECT name, source, licence FROM locations.land_part ORDER BY name")
        assert [tuple(row) for row in names] == [("Fanø", "hand-drawn", "CC0 1.0"), ("Ærø", "hand-drawn", "CC0 1.0")]


async def test_an_import_tells_the_planner_how_much_there_is(database_dsn: str) -> None:
    """A plan made on the empty table would read the full one whole, for every person looked at."""
    async with connected(database_dsn) as db:
        await db.execute("ANALYZE locations.land_cell")
        done = await take(db, hand_drawn())
        rows = await db.fetchval("SELECT reltuples FROM pg_class WHERE oid = 'locations.land_cell'::regclass")
        assert rows == done.cells


async def test_while_an_import_is_under_way_alarms_read_what_was_there_before(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        await take(db, hand_drawn())
    async with connected(database_dsn) as importing, connected(database_dsn) as alarm:
        await take(importing, [part for part in hand_drawn() if part.name == "Ærø"])
        await alarm.execute("SET LOCAL statement_timeout = '1s'")
        assert await land_of(alarm, NORDBY) is not None
        assert await land_of(importing, NORDBY) is None


WHOLE = square(10, 55)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"land", "not JSON"),
        (file_of(), "FeatureCollection"),
        (file_of({"type": "Feature"}), "feature 1 has no properties"),
        (file_of({"properties": {"navn": "Fyn"}}), 'feature 1 has no property "name"; it has navn'),
        (file_of(feature(" ", [], WHOLE)), 'feature 1 has no property "name"'),
        (file_of({**feature("Fyn", [], WHOLE), "properties": {"name": "Fyn"}}), r'feature 1 \(Fyn\): .* "fixed_links"'),
        (file_of(feature("Fyn", "Tåsinge", WHOLE)), r'feature 1 \(Fyn\): .* "fixed_links" is a list'),
        (file_of(feature("Fyn", [], WHOLE), feature("Als", [3], WHOLE)), r'feature 2 \(Als\): .* "fixed_links"'),
        (file_of(feature("Fyn", ["Mors"], WHOLE)), r"feature 1 \(Fyn\): .* has Mors, which is the name of no feature"),
        (file_of(feature("Fyn", ["Fyn"], WHOLE)), r"feature 1 \(Fyn\): .* has Fyn, which is the part itself"),
        (file_of(feature("Fyn", [], WHOLE), feature("Fyn", [], WHOLE)), 'feature 2: the property "name" is Fyn'),
        (
            file_of({**feature("Fyn", []), "geometry": {"type": "Point", "coordinates": [10, 55]}}),
            "feature 1 is not a Polygon",
        ),
        (file_of({**feature("Fyn", []), "geometry": None}), "feature 1 is not a Polygon"),
        (
            file_of(feature("Linjen", [], [[10, 55], [11, 55], [10, 55]])),
            r"feature 1 \(Linjen\): its polygon has no area",
        ),
        (file_of(feature("Fyn", [], square(588_000, 6_138_000))), "feature 1: coordinates are degrees"),
        (file_of(feature("Norden", [], square(5, 50, 20))), "more than 500,000 km²"),
    ],
)
def test_a_file_that_cannot_be_used_names_the_feature_and_the_field(text: bytes, words: str) -> None:
    with pytest.raises(WrongFile, match=words):
        land_file.read(text)


def test_crossing_lines_are_repaired_and_a_hole_is_water() -> None:
    bow_tie = [[10.0, 55.0], [10.2, 55.2], [10.2, 55.0], [10.0, 55.2], [10.0, 55.0]]
    (part,) = land_file.read(file_of(feature("Sløjfen", [], bow_tie)))
    assert part.repaired
    assert shapely.is_valid(part.shape)

    ring, _ = land.joined(land_file.read(file_of(feature("Ring", [], WHOLE, square(10.03, 55.03, 0.04)))))
    cells = land.laid_out(ring)
    assert res9_of(55.05, 10.05) not in cells
    assert cells[res9_of(55.01, 10.01)] == 1


def test_heights_are_left_aside_and_small_islands_have_their_cell() -> None:
    with_heights = [[*corner, 17.5] for corner in square(10.0, 55.0, 0.001)]
    lands, _ = land.joined(land_file.read(file_of(feature("Holmen", [], with_heights))))
    assert res9_of(55.0005, 10.0005) in land.laid_out(lands)


async def command(dsn: str, *words: str) -> Result:
    environment = {"HJERTELOEBER_DATABASE_URL": dsn}
    return await asyncio.to_thread(CliRunner().invoke, import_command.app, ["land", *words], env=environment)


async def test_the_command_says_which_parts_are_one_land_and_can_forget_them_all(database_dsn: str) -> None:
    terms = ("--source", "hand-drawn", "--licence", "CC0 1.0")

    done = await command(database_dsn, str(HAND_DRAWN), *terms)

    assert done.exit_code == 0
    assert "8 parts, 6 lands" in done.output
    assert "Sydfyn ved Svendborg, Thurø, Tåsinge" in done.output
    assert ": 0 changed, 0 gone" in (await command(database_dsn, str(HAND_DRAWN), *terms)).output
    assert "8 land parts forgotten" in (await command(database_dsn, "--remove")).output
    async with connected(database_dsn) as db:
        assert await land_of(db, NORDBY) is None


async def test_the_command_asks_for_source_and_licence_and_names_the_mistake(database_dsn: str, tmp_path: Path) -> None:
    assert "--licence" in (await command(database_dsn, str(HAND_DRAWN))).output
    assert "--licence" in (await command(database_dsn)).output
    wrong = tmp_path / "land.geojson"
    wrong.write_bytes(file_of(feature("Fyn", ["Mors"], WHOLE)))
    refused = await command(database_dsn, str(wrong), "--source", "x", "--licence", "y")
    assert (refused.exit_code, "feature 1 (Fyn)" in refused.output) == (1, True)
