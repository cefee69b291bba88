"""A point finds its region as of a given moment; what ships is enough for that."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.foundation.clock import copenhagen_midnight
from backend.regions import queries, shipped
from backend.regions.area import Found, How, Level
from backend.regions.find import Borders
from backend.regions.projection import to_wgs84

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LAST_MINUTE = copenhagen_midnight(2027, 1, 1) - timedelta(minutes=1)
FIRST_MINUTE = copenhagen_midnight(2027, 1, 1) + timedelta(minutes=1)
COPENHAGEN = (55.690, 12.510)


@pytest.fixture(scope="module")
def borders() -> Borders:
    """The shipped areas, straight from the files."""
    return Borders([*shipped._regions(), *shipped._municipalities()])


@pytest.mark.parametrize(
    ("place", "region"),
    [
        (COPENHAGEN, "1084"),
        ((55.10, 14.75), "1084"),  # Bornholm, 150 km from the rest of its region
        ((55.642, 12.080), "1085"),  # Roskilde
        ((55.396, 10.388), "1083"),  # Odense
        ((56.157, 10.211), "1082"),  # Aarhus
        ((57.048, 9.919), "1081"),  # Aalborg
    ],
)
def test_a_town_finds_its_region(borders: Borders, place: tuple[float, float], region: str) -> None:
    assert borders.place_of(*place, NOW) == Found(region=region, municipality=None, how=How.INSIDE)


def test_on_new_years_eve_the_capital_region_becomes_another(borders: Borders) -> None:
    """31 December 2026 23:59 counts for Hovedstaden, 1 January 00:01 for Østdanmark; both at Danish midnight."""
    assert datetime(2026, 12, 31, 23, 1, tzinfo=UTC) == FIRST_MINUTE
    for place, before in ((COPENHAGEN, "1084"), ((55.642, 12.080), "1085")):
        assert borders.place_of(*place, LAST_MINUTE).region == before
        assert borders.place_of(*place, FIRST_MINUTE).region == "1084+1085"
    assert borders.name_of(Level.REGION, "1084+1085", FIRST_MINUTE) == "Region Østdanmark"
    assert borders.name_of(Level.REGION, "1084", FIRST_MINUTE) is None
    assert borders.place_of(57.048, 9.919, FIRST_MINUTE).region == "1081"


def test_both_sides_of_a_border_find_their_own_region(borders: Borders) -> None:
    """Hovedstaden and Sjælland meet south-west of Copenhagen, Midtjylland and Syddanmark between Horsens and Vejle."""
    assert borders.place_of(55.66, 12.35, NOW).region == "1084"  # Albertslund
    assert borders.place_of(55.58, 12.28, NOW).region == "1085"  # Greve
    assert borders.place_of(55.863, 9.838, NOW).region == "1082"  # Horsens
    assert borders.place_of(55.709, 9.536, NOW).region == "1083"  # Vejle


def test_a_pier_belongs_to_the_nearest_coast_and_the_open_sea_to_nobody(borders: Borders) -> None:
    """The coarse coast leaves the middle of Copenhagen in the water: its harbour is 150 m from the polygon."""
    assert borders.place_of(55.676, 12.568, NOW) == Found(region="1084", municipality=None, how=How.NEAREST)
    assert borders.place_of(56.6, 6.5, NOW) == Found(region=None, municipality=None, how=How.UNKNOWN)
    assert borders.place_of(2.04, 45.34, NOW).how is How.UNKNOWN


def test_before_the_reform_of_2007_nothing_is_known(borders: Borders) -> None:
    assert borders.place_of(*COPENHAGEN, datetime(2006, 12, 31, tzinfo=UTC)).how is How.UNKNOWN


def test_distance_from_denmark(borders: Borders) -> None:
    assert borders.metres_from_denmark(*COPENHAGEN) == 0
    assert borders.metres_from_denmark(53.55, 9.99) == pytest.approx(140_000, rel=0.15)  # Hamburg
    assert borders.metres_from_denmark(59.33, 18.07) > 300_000  # Stockholm
    assert borders.metres_from_denmark(12.5, 55.7) > 4_000_000


@given(st.floats(-90, 90), st.floats(-180, 180))
@settings(max_examples=200, deadline=None)
def test_any_place_on_earth_has_an_answer(lat: float, lon: float) -> None:
    borders = _borders()
    found = borders.place_of(lat, lon, NOW)
    assert (found.how is How.UNKNOWN) == (found.region is None)
    metres = borders.metres_from_denmark(lat, lon)
    assert metres >= 0
    if found.how is How.INSIDE:
        assert metres == 0


@given(st.floats(54.5, 57.8), st.floats(8.0, 15.2))
@settings(max_examples=200, deadline=None)
def test_the_merge_moves_nobody_out_of_denmark(lat: float, lon: float) -> None:
    """Only the two merging regions change, and together they cover what they covered apart."""
    borders = _borders()
    before, after = borders.place_of(lat, lon, LAST_MINUTE), borders.place_of(lat, lon, FIRST_MINUTE)
    assert before.how == after.how
    assert after.region == ("1084+1085" if before.region in ("1084", "1085") else before.region)


_made: list[Borders] = []


def _borders() -> Borders:
    if not _made:
        _made.append(Borders([*shipped._regions(), *shipped._municipalities()]))
    return _made[0]


@pytest.mark.parametrize(
    ("first", "second", "system", "words"),
    [
        (12.568, 55.676, "WGS84", "swapped"),
        (724_500.0, 6_175_700.0, "WGS84", "EPSG:25832"),
        (6_175_700.0, 724_500.0, "WGS84", "EPSG:25832"),
        (55.676, -12.568, "WGS84", "longitude has the wrong sign"),
        (-55.676, 12.568, "WGS84", "latitude has the wrong sign"),
        (556_760.0, 125_680.0, "WGS84", "decimal point"),
        (6_175_700.0, 724_500.0, "EPSG:25832", "swapped"),
        (55.676, 12.568, "EPSG:25832", "degrees"),
        (12.568, 55.676, "EPSG:25832", "degrees"),
    ],
)
def test_an_impossible_place_names_its_likely_correction(
    borders: Borders, first: float, second: float, system: str, words: str
) -> None:
    assert words in (borders.likely_correction(first, second, system) or "")


def test_a_place_in_denmark_or_beyond_guessing_gets_no_correction(borders: Borders) -> None:
    assert borders.likely_correction(*COPENHAGEN, "WGS84") is None
    assert borders.likely_correction(-33.9, 18.4, "WGS84") is None
    assert borders.likely_correction(float("nan"), 12.0, "WGS84") is None


def test_the_national_grid_becomes_degrees() -> None:
    """The round tower in Copenhagen, by its known coordinates."""
    lat, lon = to_wgs84(725_370.0, 6_176_470.0) or (0.0, 0.0)
    assert lat == pytest.approx(55.68, abs=0.01)
    assert lon == pytest.approx(12.58, abs=0.01)
    assert to_wgs84(float("inf"), 1.0) is None
    assert to_wgs84(1e30, 1e30) is None


async def test_what_ships_is_loaded_once_and_changes_nothing_the_second_time(database_dsn: str) -> None:
    connection = await asyncpg.connect(database_dsn)
    async with connection.transaction():
        await shipped.load(connection, NOW)
        before = await queries.areas(connection)
        assert await shipped.load(connection, NOW) == 0
        assert await queries.areas(connection) == before

        assert len(await queries.municipalities(connection, NOW)) == 98
        assert len(await queries.municipalities(connection, FIRST_MINUTE)) == 98
        east = [m for m in await queries.municipalities(connection, FIRST_MINUTE) if m.region == "1084+1085"]
        assert len(east) == 46
        centres = await queries.centres(connection, NOW)
        assert [sum(each.kind == kind for each in centres) for kind in ("live", "test")] == [5, 1]
    await connection.close()


async def test_a_centre_answers_for_its_areas_before_and_after_the_merge(database_dsn: str) -> None:
    """Nobody knows yet whether the centres merge, so each keeps the municipalities it had."""
    connection = await asyncpg.connect(database_dsn)
    async with connection.transaction():
        await shipped.load(connection, NOW)
        capital = shipped.centre_id("amk-hovedstaden")
        assert await queries.centre_of_area(connection, Level.REGION, "1084", LAST_MINUTE) == capital
        assert await queries.centre_of_area(connection, Level.REGION, "1084", FIRST_MINUTE) is None
        assert await queries.centre_of_area(connection, Level.MUNICIPALITY, "0101", FIRST_MINUTE) == capital
        assert await queries.centre_of_area(connection, Level.MUNICIPALITY, "0411", NOW) == capital
        assert await queries.municipality(connection, "0411", NOW) is None
        assert {centre.code for centre in await queries.centres(connection, FIRST_MINUTE)} == {
            centre.code for centre in await queries.centres(connection, NOW)
        }
    await connection.close()


def test_the_shipped_places_lie_where_they_say() -> None:
    """Their region by point in polygon agrees with the list's own column (coarse shapes: nearly always)."""
    borders, places = _borders(), shipped.places()
    assert len(places) == 505
    right = sum(borders.place_of(place.lat, place.lon, NOW).region == place.region for place in places)
    assert right / len(places) > 0.98


def test_shipped_data_lie_in_the_package() -> None:
    assert (Path(shipped.__file__).parent / "data" / "dk_places.csv").is_file()
