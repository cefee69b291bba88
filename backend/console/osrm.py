"""OSRM's table of distances: how it is asked (`/table/v1/PROFILE/…`), and what of its answer can be believed. Pure."""

from collections.abc import Sequence

import msgspec

from backend.locations.cells import centre_of, metres_between

Pair = tuple[int, int]
"""From one cell to another."""
MOST_M = 300_000
OFF_THE_ROAD_M = 500
"""So far a cell's centre may be from the road that the service takes it to; a way shorter than that allows is none."""


class NoTable(Exception):
    """It was no answer to what was asked. Says why, and repeats no coordinate."""


class _Table(msgspec.Struct, frozen=True):
    code: str
    distances: list[list[float | None]] | None = None


class Query(msgspec.Struct, frozen=True):
    """`sources` × `destinations` is what is answered; `path` comes behind the service's address."""

    sources: tuple[int, ...]
    destinations: tuple[int, ...]
    path: str


def query_for(pairs: Sequence[Pair]) -> Query:
    """One table that holds every pair. What leaves this service are cells' centres, and nothing else."""
    sources = tuple(sorted({each for each, _ in pairs}))
    destinations = tuple(sorted({each for _, each in pairs}))
    places = ";".join(_place(cell) for cell in (*sources, *destinations))
    of = ";".join(str(number) for number in range(len(sources)))
    to = ";".join(str(number) for number in range(len(sources), len(sources) + len(destinations)))
    return Query(sources, destinations, f"/{places}?sources={of}&destinations={to}&annotations=distance")


def _place(cell: int) -> str:
    lat, lon = centre_of(cell)
    return f"{lon:.6f},{lat:.6f}"


def distances_in(body: bytes, query: Query) -> dict[Pair, int | None]:
    """Metres by road; None where no road leads there, or what is said of it cannot be. Raises NoTable."""
    try:
        table = msgspec.json.decode(body, type=_Table)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NoTable("no table of distances") from None
    if table.code != "Ok" or table.distances is None:
        raise NoTable(f"code {table.code[:40]!r}")
    rows = table.distances
    if [len(row) for row in rows] != [len(query.destinations)] * len(query.sources):
        raise NoTable("a table of another size")
    return {
        (source, destination): _believed(said, source, destination)
        for source, row in zip(query.sources, rows, strict=True)
        for destination, said in zip(query.destinations, row, strict=True)
    }


def _believed(said: float | None, source: int, destination: int) -> int | None:
    """A way is no shorter than the straight line but for where it begins and ends, and leads out of no country."""
    if said is None:
        return None
    straight = metres_between(*centre_of(source), *centre_of(destination))
    return round(said) if max(0, straight - 2 * OFF_THE_ROAD_M) <= said <= MOST_M else None
