"""Cells find, metres decide: looking in rings never finds too few, wherever on the globe."""

import math
from itertools import pairwise

import h3.api.basic_int as h3
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backend.locations import cells

TRONDHEIM_PENTAGON = (64.70000012793487, 10.536199075467685)
denmark = st.tuples(st.floats(54.5, 57.8), st.floats(8.0, 15.2))
# Uniform on the globe, and crowded around pentagons, where the grid is not a plane.
world = st.tuples(st.floats(-1, 1).map(lambda z: math.degrees(math.asin(z))), st.floats(-180, 180))
near_pentagons = st.builds(
    lambda pentagon, north, east: (pentagon[0] + north, pentagon[1] + east),
    st.sampled_from([h3.cell_to_latlng(cell) for cell in h3.get_pentagons(9)]),
    st.floats(-0.05, 0.05),
    st.floats(-0.05, 0.05),
)
# The middle of an edge of the icosahedron: the arc from a point to its neighbours changes triangles.
edges = st.builds(
    lambda ends, north, east: ((ends[0][0] + ends[1][0]) / 2 + north, (ends[0][1] + ends[1][1]) / 2 + east),
    st.sampled_from(
        [
            (a, b)
            for a in [h3.cell_to_latlng(cell) for cell in h3.get_pentagons(9)]
            for b in [h3.cell_to_latlng(cell) for cell in h3.get_pentagons(9)]
            if a < b and 60 < math.degrees(cells.metres_between(*a, *b) / cells.EARTH_RADIUS_M) < 65
        ]
    ),
    st.floats(-0.3, 0.3),
    st.floats(-0.3, 0.3),
)
anywhere = st.one_of(denmark, world, near_pentagons, edges)
STEPS = 14


@given(anywhere)
@settings(max_examples=150, deadline=None)
@example(TRONDHEIM_PENTAGON)
@example((90.0, 0.0))
@example((-16.5, 180.0))
def test_no_centre_is_nearer_than_its_ring_says(place: tuple[float, float]) -> None:
    """Every resolution 10 centre of ring k, by brute force, against the bound of ring k."""
    bounds = [ring.nearest_m for ring in cells.rings_around(*place, reach_m=2_500)]
    middle = cells.res9_of(*place)
    assert all(a <= b for a, b in pairwise(bounds))
    for k, bound in enumerate(bounds[: STEPS + 1]):
        for cell in h3.grid_ring(middle, k):
            for child in h3.cell_to_children(cell, 10):
                assert cells.metres_between(*place, *cells.centre_of(child)) >= bound


@given(anywhere, st.integers(0, 6), st.sampled_from([150, 500, 5_000]))
@settings(max_examples=150, deadline=None)
@example(TRONDHEIM_PENTAGON, 6, 5_000)
@example((90.0, 0.0), 6, 5_000)
@example((-16.5, 180.0), 6, 5_000)
def test_no_part_is_nearer_than_those_around(place: tuple[float, float], steps: int, reach_m: int) -> None:
    """Every resolution 10 centre that is not among the parts, by brute force: not nearer than said, nor in reach."""
    around = cells.parts_around(*place, reach_m, steps)
    assert around.nearest_m == sorted(around.nearest_m)
    for parent, part, metres in zip(around.cells_r9, around.parts, around.nearest_m, strict=True):
        assert parent == h3.cell_to_parent(part, 9)
        assert metres == pytest.approx(cells.metres_between(*place, *cells.centre_of(part)), abs=1e-6)
        assert metres < around.beyond_m
    for other in set(h3.grid_disk(cells.cell_of(*place), steps + 8)) - set(around.parts):
        assert cells.metres_between(*place, *cells.centre_of(other)) >= min(around.beyond_m, reach_m)


@given(anywhere, st.integers(0, 8), st.sampled_from([0, 500, 3_000]))
@settings(max_examples=150, deadline=None)
@example(TRONDHEIM_PENTAGON, 6, 3_000)
@example((90.0, 0.0), 6, 3_000)
@example((-16.5, 180.0), 6, 3_000)
def test_no_position_in_a_cell_is_nearer_than_it_says(place: tuple[float, float], steps: int, reach_m: int) -> None:
    """Nor in any cell that is not among them, unless it is out of reach."""
    around = cells.cells_around(*place, reach_m, steps)
    assert around.nearest_m == sorted(around.nearest_m)
    at_least = dict(zip(around.cells_r9, around.nearest_m, strict=True))
    for cell in h3.grid_disk(cells.res9_of(*place), STEPS):
        for part in h3.cell_to_children(cell, 10):
            metres = cells.metres_between(*place, *cells.centre_of(part))
            assert metres >= at_least.get(cell, min(around.beyond_m, reach_m))


