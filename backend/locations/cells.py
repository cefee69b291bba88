"""H3 cells: how a place is kept, and in which cells to look. The only file that knows the library `h3`.

**Cells find, metres decide.** A position is a cell of resolution 10 (edge about 76 m); whoever chooses coarser is
kept as the centre of a cell of resolution 8. Both are found through their parent of resolution 9. Metres are along
the great circle to the centre of the resolution 10 cell.

**Why selection may stop early: a proof, not a sample.** H3 lays a flat grid of equal hexagons on the twenty triangles
of an icosahedron and carries each triangle to the globe by gnomonic projection from the triangle's middle. In units of
the globe's radius the centres of neighbouring hexagons of resolution r are `s = 0.381966… / sqrt(7)^r` apart, on the
triangles. Let p be a point in cell a (resolution 9), q the centre of a resolution 10 cell whose resolution 9 parent b
is k steps of the grid from a, D their distance on the globe, L the length of the great circle arc between them when it
is drawn on the triangles.

1. *L is at most D / cos²(t)*, where t bounds the angle between any point of the arc and the middle of its triangle:
   gnomonic projection stretches by 1/cos² outwards and by 1/cos across. A point belongs to the nearest middle, and
   the distance to the nearest of several points changes by no more than one moves; so t = angle(p) + D will do, and
   never more than 37.4°, a triangle's corner. This is where cells differ in size over the world.
2. *k is at most N(pq) + 2/3 + 3/7*, where N is the norm that counts steps on a hexagonal grid: N(v) <= |v| 2/(√3 s).
   The triangles unfold around p into a flat plane as far as no corner of the icosahedron is within L + 2s, and a
   shortest way on the grid stays in the parallelogram between its ends. p is somewhere in its hexagon (N <= 2/3, at a
   corner); q is either the middle of b or s/√7 away from it, 19.1° off the grid's axes (N = 3/7). A position kept
   coarse is the middle of b, so it is covered.
3. Hence D >= cos²(t) (√3/2) s (k − 23/21) for everything in ring k, and so for every ring beyond it.
4. *Near a corner* (one of the twelve pentagons) the plane does not unfold. There it is enough that two cells that do
   not touch are at least an edge e = s/√3 apart, over every way, also round a pentagon: a way shorter than e leads to
   the same cell or a neighbour, so k <= L/e + 1, and D >= cos²(t) e (k − 1).

For a place that is not a cell's centre (a defibrillator) 2/3 stands at both ends: k − 4/3 in 3, k − 1 in 4 as it is.
Where the rings are of resolution 10 cells themselves, q is the centre of one: 2/3 at p's end only, k − 2/3 in 3.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, islice, repeat

import h3.api.basic_int as h3
import msgspec
import numpy as np
from numpy.typing import NDArray

EARTH_RADIUS_M = 6_371_007.180918475
"""The sphere H3 measures on; every distance of ours is on the same one."""

POSITION_RESOLUTION = 10
INDEX_RESOLUTION = 9
COARSE_RESOLUTION = 8
LARGEST_REACH_M = 100_000

# Between neighbouring centres on the triangles at resolution 9: H3's RES0_U_GNOMONIC, shrunk by sqrt(7) nine times.
_SPACING_M = 0.38196601125010500003 / 7**4.5 * EARTH_RADIUS_M
_CORNER_ANGLE = 0.6523581397843682  # radians from the middle of a triangle to its corner, 37.377°
_PARTS_SPACING_M = _SPACING_M / 7**0.5  # and at resolution 10
# Of a spacing: in ring k nothing is nearer than this times k - 4/3, wherever on the globe, near a corner too (3 and 4).
_LEAST_STEP = math.cos(_CORNER_ANGLE) ** 2 / math.sqrt(3)
_ROUNDING_M = 0.1  # H3's tables have some fifteen digits; this is generous


class Ring(msgspec.Struct, frozen=True):
    """Cells of resolution 9 that are the same number of steps from the middle.

    `nearest_m`: nothing in this ring or in any ring beyond it is nearer than this many metres.
    """

    middle: int
    steps: int
    nearest_m: float

    @property
    def cells(self) -> list[int]:
        """Found when asked for: in a town the first rings suffice, and the rest would cost more than the search."""
        return list(h3.grid_ring(self.middle, self.steps))


class Around(msgspec.Struct, frozen=True):
    """Cells of resolution 9 around a place, nearest first: whole ones, or where there are `parts` the one part of each.

    `nearest_m`: no position in that cell or in any after it is nearer; in a part everybody is just so far away.
    `beyond_m`: no position elsewhere is nearer than that, which is further than any before; infinite: none is in reach.
    """

    cells_r9: list[int]
    parts: list[int]
    nearest_m: list[float]
    beyond_m: float


def cell_of(lat: float, lon: float) -> int:
    """The resolution 10 cell a position is kept as."""
    return int(h3.latlng_to_cell(lat, lon, POSITION_RESOLUTION))


def res9_of(lat: float, lon: float) -> int:
    """The resolution 9 cell a point lies in: for incidents and defibrillators, which have exact points."""
    return int(h3.latlng_to_cell(lat, lon, INDEX_RESOLUTION))


def res9_parent(cell: int) -> int:
    """What a position is found by."""
    return int(h3.cell_to_parent(cell, INDEX_RESOLUTION))


def parent_at(cell: int, resolution: int) -> int:
    """The cell of that resolution, or `cell` itself, in which it lies."""
    return int(h3.cell_to_parent(cell, resolution))


def radius_m(cell: int) -> int:
    """Metres from a cell's centre to the corner furthest away, rounded up to ten."""
    lat, lon = h3.cell_to_latlng(cell)
    furthest = max(metres_between(lat, lon, *corner) for corner in h3.cell_to_boundary(cell))
    return math.ceil(furthest / 10) * 10


