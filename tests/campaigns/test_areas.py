"""Regions and municipalities of a day, and how many people live there: known with their year, or not at all."""

from datetime import UTC, date, datetime

import asyncpg
import pytest
import shapely

from backend.public.places import Level
from backend.public.store import Store
from backend.regions import shipped
from campaigns.areas.area import Area
from campaigns.areas.look_up import areas_on, import_inhabitants, shapes_on
from campaigns.organisation.keep import Wrong

BEFORE, AFTER = date(2026, 12, 31), date(2027, 1, 1)
TODAY = date(2026, 11, 28)


@pytest.fixture(autouse=True)
async def denmark(campaigns_dsn: str) -> None:
    connection = await asyncpg.connect(campaigns_dsn)
    await shipped.load(connection, datetime(2026, 11, 28, tzinfo=UTC))
    await connection.close()


async def on(store: Store, day: date) -> dict[str, Area]:
    async with store.transaction() as c:
        return {area.code: area for area in await areas_on(c, day)}


async def takes(store: Store, text: str) -> int:
    async with store.transaction() as c:
        return await import_inhabitants(c, "people.csv", text.encode(), TODAY)


async def test_two_regions_are_one_from_the_first_of_january_2027(store: Store) -> None:
    before, after = await on(store, BEFORE), await on(store, AFTER)
    assert [code for code, area in before.items() if area.level is Level.REGION] == [
        "1081",
        "1082",
        "1083",
        "1084",
        "1085",
    ]
    assert [code for code, area in after.items() if area.level is Level.REGION] == ["1081", "1082", "1083", "1084+1085"]
    assert before["0101"].parent == "1084"
    assert after["0101"].parent == "1084+1085"


async def test_there_are_98_municipalities_and_christiansoe_is_none(store: Store) -> None:
    areas = await on(store, BEFORE)
    assert sum(area.level is Level.MUNICIPALITY for area in areas.values()) == 98
    assert "0411" not in areas


async def test_regions_know_their_inhabitants_from_the_start_and_no_municipality_does(store: Store) -> None:
    areas = await on(store, AFTER)
    denmark = [area.inhabitants for area in areas.values() if area.level is Level.REGION]
    assert sum(each.people for each in denmark if each) == 5_822_679
    assert all(area.inhabitants is None for area in areas.values() if area.level is Level.MUNICIPALITY)


async def test_a_number_counts_from_then_on_and_the_latest_year_wins(store: Store) -> None:
    assert await takes(store, "code;year;people\n0101;2025;650000\n751;2025;370000\n") == 2
    assert await takes(store, "code,year,people\n0101,2026,660000\n0101,2024,640000\n") == 2
    areas = await on(store, BEFORE)
    copenhagen = areas["0101"].inhabitants
    assert copenhagen is not None
    assert (copenhagen.year, copenhagen.people) == (2026, 660_000)
    assert areas["0751"].inhabitants is not None, "Excel took its zero"
    assert areas["0157"].inhabitants is None


async def test_a_region_is_the_sum_of_its_municipalities_once_all_are_known_of_one_year(store: Store) -> None:
    of_region = [code for code, area in (await on(store, BEFORE)).items() if area.parent == "1081"]
    await takes(store, "code;year;people\n" + "".join(f"{code};2026;1000\n" for code in of_region[1:]))
    shipped_number = (await on(store, BEFORE))["1081"].inhabitants
    assert shipped_number is not None
    assert shipped_number.year == 2020
    await takes(store, f"code;year;people\n{of_region[0]};2026;1000\n")
    summed = (await on(store, BEFORE))["1081"].inhabitants
    assert summed is not None
    assert (summed.year, summed.people) == (2026, 1000 * len(of_region))


WRONG = {
    "an area there is not": ("9999;2026;5", "line 3: '9999' is no municipality or region of today"),
    "no year": ("0101;26;5", "`year` is '26'"),
    "a number with a point": ("0101;2026;650.000", "`people` is '650.000'"),
    "nobody": ("0101;2026;0", "`people` is '0'"),
    "twice": ("0101;2026;5\n101;2026;6", "line 4: 0101 is there twice for 2026"),
}


@pytest.mark.parametrize(("lines", "said"), WRONG.values(), ids=WRONG)
async def test_whatever_is_wrong_is_told_and_nothing_taken(store: Store, lines: str, said: str) -> None:
    with pytest.raises(Wrong) as refused:
        await takes(store, f"code;year;people\n0147;2026;5\n{lines}\n")
    assert said in str(refused.value)
    assert (await on(store, BEFORE))["0147"].inhabitants is None


async def test_regions_have_coarse_shapes_to_draw(store: Store) -> None:
    async with store.transaction() as c:
        regions = await shapes_on(c, AFTER, Level.REGION)
        assert await shapes_on(c, AFTER, Level.MUNICIPALITY) == {}
    assert set(regions) == {"1081", "1082", "1083", "1084+1085"}
    for shape in regions.values():
        west, south, east, north = shapely.from_geojson(shape).bounds
        assert 8 < west < east < 16
        assert 54 < south < north < 58
