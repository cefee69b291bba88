"""Defibrillators: what could be fetched now, by whom, and how a list gets in."""

from datetime import datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.aeds import condition, made_up, nearest, openstreetmap, reservation
from backend.aeds.aed import Open, Trouble
from backend.aeds.hours import open_at
from backend.aeds.import_list import Imported, TooManyWouldVanish, import_list
from backend.aeds.queries_import import Source
from backend.foundation.clock import COPENHAGEN
from backend.foundation.database import Connection
from backend.foundation.ids import AedId, IncidentId, in_order
from backend.locations.cells import metres_between
from tests.places.cast import FOUNTAIN, NOW, STATION, connected, volunteers

OSM = Source("osm", "ODbL 1.0", "© OpenStreetMap contributors")
Feature = dict[str, object]


def danish(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=COPENHAGEN)


def defibrillator(number: int, lat: float, lon: float, **tags: object) -> Feature:
    properties = {"emergency": "defibrillator", **{key.replace("__", ":"): value for key, value in tags.items()}}
    geometry = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "id": f"node/{number}", "properties": properties, "geometry": geometry}


def collection(*features: Feature) -> bytes:
    return msgspec.json.encode({"type": "FeatureCollection", "features": list(features)})


async def imports(db: Connection, *features: Feature, force: bool = False) -> Imported:
    return await import_list(db, OSM, openstreetmap.read(collection(*features)).listed, NOW, force=force)


async def ids(db: Connection) -> dict[str, AedId]:
    return {row["source_id"]: AedId(row["id"]) for row in await db.fetch("SELECT id, source_id FROM aeds.aed")}


@pytest.mark.parametrize(
    ("hours", "when", "expected"),
    [
        ("24/7", "2026-11-23 03:00", Open.OPEN),
        ("Mo-Fr 08:00-16:00; PH off", "2026-11-23 08:00", Open.OPEN),
        ("Mo-Fr 08:00-16:00; PH off", "2026-11-23 16:00", Open.CLOSED),
        ("Mo-Fr 08:00-16:00; PH off", "2026-12-25 12:00", Open.CLOSED),  # Christmas Day, a Friday
        ("Mo-Fr 08:00-16:00; PH off", "2026-05-14 12:00", Open.CLOSED),  # Ascension
        ("Mo-Fr 08:00-16:00; PH off", "2026-05-01 12:00", Open.OPEN),  # Great Prayer Day is none since 2024
        ("Mo-Fr 22:00-06:00", "2026-11-24 05:00", Open.OPEN),  # past midnight
        ("efter aftale", "2026-11-23 12:00", Open.UNKNOWN),
        ('"by appointment"', "2026-11-23 12:00", Open.UNKNOWN),
        ("Mo-Fr 08:00-16:00; SH off", "2026-11-23 12:00", Open.UNKNOWN),
        ("Mo-Fr 08:00-16:00; SH off", "2026-11-23 20:00", Open.CLOSED),
        ("Mo-Fr 8-16", "2026-11-23 12:00", Open.UNKNOWN),
        ("", "2026-11-23 12:00", Open.UNKNOWN),
        (None, "2026-11-23 12:00", Open.UNKNOWN),
    ],
)
def test_hours_are_read_at_the_minute_in_denmark(hours: str | None, when: str, expected: Open) -> None:
    assert open_at(hours, danish(when)) is expected


seconds = st.integers(0, 3 * 366 * 86_400).map(lambda s: NOW + timedelta(seconds=s))


@given(seconds, st.integers(0, 23), st.integers(1, 24))
def test_daily_hours_follow_the_danish_clock_through_summer_time(at: datetime, start: int, length: int) -> None:
    """By hand, at any moment of three years, the hours that are skipped or come twice among them."""
    end = min(24, start + length)
    local = at.astimezone(COPENHAGEN)
    expected = Open.OPEN if start <= local.hour < end else Open.CLOSED
    assert open_at(f"Mo-Su {start:02d}:00-{end:02d}:00", at) is expected


@given(st.text(max_size=40), seconds)
def test_no_text_is_open_by_accident(text: str, at: datetime) -> None:
    """Whatever somebody typed: an answer, and open only where hours were understood."""
    letters_only = "".join(c for c in text if c.isalpha() and c.isascii()).lower()
    assert open_at(text, at) in Open
    assert open_at(f"døgnåben {letters_only}", at) is Open.UNKNOWN


