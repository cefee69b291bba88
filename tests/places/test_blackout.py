"""Blackout areas: nobody's place is stored inside, nor where that is in doubt, and nothing says who was there."""

import math
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import h3.api.basic_int as h3
import msgspec
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from backend.cli import imports as import_command
from backend.foundation.database import Connection
from backend.foundation.ids import VolunteerId
from backend.locations import availability, blackout, places
from backend.locations.blackout import Area, Cell, cells_in_doubt, cells_of
from backend.locations.cells import EARTH_RADIUS_M, cell_of, coarsened
from backend.locations.position import FixedPlace, Judged, Outcome, Reason, Report
from backend.locations.still_here import still_here
from backend.regions.boundary_file import WrongFile
from tests.places.cast import FOUNTAIN, NOW, connected, engage, report, volunteers

ACCEPTED, HIDDEN = Judged(Outcome.ACCEPTED), Judged(Outcome.REFUSED, Reason.BLACKOUT)
FORT = (55.6911, 12.5939)
Corner = tuple[float, float]


def box(middle: Corner, half_m: float) -> shapely.Geometry:
    """A square around a place."""
    up = math.degrees(half_m / EARTH_RADIUS_M)
    over = up / math.cos(math.radians(middle[0]))
    return shapely.box(middle[1] - over, middle[0] - up, middle[1] + over, middle[0] + up)


def moved(place: Corner, north_m: float = 0, east_m: float = 0) -> Corner:
    return (
        place[0] + math.degrees(north_m / EARTH_RADIUS_M),
        place[1] + math.degrees(east_m / EARTH_RADIUS_M) / math.cos(math.radians(place[0])),
    )


async def hidden_fort(db: Connection, half_m: float = 200) -> blackout.Imported:
    return await blackout.import_blackout(db, [Area("Fort", box(FORT, half_m))], "test", NOW, None, NOW)


def seen(place: Corner, minutes_ago: float = 1, accuracy_m: float | None = 10) -> Report:
    return Report(*place, accuracy_m, NOW - timedelta(minutes=minutes_ago))


async def reports(db: Connection, who: VolunteerId, *items: Report) -> list[Judged]:
    return await report(db, who, items, NOW, NOW)


async def stored(db: Connection) -> int:
    """Rows about where anybody is, in any table."""
    return int(
        await db.fetchval(
            """
            SELECT (SELECT count(*) FROM locations.position) + (SELECT count(*) FROM locations.fixed_place)
              + (SELECT count(*) FROM locations.mission_position)
            """
        )
    )


def is_hidden(cells: set[Cell], place: Corner, accuracy_m: float | None, *, coarse: bool) -> bool:
    """As the statement decides it."""
    fine = any(Cell(cell, coarse=False) in cells for cell in cells_in_doubt(*place, accuracy_m))
    return fine or (coarse and Cell(coarsened(cell_of(*place)), coarse=True) in cells)


def outline(cell: int) -> shapely.Polygon:
    return shapely.Polygon([(lon, lat) for lat, lon in h3.cell_to_boundary(cell)])


def circle(place: Corner, radius_m: float) -> shapely.Geometry:
    turns = [2 * math.pi * n / 60 for n in range(60)]
    corners = [moved(place, radius_m * math.sin(turn), radius_m * math.cos(turn)) for turn in turns]
    return shapely.Polygon([(lon, lat) for lat, lon in corners])


danish = st.tuples(st.floats(54.6, 57.7), st.floats(8.1, 15.1))
offsets = st.tuples(st.floats(-3_000, 3_000), st.floats(-3_000, 3_000))
accuracies = st.sampled_from([None, 0.0, 5.0, 40.0, 149.0, 151.0, 700.0, 1_500.0])


@st.composite
def areas(draw: st.DrawFn) -> tuple[Corner, shapely.Geometry]:
    """Anything an operator might draw around a place: a triangle to a star, slivers and holes included."""
    middle = draw(danish)
    reach: Sequence[float] = draw(st.lists(st.floats(3, 1_500), min_size=3, max_size=9))
    turns = [2 * math.pi * n / len(reach) for n in range(len(reach))]
    corners = [moved(middle, r * math.sin(t), r * math.cos(t)) for r, t in zip(reach, turns, strict=True)]
    return middle, shapely.Polygon([(lon, lat) for lat, lon in corners])


@settings(max_examples=150, deadline=None)
@given(areas(), offsets, accuracies, st.booleans())
def test_whatever_may_be_inside_is_hidden(
    drawn: tuple[Corner, shapely.Geometry], offset: tuple[float, float], accuracy_m: float | None, coarse: bool
) -> None:
    """The point, the whole cell it would be kept as, and every point it may have been measured at."""
    middle, shape = drawn
    place = moved(middle, *offset)
    cells = cells_of(shape)
    kept = h3.cell_to_parent(cell_of(*place), 8) if coarse else cell_of(*place)
    inside = shapely.intersects(shape, shapely.Point(place[1], place[0]))
    touches = shapely.intersects(shape, outline(kept))
    in_doubt = bool(accuracy_m) and shapely.intersects(shape, circle(place, 2 * (accuracy_m or 0)))
    if inside or touches or in_doubt:
        assert is_hidden(cells, place, accuracy_m, coarse=coarse)


