"""Where everybody available is, in this process's memory: rows sorted by cell, and what has changed since beside them.

40 bytes a place: the person's id, the resolution 10 cell and where its middle is. The cells of a resolution 9 cell are
neighbours in H3's order of numbers, so one cell of the rings is one piece of the sorted rows. Whoever has changed since
the rows were sorted is in `_changed` with all their places, and what the rows say of them does not count; now and then
both are sorted into new rows (:meth:`CellIndex.folded`), in another thread, while the old ones answer.

Nothing here knows a database: `cell_feed` tells it who has changed.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import chain

import msgspec
import numpy as np
from numpy.typing import NDArray

from backend.locations.cells import EARTH_RADIUS_M, Ring, centre_of, res9_parent, rings_around

Ids = NDArray[np.void]
"""16 bytes each."""
Cells = NDArray[np.int64]
Middles = NDArray[np.float64]
"""Two rows: latitudes and longitudes in radians."""

ID = np.dtype("V16")
_AT_10 = 10 << 52
_WITHOUT = ~(0xF << 52 | 7 << 15)  # the resolution, and the digit that tells a resolution 10 cell from its neighbours
_AFTER_LAST = 7 << 15  # no child has it
_RINGS_AT_ONCE = 3
_ROUNDING_M = 1e-6


class Near(msgspec.Struct, frozen=True):
    """Whose places are nearest. Nobody who is left out is nearer than `beyond_m`; infinite: nobody is within reach."""

    ids: list[bytes]
    beyond_m: float


class CellIndex:
    """Places of people, found by cell. Not for two threads at once; :meth:`fold` may run in another."""

    def __init__(self, ids: Ids, cells: Cells, middles: Middles) -> None:
        """`cells` sorted; whose each of them is, and where."""
        self._ids, self._cells, self._middles = ids, cells, middles
        self._changed: dict[bytes, tuple[int, ...]] = {}
        self._there: dict[int, set[bytes]] = {}  # of the changed: who is in which resolution 9 cell

    @staticmethod
    def sorted_from(ids: Ids, cells: Cells) -> "CellIndex":
        order = np.argsort(cells, kind="stable")
        cells = cells[order]
        first = np.flatnonzero(np.diff(cells, prepend=-1))
        middles = np.repeat(_middles_of(cells[first].tolist()), np.diff(first, append=len(cells)), axis=1)
        return CellIndex(ids[order], cells, middles)

    def __len__(self) -> int:
        """Rows, and people who have changed."""
        return len(self._cells) + len(self._changed)

    @property
    def changed(self) -> int:
        """How many people have changed since the rows were sorted."""
        return len(self._changed)

    @property
    def nbytes(self) -> int:
        """Of the rows. Somebody who has changed takes some 400 bytes more until the next folding."""
        return self._ids.nbytes + self._cells.nbytes + self._middles.nbytes

    def put(self, who: bytes, cells: Iterable[int]) -> None:
        """From now on these are all the places of somebody; none: they are found nowhere."""
        for cell in self._changed.get(who, ()):
            self._there.get(res9_parent(cell), set()).discard(who)
        self._changed[who] = tuple(cells)
        for cell in self._changed[who]:
            self._there.setdefault(res9_parent(cell), set()).add(who)

    def near(self, lat: float, lon: float, reach_m: float, count: int) -> Near:
        """Of the nearest people at least `count`, and all that are as near to the metre; all in reach if fewer.

        By rings from the inside out, with the proven bound of :mod:`backend.locations.cells`.
        """
        rings = rings_around(lat, lon, reach_m)
        rows: list[Cells] = []
        changed: list[tuple[bytes, int]] = []
        begin, end, found = 0, min(len(rings), _RINGS_AT_ONCE), 0
        while True:
            more, beside = self._in_rings(rings[begin:end])
            rows.append(more)
            changed += beside
            found += len(more) + len(beside)
            begin = end
            whole = end == len(rings)
            if found < count and not whole:
                end = min(len(rings), end + _RINGS_AT_ONCE)
                continue
            near = self._nearest(lat, lon, rows, changed, count, math.inf if whole else rings[end].nearest_m)
            if whole or len(near.ids) >= count:
                return near
            # As far as was looked there are too few: as many more rings as a country evenly lived in would take.
            end = min(len(rings), end + max(1, math.ceil(end * (math.sqrt(count / max(1, len(near.ids))) - 1))))

    def _in_rings(self, rings: Sequence[Ring]) -> tuple[Cells, list[tuple[bytes, int]]]:
        """The rows there, also of people who have changed; and those who have changed, each with a cell."""
        cells = list(chain.from_iterable(ring.cells for ring in rings))
        beside = []
        if self._there:
            for cell in cells:
                for who in self._there.get(cell, ()):
                    beside += [(who, at) for at in self._changed[who] if res9_parent(at) == cell]
        first = (np.array(cells, np.int64) & _WITHOUT) | _AT_10
        begins = self._cells.searchsorted(first)
        counts = self._cells.searchsorted(first + _AFTER_LAST) - begins
        ends = counts.cumsum()
        return np.arange(ends[-1]) + (begins - ends + counts).repeat(counts), beside

    def _nearest(
        self,
        lat: float,
        lon: float,
        rows: Sequence[Cells],
        changed: Sequence[tuple[bytes, int]],
        count: int,
        unseen_m: float,
    ) -> Near:
        """Of these the nearest `count`, where nobody who is not among them is nearer than `unseen_m`."""
        row = np.concatenate(rows)
        middles = self._middles[:, row]
        if changed:
            middles = np.concatenate([middles, _middles_of([cell for _, cell in changed])], axis=1)
        metres = _metres(lat, lon, middles)
        unseen_m -= 1  # so that of those equally far by whole metres none is left out
        sure = np.flatnonzero(metres < unseen_m)
        few = 2 * count
        if len(sure) > few:  # the rest need not be sorted
            cut = np.partition(metres[sure], few)[few] + 1
            sure, unseen_m = sure[metres[sure] < cut], min(unseen_m, float(cut))
        ids: dict[bytes, None] = {}
        last = math.inf
        for place in sure[metres[sure].argsort()].tolist():
            if len(ids) >= count and (far := round(metres[place] - _ROUNDING_M)) > last:
                return Near(list(ids), far - 0.5)
            who = changed[place - len(row)][0] if place >= len(row) else self._ids[row[place]].tobytes()
            if who not in ids and (place >= len(row) or who not in self._changed):
                ids[who] = None
                last = round(metres[place] + _ROUNDING_M)
        return Near(list(ids), unseen_m - _ROUNDING_M)

    def folded(self, changed: dict[bytes, tuple[int, ...]]) -> "CellIndex":
        """New rows in which these people are where they are now. Reads what never changes: may run in any thread."""
        stays = ~_among(self._ids, np.frombuffer(b"".join(changed), ID))
        cells = self._cells[stays]
        moved = sorted((cell, who) for who, places in changed.items() for cell in places)
        new = [cell for cell, _ in moved]
        at = cells.searchsorted(np.array(new, np.int64))
        return CellIndex(
            np.insert(self._ids[stays], at, np.frombuffer(b"".join(who for _, who in moved), ID)),
            np.insert(cells, at, new),
            np.insert(self._middles[:, stays], at, _middles_of(new), axis=1),
        )

    def all_changed(self) -> dict[bytes, tuple[int, ...]]:
        """As they are now: what :meth:`folded` is given."""
        return dict(self._changed)

    def after(self, fold: dict[bytes, tuple[int, ...]], folded: "CellIndex") -> "CellIndex":
        """The new rows, with whoever has changed once more while they were sorted."""
        for who, cells in self._changed.items():
            if fold.get(who) is not cells:
                folded.put(who, cells)
        return folded


def _among(ids: Ids, whose: Ids) -> NDArray[np.bool_]:
    """Which of the ids are among `whose`: by their first halves, then by the whole."""
    wanted = np.sort(whose.view(np.uint64).reshape(-1, 2)[:, 0])
    halves = ids.view(np.uint64).reshape(-1, 2)[:, 0]
    if not len(wanted):
        return np.zeros(len(ids), np.bool_)
    at = np.minimum(np.searchsorted(wanted, halves), len(wanted) - 1)
    likely = np.flatnonzero(wanted[at] == halves)
    found = np.zeros(len(ids), np.bool_)
    them = set(whose.tolist())
    found[likely] = [each in them for each in ids[likely].tolist()]
    return found


def _middles_of(cells: Sequence[int]) -> Middles:
    """Latitudes and longitudes in radians."""
    degrees = np.fromiter(chain.from_iterable(map(centre_of, cells)), float, 2 * len(cells))
    return np.ascontiguousarray(np.radians(degrees).reshape(-1, 2).T)


def _metres(lat: float, lon: float, middles: Middles) -> NDArray[np.float64]:
    """As :func:`backend.locations.cells.metres_to_cells`."""
    phi, theta = math.radians(lat), math.radians(lon)
    chord = np.sin((middles[0] - phi) / 2) ** 2
    chord += math.cos(phi) * np.cos(middles[0]) * np.sin((middles[1] - theta) / 2) ** 2
    metres: NDArray[np.float64] = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(chord, 1.0)))
    return metres