async def test_the_nearest_come_first_with_their_hours(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        await imports(
            db,
            defibrillator(1, 55.6790, 12.5730, opening_hours="24/7", name="Torvet", level=2, indoor="yes"),
            defibrillator(2, 55.6800, 12.5740, opening_hours="Mo-Fr 08:00-16:00; PH off"),
            defibrillator(3, 55.6760, 12.5700, defibrillator__location="ved døren", defibrillator__code="1234"),
            defibrillator(4, 55.7500, 12.5700, opening_hours="24/7"),
        )
        found = await nearest.options(db, *FOUNTAIN, 1_000, danish("2026-11-21 12:00"))
        assert [each.open for each in found] == [Open.OPEN, Open.CLOSED, Open.UNKNOWN]
        assert [each.metres for each in found] == sorted(
            metres_between(*FOUNTAIN, each.lat, each.lon) for each in found
        )
        first, _, last = found
        assert (first.name, first.floor, first.indoor, first.attribution) == ("Torvet", "2", True, OSM.attribution)
        assert (last.location_text, last.cabinet_code) == ("ved døren", "1234")


async def test_the_way_by_a_defibrillator_is_weighed_from_where_the_volunteer_stands(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        await imports(
            db,
            defibrillator(1, 55.6755, 12.5687, opening_hours="24/7"),  # between the two
            defibrillator(2, 55.6850, 12.5800, opening_hours="24/7"),
            defibrillator(3, 55.6754, 12.5686),  # hours unknown: never chosen
        )
        known = await ids(db)
        found = await nearest.options(db, *FOUNTAIN, 5_000, NOW)
        ways = nearest.by_detour(found, STATION, FOUNTAIN, None)
        assert [way.option.aed_id for way in ways] == [known["node/1"], known["node/2"]]
        assert 0 <= ways[0].detour_m < 20 < 500 < ways[1].detour_m
        assert [way.option.aed_id for way in nearest.by_detour(found, STATION, FOUNTAIN, 300)] == [known["node/1"]]


async def test_one_goes_to_one_volunteer(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        await imports(db, defibrillator(1, *FOUNTAIN, opening_hours="24/7"), defibrillator(2, *STATION))
        known = await ids(db)
        anna, ben = await volunteers(db, 2)
        incident = IncidentId(in_order())
        assert await reservation.reserve(db, known["node/1"], incident, anna, NOW)
        assert await reservation.reserve(db, known["node/1"], incident, anna, NOW)
        assert not await reservation.reserve(db, known["node/1"], incident, ben, NOW)
        assert not await reservation.reserve(db, known["node/2"], incident, anna, NOW)
        assert [each.aed_id for each in await nearest.options(db, *FOUNTAIN, 5_000, NOW)] == [known["node/2"]]
        await reservation.free(db, anna)
        assert await reservation.reserve(db, known["node/1"], incident, ben, NOW)
        await reservation.free_all(db, [anna, ben])
        assert len(await nearest.options(db, *FOUNTAIN, 5_000, NOW)) == 2


async def test_picked_up_is_away_until_it_is_back(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        await imports(db, defibrillator(1, *FOUNTAIN, opening_hours="24/7"))
        one = (await ids(db))["node/1"]
        [anna] = await volunteers(db)
        await reservation.reserve(db, one, IncidentId(in_order()), anna, NOW)
        assert await condition.picked_up(db, one, NOW)
        await reservation.free(db, anna)
        week_later = NOW + timedelta(days=7)
        assert await nearest.options(db, *FOUNTAIN, 100, week_later) == []
        assert not await reservation.reserve(db, one, IncidentId(in_order()), anna, week_later)
        await imports(db, defibrillator(1, *FOUNTAIN, opening_hours="24/7"))
        assert await nearest.options(db, *FOUNTAIN, 100, week_later) == []
        assert await condition.reported_back(db, one, week_later)
        assert len(await nearest.options(db, *FOUNTAIN, 100, week_later)) == 1


async def test_a_complaint_takes_it_off_the_list_and_lowers_its_reliability(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        await imports(db, defibrillator(1, *FOUNTAIN, opening_hours="24/7"), defibrillator(2, *STATION))
        known = await ids(db)
        dead, locked = known["node/1"], known["node/2"]
        assert await condition.report_problem(db, dead, Trouble.DEAD, NOW)
        assert await condition.report_problem(db, locked, Trouble.LOCKED, NOW)
        assert await nearest.options(db, *FOUNTAIN, 5_000, NOW) == []
        tomorrow = NOW + timedelta(days=1)
        [again] = await nearest.options(db, *FOUNTAIN, 5_000, tomorrow)
        assert (again.aed_id, again.reliability) == (locked, 0.5)
        assert await condition.confirm(db, dead, tomorrow)
        assert {each.aed_id: each.reliability for each in await nearest.options(db, *FOUNTAIN, 5_000, tomorrow)} == {
            dead: 1.0,
            locked: 0.5,
        }
        assert not await condition.confirm(db, AedId(in_order()), NOW)


async def test_importing_twice_changes_nothing(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        features = [
            defibrillator(i, 55.6 + i / 1_000, 12.5, opening_hours="aftale" if i == 3 else "24/7") for i in range(10)
        ]
        first = await imports(db, *features)
        assert (first.new, first.changed, first.unchanged, first.gone, first.hours_not_understood) == (10, 0, 0, 0, 1)
        before = await db.fetch("SELECT * FROM aeds.aed ORDER BY id")
        second = await imports(db, *features)
        assert (second.new, second.changed, second.unchanged, second.gone) == (0, 0, 10, 0)
        assert await db.fetch("SELECT * FROM aeds.aed ORDER BY id") == before

        third = await imports(db, *features[1:9], defibrillator(9, 55.7, 12.5))
        assert (third.new, third.changed, third.unchanged, third.gone) == (0, 1, 8, 1)
        fourth = await imports(db, *features)
        assert (fourth.came_back, fourth.changed, fourth.unchanged) == (1, 1, 8)


async def test_a_list_that_lost_more_than_half_is_stopped(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        features = [defibrillator(i, 55.6, 12.5 + i / 1_000) for i in range(10)]
        await imports(db, *features)
        with pytest.raises(TooManyWouldVanish, match="6 of 10"):
            await imports(db, *features[:4])
        assert (await imports(db, *features[:5])).gone == 5
        assert (await imports(db, *features[:1], force=True)).gone == 4
        other = await import_list(db, Source("registry", "agreement", "Register"), [], NOW)
        assert other.gone == 0  # a source speaks for itself only


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"{", "not JSON"),
        (b"[]", "FeatureCollection"),
        (collection({"type": "Feature", "properties": None}), "feature 1 has no properties"),
        (collection(defibrillator(1, 6_175_700.0, 724_500.0)), "ogr2ogr"),
        (collection(defibrillator(1, 55.0, 12.0), defibrillator(1, 55.1, 12.0)), "twice"),
        (collection({**defibrillator(1, 55.0, 12.0), "id": None}), "has no id"),
        (collection({**defibrillator(1, 55.0, 12.0), "geometry": None}), "feature 1 has no geometry"),
        (collection({**defibrillator(1, 0, 0), "geometry": {"type": "Point", "coordinates": []}}), "feature 1"),
    ],
)
def test_a_file_that_cannot_be_used_says_where_and_why(text: bytes, words: str) -> None:
    with pytest.raises(openstreetmap.WrongFile, match=words):
        openstreetmap.read(text)


def test_what_is_no_public_defibrillator_is_left_out_and_counted() -> None:
    reading = openstreetmap.read(
        collection(
            defibrillator(1, 55.0, 12.0),
            defibrillator(2, 55.0, 12.0, access="private"),
            {**defibrillator(3, 55.0, 12.0), "properties": {"amenity": "bench"}},
            {**defibrillator(4, 55.0, 12.0), "properties": {"tags": {"emergency": "defibrillator", "level": "1"}}},
        )
    )
    assert [each.source_id for each in reading.listed] == ["node/1", "node/4"]
    assert [each.feature for each in reading.skipped] == [2, 3]


async def test_made_up_ones_say_so_and_are_the_same_for_the_same_seed(database_dsn: str) -> None:
    points = made_up.around(*FOUNTAIN, how_many=300, within_m=2_000, seed=7)
    assert points == made_up.around(*FOUNTAIN, how_many=300, within_m=2_000, seed=7)
    async with connected(database_dsn) as db:
        assert await made_up.insert(db, points, 7, NOW) == 300
        before = await ids(db)
        await made_up.insert(db, points, 7, NOW)
        assert await ids(db) == before
        found = await nearest.options(db, *FOUNTAIN, 2_001, NOW)
        assert len(found) == 300
        assert all(each.made_up and "Opdigte" in str(each.name) for each in found)
        assert {each.open for each in found} == set(Open)
