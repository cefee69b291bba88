"""Where those looked at are, as a console sees it: areas of three and more, and nothing by subtraction."""

from collections import Counter
from itertools import permutations

import h3.api.basic_int as h3
from hypothesis import given
from hypothesis import strategies as st

from backend.locations.areas import LARGEST_RESOLUTION, LEAST, Area, areas_of
from backend.locations.cells import POSITION_RESOLUTION, cell_of, metres_between, parent_at, radius_m
from tests.alarm.cast import SQUARE, metres_east

far_east = st.lists(st.one_of(st.integers(-6_000, 6_000), st.sampled_from([0, 5, 700, 5_000])), max_size=40)


@given(far_east)
def test_an_area_never_holds_fewer_than_three_of_them(metres: list[int]) -> None:
    cells = {who: cell_of(*metres_east(far)) for who, far in enumerate(metres)}
    areas = areas_of(cells)
    shown = Counter(areas.values())
    assert all(number == area.people >= LEAST for area, number in shown.items())


@given(far_east)
def test_no_area_lies_within_another(metres: list[int]) -> None:
    """Else the larger one less the smaller would be an area of fewer."""
    cells = {who: cell_of(*metres_east(far)) for who, far in enumerate(metres)}
    shown = [the_cell_of(area) for area in set(areas_of(cells).values())]
    assert len(set(shown)) == len(shown)
    for one, other in permutations(shown, 2):
        if h3.get_resolution(one) < h3.get_resolution(other):
            assert parent_at(other, h3.get_resolution(one)) != one


def the_cell_of(area: Area) -> int:
    """Its middle and how far its corners are say which one it is."""
    cells = [h3.latlng_to_cell(area.lat, area.lon, each) for each in range(LARGEST_RESOLUTION, POSITION_RESOLUTION + 1)]
    return next(int(cell) for cell in cells if radius_m(cell) == area.radius_m)


@given(far_east)
def test_everybody_is_within_their_area(metres: list[int]) -> None:
    places = {who: metres_east(far) for who, far in enumerate(metres)}
    areas = areas_of({who: cell_of(*place) for who, place in places.items()})
    for who, area in areas.items():
        # A cell reaches a little beyond its parent, as hexagons do: by less than a third of the parent's radius.
        assert metres_between(*places[who], area.lat, area.lon) < area.radius_m * 4 / 3


def test_where_many_are_close_the_pin_is_the_middle_of_their_own_cell() -> None:
    areas = areas_of(dict.fromkeys(range(7), cell_of(*SQUARE)))
    assert {area.people for area in areas.values()} == {7}
    assert {area.radius_m for area in areas.values()} < set(range(50, 110))


def test_one_beside_many_makes_the_area_grow_for_all_of_them() -> None:
    """Shown apart, the one would be alone; shown with the rest, nobody is."""
    cells = dict.fromkeys(range(6), cell_of(*SQUARE)) | {6: cell_of(*metres_east(400))}
    (area,) = set(areas_of(cells).values())
    assert area.people == 7
    assert area.radius_m > 200


def test_two_alone_in_the_country_are_not_shown() -> None:
    assert areas_of({1: cell_of(*SQUARE), 2: cell_of(*SQUARE)}) == {}