@given(anywhere, st.floats(0, 3_000))
@settings(max_examples=150, deadline=None)
def test_everybody_in_reach_is_in_some_ring(place: tuple[float, float], reach_m: float) -> None:
    """Brute force over a disk that is far larger than the reach."""
    rings = cells.rings_around(*place, reach_m)
    found = {cell for ring in rings for cell in ring.cells}
    for cell in h3.grid_disk(cells.res9_of(*place), len(rings) + 3):
        if cell not in found:
            for child in h3.cell_to_children(cell, 10):
                assert cells.metres_between(*place, *cells.centre_of(child)) > reach_m


@given(anywhere, st.floats(0, 3_000), st.floats(0, 1), st.floats(0, 2 * math.pi))
@settings(max_examples=300, deadline=None)
def test_a_point_in_reach_lies_in_the_cells_looked_at(
    place: tuple[float, float], reach_m: float, share: float, bearing: float
) -> None:
    """A defibrillator is kept as a point: the cell it lies in is among those searched."""
    away = share * reach_m * 0.9999 / cells.EARTH_RADIUS_M
    lat, lon = math.radians(place[0]), math.radians(place[1])
    other_lat = math.asin(math.sin(lat) * math.cos(away) + math.cos(lat) * math.sin(away) * math.cos(bearing))
    other_lon = lon + math.atan2(
        math.sin(bearing) * math.sin(away) * math.cos(lat), math.cos(away) - math.sin(lat) * math.sin(other_lat)
    )
    there = cells.res9_of(math.degrees(other_lat), math.degrees(other_lon))
    assert there in cells.cells_within(*place, reach_m)


@given(anywhere)
@settings(deadline=None)
def test_a_coarse_position_is_the_middle_of_its_large_cell(place: tuple[float, float]) -> None:
    """It is found by the same index, at the centre of the resolution 8 cell, and says no more than that cell."""
    cell = cells.cell_of(*place)
    coarse = cells.coarsened(cell)
    assert cells.is_position_cell(coarse)
    assert h3.cell_to_parent(coarse, 8) == h3.cell_to_parent(cell, 8)
    middle = h3.cell_to_latlng(h3.cell_to_parent(cell, 8))
    assert cells.metres_between(*cells.centre_of(coarse), *middle) < 0.01
    assert cells.coarsened(coarse) == coarse


@given(anywhere)
@settings(deadline=None)
def test_rings_are_disjoint_and_without_holes(place: tuple[float, float]) -> None:
    rings = cells.rings_around(*place, reach_m=3_000)
    together = [cell for ring in rings for cell in ring.cells]
    assert len(together) == len(set(together))
    assert set(together) == set(h3.grid_disk(cells.res9_of(*place), len(rings) - 1))


@given(anywhere, anywhere)
@settings(deadline=None)
def test_metres_agree_with_the_library(one: tuple[float, float], other: tuple[float, float]) -> None:
    assert cells.metres_between(*one, *other) == pytest.approx(
        h3.great_circle_distance(one, other, unit="m"), abs=0.01, rel=1e-9
    )


def test_the_bound_is_worth_having_in_denmark() -> None:
    """Five kilometres around Copenhagen: the rings looked at are barely more than the circle needs."""
    rings = cells.rings_around(55.676, 12.568, 5_000)
    assert len(rings) <= 22
    assert rings[10].nearest_m > 2_000
    assert cells.parts_around(55.676, 12.568, 5_000, steps=6).beyond_m > 600


def test_an_absurd_reach_is_refused() -> None:
    with pytest.raises(ValueError, match="reach"):
        cells.rings_around(55.0, 10.0, 1e9)
    with pytest.raises(ValueError, match="reach"):
        cells.rings_around(55.0, 10.0, math.nan)
