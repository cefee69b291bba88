"""Land parts: where people can get to each other without a boat.

A **land** is every part that fixed links join, directly or by way of others. Each cell of resolution 9 that a part
touches belongs to its land. A cell is *uncertain* when it, or a cell beside it, belongs to another land as well: a
position has its error, and whoever is kept coarse is somewhere in the middle cell of seven or beside it. Nobody is
taken to be over the water unless both lands are certain.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import msgspec
import shapely

from backend.foundation.database import Connection
from backend.locations import queries_land
from backend.locations.cells import cells_touching, with_neighbours
from backend.locations.land_file import Part

BATCH = 50_000

Cells = dict[int, int | None]
"""The land of each cell, counted from 1; None: uncertain."""


class Land(msgspec.Struct, frozen=True):
    """Parts that are one."""

    number: int
    parts: tuple[Part, ...]


class LandImported(msgspec.Struct, frozen=True):
    """What an import did."""

    lands: tuple[Land, ...]
    touching: tuple[tuple[str, str], ...]  # taken as joined although the file does not say so
    cells: int
    uncertain: int
    changed: int  # cells that said something else before, or nothing
    gone: int


async def import_land(
    connection: Connection,
    parts: Sequence[Part],
    source: str,
    licence: str,
    now: datetime,
    tell: Callable[[int], None] = lambda _done: None,
) -> LandImported:
    """Replace what was imported before by these parts; `tell` hears how many are laid out in cells.

    Needs a transaction. Alarms go on with the former parts until it commits, and never see half of either.
    """
    lands, touching = joined(parts)
    cells = laid_out(lands, tell)
    await queries_land.one_import_at_a_time(connection)
    await queries_land.delete_parts(connection)
    names = [part.name for land in lands for part in land.parts]
    numbers = [land.number for land in lands for _ in land.parts]
    await queries_land.insert_parts(connection, names, numbers, source, licence, now)
    keys = sorted(cells)
    gone = await queries_land.delete_cells_but(connection, keys)
    changed = 0
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        changed += await queries_land.write_cells(connection, batch, [cells[cell] for cell in batch])
    await queries_land.let_the_planner_look(connection)
    uncertain = sum(land is None for land in cells.values())
    return LandImported(tuple(lands), tuple(touching), len(keys), uncertain, changed, gone)


async def forget_land(connection: Connection) -> int:
    """No land parts any more: nobody is over the water. Returns how many parts there were."""
    await queries_land.one_import_at_a_time(connection)
    await queries_land.delete_cells_but(connection, [])
    return await queries_land.delete_parts(connection)


def joined(parts: Sequence[Part]) -> tuple[list[Land], list[tuple[str, str]]]:
    """The lands that fixed links make of parts, by name, and the pairs that are joined because they touch.

    Between parts that touch there is no water, whatever the file says or forgets.
    """
    root = {part.name: part.name for part in parts}

    def find(name: str) -> str:
        while root[name] != name:
            root[name] = root[root[name]]
            name = root[name]
        return name

    def join(one: str, other: str) -> bool:
        one, other = sorted((find(one), find(other)))
        root[other] = one
        return one != other

    for part in parts:
        for other in part.fixed_links:
            join(part.name, other)
    touching = [pair for pair in _touching(parts) if join(*pair)]
    together: dict[str, list[Part]] = {}
    for part in sorted(parts, key=lambda each: each.name):
        together.setdefault(find(part.name), []).append(part)
    return [Land(number, tuple(each)) for number, each in enumerate(together.values(), start=1)], touching


def _touching(parts: Sequence[Part]) -> Iterable[tuple[str, str]]:
    shapes = [part.shape for part in parts]
    pairs = shapely.STRtree(shapes).query(shapes, predicate="intersects").T.tolist()
    return sorted((parts[a].name, parts[b].name) for a, b in pairs if parts[a].name < parts[b].name)


def laid_out(lands: Iterable[Land], tell: Callable[[int], None] = lambda _done: None) -> Cells:
    """The cells of all lands. A cell that two of them touch, and every cell beside another land's, is uncertain."""
    cells: Cells = {}
    done = 0
    for land in lands:
        for part in land.parts:
            for cell in _cells_of(part):
                cells[cell] = land.number if cells.get(cell, land.number) == land.number else None
            tell(done := done + 1)
    near_another = [
        cell for cell, land in cells.items() if any(cells.get(n, land) != land for n in with_neighbours(cell))
    ]
    return cells | dict.fromkeys(near_another)


def _cells_of(part: Part) -> Iterable[int]:
    for polygon in _polygons(part.shape):
        yield from cells_touching(_corners(polygon.exterior), *map(_corners, polygon.interiors))


def _polygons(shape: shapely.Geometry) -> Iterable[shapely.Polygon]:
    """Repairing crossing lines may leave loose lines beside polygons: they are no land."""
    return (each for each in shapely.get_parts(shapely.get_parts(shape)) if isinstance(each, shapely.Polygon))


def _corners(ring: shapely.LinearRing) -> list[tuple[float, float]]:
    return [(lat, lon) for lon, lat in ring.coords]