@settings(max_examples=60, deadline=None)
@given(areas(), st.floats(0, 2 * math.pi), st.sampled_from([None, 10.0, 100.0]))
def test_whoever_is_well_outside_is_asked_as_ever(
    drawn: tuple[Corner, shapely.Geometry], turn: float, accuracy_m: float | None
) -> None:
    """Beyond the area, the doubt and two cells: next to a barracks people live, and are needed."""
    middle, shape = drawn
    away_m = 1_500 + 2 * (accuracy_m or 0) * 1.1 + 2 * 160
    place = moved(middle, away_m * math.sin(turn), away_m * math.cos(turn))
    assert not is_hidden(cells_of(shape), place, accuracy_m, coarse=False)


async def test_inside_nothing_is_stored_and_the_phone_hears_it(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        [anna] = await volunteers(db)
        await hidden_fort(db)
        assert await reports(db, anna, seen(FORT)) == [HIDDEN]
        assert await stored(db) == 0
        assert not await still_here(db, anna, NOW)


async def test_the_last_place_outside_the_fence_goes_too_and_an_older_report_brings_nothing_back(
    database_dsn: str,
) -> None:
    async with connected(database_dsn) as db:
        [anna] = await volunteers(db)
        await hidden_fort(db)
        gate = moved(FORT, east_m=500)
        assert await reports(db, anna, seen(gate, 10)) == [ACCEPTED]
        assert await reports(db, anna, seen(gate, 5), seen(FORT, 1)) == [HIDDEN, HIDDEN]
        assert await stored(db) == 0


async def test_outside_again_they_are_there_again(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        [anna] = await volunteers(db)
        await hidden_fort(db)
        assert await reports(db, anna, seen(FORT, 3)) == [HIDDEN]
        assert await reports(db, anna, seen(FOUNTAIN, 1)) == [ACCEPTED]
        assert await stored(db) == 1


async def test_a_report_from_inside_that_comes_late_takes_nothing_newer_away(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        [anna] = await volunteers(db)
        await hidden_fort(db)
        await reports(db, anna, seen(FOUNTAIN, 1))
        assert await reports(db, anna, seen(FORT, 30)) == [Judged(Outcome.OLDER)]
        assert await stored(db) == 1


async def test_an_inaccurate_fix_is_in_doubt_where_an_accurate_one_is_not(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        anna, ben = await volunteers(db, 2)
        await hidden_fort(db)
        near = moved(FORT, east_m=700)
        assert await reports(db, anna, seen(near, accuracy_m=15)) == [ACCEPTED]
        assert await reports(db, ben, seen(near, accuracy_m=400)) == [HIDDEN]


async def test_whoever_chose_coarser_is_hidden_as_far_as_their_cell_reaches(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        anna, ben = await volunteers(db, 2)
        await hidden_fort(db, half_m=30)
        await db.execute("UPDATE volunteers.volunteer SET coarse_position = true WHERE id = $1", anna)
        edge = next(p for p in (moved(FORT, north_m=m) for m in range(300, -800, -50)) if beside(p))
        assert await reports(db, anna, seen(edge)) == [HIDDEN]
        assert await reports(db, ben, seen(edge)) == [ACCEPTED]


def beside(place: Corner) -> bool:
    """In the coarse cell of the fort, and not in its fine one nor beside it."""
    same = h3.cell_to_parent(cell_of(*place), 8) == h3.cell_to_parent(cell_of(*FORT), 8)
    return bool(same) and h3.grid_distance(cell_of(*place), cell_of(*FORT)) > 1


async def test_no_exact_point_of_a_mission_is_stored_inside_and_the_last_one_goes(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        [anna] = await volunteers(db)
        await hidden_fort(db)
        await engage(db, anna, "mission")
        await reports(db, anna, seen(FOUNTAIN, 3))
        assert await db.fetchval("SELECT count(*) FROM locations.mission_position") == 1
        assert await reports(db, anna, seen(FORT, 1)) == [HIDDEN]
        assert await stored(db) == 0


async def test_a_heartbeat_that_forgets_an_old_place_forgets_the_exact_point_of_a_mission_too(
    database_dsn: str,
) -> None:
    async with connected(database_dsn) as db:
        [anna] = await volunteers(db)
        begins = NOW + timedelta(hours=1)
        await blackout.import_blackout(db, [Area("Fort", box(FORT, 200))], "test", begins, None, NOW)
        await engage(db, anna, "mission")
        await reports(db, anna, seen(FORT))
        assert await stored(db) == 2
        assert not await still_here(db, anna, begins)
        assert await stored(db) == 0


async def test_home_and_work_inside_are_refused(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        [anna] = await volunteers(db)
        await hidden_fort(db)
        assert await places.set_place(db, anna, FixedPlace.WORK, *FORT, NOW) == HIDDEN
        assert await places.set_place(db, anna, FixedPlace.HOME, *FOUNTAIN, NOW) == ACCEPTED
        assert await stored(db) == 1


async def test_an_area_that_is_imported_later_takes_what_is_inside_and_leaves_the_rest(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        anna, ben = await volunteers(db, 2)
        await reports(db, anna, seen(FORT))
        await places.set_place(db, anna, FixedPlace.WORK, *FORT, NOW)
        await reports(db, ben, seen(FOUNTAIN))
        assert (await hidden_fort(db)).deleted == 2
        assert await db.fetchval("SELECT volunteer_id FROM locations.position") == ben
        assert await stored(db) == 1


async def test_an_area_with_a_date_begins_and_ends_by_itself(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        [anna] = await volunteers(db)
        begins, ends = NOW + timedelta(hours=1), NOW + timedelta(hours=3)
        fort = [Area("Fort", box(FORT, 200))]
        await blackout.import_blackout(db, fort, "test", begins, ends, NOW)
        assert await reports(db, anna, seen(FORT)) == [ACCEPTED]
        assert await still_here(db, anna, begins - timedelta(seconds=1))
        assert not await still_here(db, anna, begins), "a heartbeat keeps no old place there"
        assert await stored(db) == 0
        later = ends + timedelta(minutes=1)
        again = Report(*FORT, 10, later)
        assert await report(db, anna, [again], later, later) == [ACCEPTED]


async def test_housekeeping_counts_and_removes_what_an_area_began_to_hide(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        anna, ben = await volunteers(db, 2)
        begins = NOW + timedelta(hours=1)
        await blackout.import_blackout(db, [Area("Fort", box(FORT, 200))], "test", begins, None, NOW)
        await reports(db, anna, seen(FORT))
        await reports(db, ben, seen(FOUNTAIN))
        await places.set_place(db, anna, FixedPlace.WORK, *FORT, NOW)
        assert await blackout.count_hidden(db, NOW) == 0
        assert await blackout.count_hidden(db, begins) == 2
        assert await blackout.forget_hidden(db, begins) == 2
        assert (await blackout.count_hidden(db, begins), await stored(db)) == (0, 1)


async def test_whoever_chooses_coarser_beside_an_area_is_forgotten_by_the_next_look(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        [anna] = await volunteers(db)
        await hidden_fort(db, half_m=30)
        edge = next(p for p in (moved(FORT, north_m=m) for m in range(300, -800, -50)) if beside(p))
        assert await reports(db, anna, seen(edge)) == [ACCEPTED]
        await availability.make_coarse(db, anna)
        assert await blackout.forget_hidden(db, NOW) == 1


async def test_a_file_takes_the_place_of_the_one_before_and_what_held_can_be_read(database_dsn: str) -> None:
    async with connected(database_dsn) as db:
        await hidden_fort(db)
        later = NOW + timedelta(days=1)
        done = await blackout.import_blackout(db, [Area("Havn", box(FOUNTAIN, 100))], "test", later, None, NOW)
        assert (done.begun, done.ended) == (("Havn",), ("Fort",))
        assert not await blackout.hides(db, *FORT, coarse=False, now=later)
        assert await blackout.hides(db, *FORT, coarse=False, now=later - timedelta(seconds=1))
        assert await blackout.hides(db, *FOUNTAIN, coarse=False, now=later)
        with pytest.raises(WrongFile, match="begin later"):
            await hidden_fort(db)


@pytest.mark.parametrize(
    ("properties", "coordinates", "why"),
    [
        ({}, [[[12, 55], [12.1, 55], [12.1, 55.1], [12, 55]]], "name"),
        ({"name": "Halvdelen af Danmark"}, [[[8, 55], [12, 55], [12, 57], [8, 57], [8, 55]]], "km²"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused(properties: object, coordinates: object, why: str) -> None:
    feature = {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": coordinates}}
    with pytest.raises(WrongFile, match=why):
        blackout.read(msgspec.json.encode({"type": "FeatureCollection", "features": [feature]}))


def test_an_operator_imports_and_removes_them(database_dsn: str, tmp_path: Path) -> None:
    shape = msgspec.json.decode(shapely.to_geojson(box(FORT, 200)))
    feature = {"type": "Feature", "properties": {"name": "Fort"}, "geometry": shape}
    file = tmp_path / "areas.geojson"
    file.write_bytes(msgspec.json.encode({"type": "FeatureCollection", "features": [feature]}))
    database = ["--database-url", database_dsn]
    done = CliRunner().invoke(import_command.app, ["blackout", str(file), "--source", "test", *database])
    assert done.exit_code == 0, done.output
    assert done.output.startswith("1 areas, ")
    done = CliRunner().invoke(import_command.app, ["blackout", "--remove", *database])
    assert "ended: Fort" in done.output