def coarsened(cell: int) -> int:
    """A coarser position in the same clothes: the middle of the resolution 8 cell around `cell`, at resolution 10."""
    return int(h3.cell_to_center_child(h3.cell_to_parent(cell, COARSE_RESOLUTION), POSITION_RESOLUTION))


def is_position_cell(cell: int) -> bool:
    """Whether a number is a cell of resolution 10."""
    return bool(h3.is_valid_cell(cell)) and h3.get_resolution(cell) == POSITION_RESOLUTION


def centre_of(cell: int) -> tuple[float, float]:
    """(lat, lon) of a cell's centre in degrees."""
    lat, lon = h3.cell_to_latlng(cell)
    return lat, lon


def metres_between(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Along the great circle, on the sphere H3 uses."""
    phi, other_phi = math.radians(lat), math.radians(other_lat)
    half_lat, half_lon = (other_phi - phi) / 2, math.radians(other_lon - lon) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(phi) * math.cos(other_phi) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(chord)))


def metres_to_cells(lat: float, lon: float, cells: Iterable[int]) -> list[float]:
    """Metres from a point to the centre of each cell, in the order given; as :func:`metres_between`, many at once."""
    in_turn = list(cells)
    places = {cell: number for number, cell in enumerate(dict.fromkeys(in_turn))}
    metres = _metres(lat, lon, places).tolist()
    return [metres[places[cell]] for cell in in_turn]


def _nearest_first(lat: float, lon: float, cells: list[int]) -> tuple[list[int], list[float]]:
    """Cells, and the metres to the centre of each."""
    metres = _metres(lat, lon, cells)
    order = np.argsort(metres, kind="stable").tolist()
    return [cells[n] for n in order], metres[order].tolist()


def _metres(lat: float, lon: float, cells: Collection[int]) -> NDArray[np.float64]:
    centres = np.radians(np.fromiter(chain.from_iterable(map(h3.cell_to_latlng, cells)), float, 2 * len(cells)))
    other_phi, other_theta = centres[0::2], centres[1::2]
    phi, theta = math.radians(lat), math.radians(lon)
    chord = np.sin((other_phi - phi) / 2) ** 2
    chord += math.cos(phi) * np.cos(other_phi) * np.sin((other_theta - theta) / 2) ** 2
    metres: NDArray[np.float64] = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(chord, 1.0)))
    return metres


def rings_around(lat: float, lon: float, reach_m: float) -> list[Ring]:
    """The resolution 9 cells in which a position within `reach_m` metres can be found, from the inside out.

    No position within reach is outside them. Whoever wants the n nearest may stop before the first ring whose
    `nearest_m` is more than the metres of the n-th found so far: nobody in it or beyond it can be nearer.
    """
    middle = res9_of(lat, lon)
    return [Ring(middle, k, nearest_m) for k, nearest_m in enumerate(_bounds(lat, lon, reach_m, slack=23 / 21))]


def parts_around(lat: float, lon: float, reach_m: float, steps: int) -> Around:
    """The resolution 10 cells up to so many steps from the one a place lies in, as far as they are all.

    Where people live close together these hold enough of them, and nobody in a part further away has to be looked at.
    """
    parts, metres = _nearest_first(lat, lon, h3.grid_disk(cell_of(lat, lon), steps))
    bounds = _bounds(lat, lon, reach_m, slack=2 / 3, spacing_m=_PARTS_SPACING_M)
    beyond_m = next(islice(bounds, steps + 1, None), math.inf)
    parts = parts[: bisect_left(metres, beyond_m)]
    return Around(list(map(h3.cell_to_parent, parts, repeat(INDEX_RESOLUTION))), parts, metres[: len(parts)], beyond_m)


def cells_around(lat: float, lon: float, reach_m: float, steps: int | None = None) -> Around:
    """The resolution 9 cells that may hold a position in reach; with `steps` those so near, as far as they are all.

    The middle of a part is in the middle of its cell or a part's spacing away from it on the triangles, and so no more
    than that on the globe, which is smaller.
    """
    rings = rings_around(lat, lon, reach_m)
    steps = len(rings) - 1 if steps is None else min(steps, len(rings) - 1)
    cells, metres = _nearest_first(lat, lon, h3.grid_disk(res9_of(lat, lon), steps))
    nearest_m = [max(0.0, far - _PARTS_SPACING_M - _ROUNDING_M) for far in metres]
    beyond_m = rings[steps + 1].nearest_m if steps + 1 < len(rings) else math.inf
    there = min(bisect_right(nearest_m, reach_m), bisect_left(nearest_m, beyond_m))
    return Around(cells[:there], [], nearest_m[:there], beyond_m)


def cells_within(lat: float, lon: float, reach_m: float) -> list[int]:
    """Every resolution 9 cell that may hold a *point* within `reach_m` metres: for what is not kept as a cell."""
    steps = sum(1 for _ in _bounds(lat, lon, reach_m, slack=4 / 3))
    return list(h3.grid_disk(res9_of(lat, lon), steps - 1))


def outline_of_rings(lat: float, lon: float, reach_m: float) -> tuple[tuple[float, float], ...]:
    """The corners, in degrees (lat, lon), of all the cells that :func:`rings_around` gives, as one area."""
    steps = sum(1 for _ in _bounds(lat, lon, reach_m, slack=23 / 21))
    shape = h3.cells_to_h3shape(h3.grid_disk(res9_of(lat, lon), steps - 1))
    return tuple((float(corner[0]), float(corner[1])) for corner in shape.outer)


def middle_of(cell: int) -> int:
    """The resolution 10 cell in the middle of a coarser one."""
    return int(h3.cell_to_center_child(cell, POSITION_RESOLUTION))


def cells_touching(
    corners: Sequence[tuple[float, float]],
    *holes: Sequence[tuple[float, float]],
    resolution: int = INDEX_RESOLUTION,
) -> list[int]:
    """Every cell of a resolution that has a point in common with a polygon; rings are of (lat, lon).

    The library calls this way of covering experimental; a test compares it with geometry of another library.
    """
    polygon = h3.LatLngPoly(corners, *holes)
    return list(h3.h3shape_to_cells_experimental(polygon, resolution, "overlap"))


def cells_near(lat: float, lon: float, radius_m: float, resolution: int) -> list[int]:
    """Every cell of a resolution that has a point within `radius_m`, and a few that only nearly have one.

    Asked with every report of a phone, so steps and corners are those of the worst place on the globe: too many by one
    at most, and too far by a seventh in Denmark.
    """
    spacing_m = _SPACING_M * 7 ** ((INDEX_RESOLUTION - resolution) / 2)
    steps = math.floor((radius_m + _ROUNDING_M) / (_LEAST_STEP * spacing_m) + 4 / 3)
    # From a hexagon's middle to its corner on the triangles; the way to the globe only shortens it.
    within_m = radius_m + spacing_m / math.sqrt(3) + _ROUNDING_M
    around: list[int] = h3.grid_disk(h3.latlng_to_cell(lat, lon, resolution), steps)
    return [cell for cell in around if metres_between(lat, lon, *h3.cell_to_latlng(cell)) <= within_m]


def with_neighbours(cell: int) -> list[int]:
    """A cell and those that touch it."""
    return list(h3.grid_disk(cell, 1))


def _bounds(lat: float, lon: float, reach_m: float, slack: float, spacing_m: float = _SPACING_M) -> Iterator[float]:
    """For ring 0, 1, 2 …: metres below which nothing lies in it or beyond, as long as that is within reach."""
    if not 0 <= reach_m <= LARGEST_REACH_M:
        raise ValueError(f"a reach is between 0 and {LARGEST_REACH_M} m, not {reach_m}")
    here = _on_globe(lat, lon)
    middles, corners = _triangles()
    angle = min(_CORNER_ANGLE, _nearest(here, middles) + reach_m / EARTH_RADIUS_M)
    shrink = math.cos(angle) ** 2
    if _nearest(here, corners) * EARTH_RADIUS_M > reach_m / shrink + 3 * spacing_m:
        step, lost = shrink * math.sqrt(3) / 2 * spacing_m, slack
    else:
        step, lost = shrink / math.sqrt(3) * spacing_m, 1.0
    k = 0
    while (bound := max(0.0, step * (k - lost) - _ROUNDING_M)) <= reach_m:
        yield bound
        k += 1


_Vector = tuple[float, float, float]


@cache
def _triangles() -> tuple[list[_Vector], list[_Vector]]:
    """The middles of the icosahedron's triangles, and its corners: where H3 has its pentagons."""
    corners = [_on_globe(*h3.cell_to_latlng(cell)) for cell in h3.get_pentagons(POSITION_RESOLUTION)]
    middles = []
    for i, a in enumerate(corners):
        for j, b in enumerate(corners[:i]):
            for c in corners[:j]:
                if min(_dot(a, b), _dot(b, c), _dot(a, c)) > 0.4:  # neighbours: cos 63.4° = 0.447
                    size = math.sqrt(sum((x + y + z) ** 2 for x, y, z in zip(a, b, c, strict=True)))
                    middles.append(
                        ((a[0] + b[0] + c[0]) / size, (a[1] + b[1] + c[1]) / size, (a[2] + b[2] + c[2]) / size)
                    )
    return middles, corners


def _nearest(here: _Vector, places: list[_Vector]) -> float:
    """Radians to the nearest of some places."""
    return math.acos(min(1.0, max(_dot(here, place) for place in places)))


def _dot(a: _Vector, b: _Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _on_globe(lat: float, lon: float) -> _Vector:
    phi, theta = math.radians(lat), math.radians(lon)
    return math.cos(phi) * math.cos(theta), math.cos(phi) * math.sin(theta), math.sin(phi)
