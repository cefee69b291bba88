"""Two who live in PostgreSQL as we do: PostGIS geography, and the core type `point`; both nearest first by GiST.

One narrow row a place, the slow facts in it as in ours, one partial index, fillfactor 70 since positions move. The fast
facts are the product's own, read in the same statement, one look-up by key a person, as the index gives them out. Each
is a scalar with a LIMIT of its own, and the number wanted stands in the text: else the sixth run on a connection,
planned for any number, read and sorted everybody in the country (800 ms at 100,000).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta

import asyncpg
import msgspec
import numpy as np
import pyproj
from numpy.typing import NDArray

from backend.foundation.database import Connection
from backend.foundation.ids import VolunteerId
from backend.locations.cells import EARTH_RADIUS_M
from backend.selection.find import minute_of_week
from tests.performance.binary_copy import Bytes, copy, doubles, flags, moments, same
from tests.performance.brute_force import OLDEST_S
from tests.performance.contender import NEAREST, REACH_M, SPARE, Alarm
from tests.performance.country import NOW, Country, Floats, Points
from tests.performance.filling import pieces
from tests.performance.in_postgres import InPostgres, rivals_table, seen_by_the_role

POSTGIS, CORE = "PostGIS", "core point"
BARE = ", no transaction"
Written = Callable[[Floats, Floats], Bytes]
"""Points, given by latitude and longitude, as the column's type has them on the wire."""

_OLDEST = NOW - timedelta(seconds=OLDEST_S)
_MINUTE = minute_of_week(NOW)

# Conformal on the very sphere our metres are measured on: what is nearest on it is nearest on the globe.
_GRID = pyproj.Transformer.from_crs(
    f"+proj=longlat +R={EARTH_RADIUS_M}", f"+proj=tmerc +lon_0=10.5 +R={EARTH_RADIUS_M}", always_xy=True
)

_NEAREST = """
    SELECT p.volunteer_id, p.at <-> <<here>> AS metres
    FROM rivals.<<places>> p
    WHERE p.available AND (p.seen_at IS NULL OR p.seen_at >= $3)
      AND coalesce(
        (SELECT true FROM volunteers.volunteer v
         WHERE v.id = p.volunteer_id AND v.kind = 'live' AND v.state = 'active'
           AND NOT coalesce(v.snoozed_until > $1, false) AND NOT v.quiet_week @> $2::int LIMIT 1), false)
      AND coalesce(
        (SELECT true FROM volunteers.address a
         WHERE a.volunteer_id = p.volunteer_id AND a.health = 'healthy' LIMIT 1), false)
      AND coalesce(
        (SELECT false FROM volunteers.engagement e WHERE e.volunteer_id = p.volunteer_id LIMIT 1), true)
      AND coalesce(
        (SELECT false FROM rivals.<<places>> l
         WHERE p.seen_at IS NULL AND l.volunteer_id = p.volunteer_id AND l.seen_at >= $3 LIMIT 1), true)
    ORDER BY p.at <-> <<here>> LIMIT 30
"""


class Way(msgspec.Struct, frozen=True):
    """How places are kept and asked for: a table, the type of its points, and the place asked about as SQL has it."""

    name: str
    table: str
    point: str
    here: str
    seen_from: Callable[[Alarm], tuple[float, float]]
    written: Written
    before: Sequence[str] = ()

    @property
    def question(self) -> str:
        return _NEAREST.replace("<<places>>", self.table).replace("<<here>>", self.here)

    async def fill(self, dsn: str, people: Country) -> None:
        """Its table from nothing; the index last, which is quickest."""
        table = f"rivals.{self.table}"
        await rivals_table(
            dsn,
            *self.before,
            f"DROP TABLE IF EXISTS {table}",
            f"CREATE TABLE {table} (volunteer_id uuid NOT NULL, place text NOT NULL, available boolean NOT NULL, "
            f"seen_at timestamptz, at {self.point} NOT NULL) WITH (fillfactor = 70)",
        )
        await _copy_places(dsn, self.table, people, self.written)
        await rivals_table(
            dsn,
            f"ALTER TABLE {table} ADD PRIMARY KEY (volunteer_id, place)",
            f"CREATE INDEX {self.table}_at ON {table} USING gist (at) WHERE available",
            *seen_by_the_role(table),
        )


def postgis(dsn: str) -> list[InPostgres]:
    """With and without the transaction round it. Ties are in no order of ours, so its metres are compared."""
    here = "ST_SetSRID(ST_MakePoint($4, $5), 4326)::geography"
    return _both(
        Way(
            POSTGIS,
            "geography_place",
            "geography(Point, 4326)",
            here,
            lambda alarm: (alarm.lon, alarm.lat),
            _geographies,
            before=("CREATE EXTENSION IF NOT EXISTS postgis",),
        ),
        dsn,
    )


def core_point(dsn: str) -> list[InPostgres]:
    """As :func:`postgis`, on a plane."""
    way = Way(
        CORE,
        "point_place",
        "point",
        "point($4, $5)",
        lambda alarm: _GRID.transform(alarm.lon, alarm.lat),
        _grid_points,
    )
    return _both(way, dsn)


def _both(way: Way, dsn: str) -> list[InPostgres]:
    sql = way.question

    async def question(connection: Connection, alarm: Alarm) -> list[VolunteerId]:
        return await _whom(connection, sql, *way.seen_from(alarm))

    return [
        InPostgres(
            name=way.name if in_transaction else way.name + BARE,
            exact=False,
            dsn=dsn,
            question=question,
            in_transaction=in_transaction,
            filled=way.name,
            tables=(f"rivals.{way.table}",),
            fill=way.fill,
        )
        for in_transaction in (True, False)
    ]


async def _whom(connection: Connection, sql: str, x: float, y: float) -> list[VolunteerId]:
    """Whoever has home and work near by comes twice; where that leaves too few it is looked further, once."""
    found: list[VolunteerId] = []
    for limit in (NEAREST + SPARE, 10 * NEAREST):
        wider = sql.replace("LIMIT 30", f"LIMIT {limit}")
        rows = await connection.fetch(wider, NOW, _MINUTE, _OLDEST, x, y)
        found = list(dict.fromkeys(row["volunteer_id"] for row in rows if row["metres"] <= REACH_M))
        if len(found) >= NEAREST or len(rows) < limit or rows[-1]["metres"] > REACH_M:
            break
    return found[:NEAREST]


def _geographies(lat: Floats, lon: Floats) -> Bytes:
    """Extended well-known binary: big-endian, a point with a reference system, and that is 4326."""
    head = same(b"\x00\x20\x00\x00\x01\x00\x00\x10\xe6", len(lat))
    return np.concatenate([head, doubles(lon), doubles(lat)], axis=1)


def _grid_points(lat: Floats, lon: Floats) -> Bytes:
    x, y = _GRID.transform(lon, lat)
    return np.concatenate([doubles(x), doubles(y)], axis=1)


async def _copy_places(dsn: str, table: str, people: Country, written: Written) -> None:
    """Live places, then homes and work places; of a live one it is kept when it was seen."""

    def live() -> Iterator[Mapping[str, Bytes]]:
        for piece in pieces(len(people)):
            of = piece[people.has_position[piece]]
            yield {
                "volunteer_id": people.ids[of],
                "place": same("live", len(of)),
                "available": flags(people.available[of]),
                "at": _written(people.live, of, written),
                "seen_at": moments(NOW, -people.age_s[of]),
            }

    def fixed() -> Iterator[Mapping[str, Bytes]]:
        for place, is_work in (("home", False), ("work", True)):
            of = np.flatnonzero(people.fixed.is_work == is_work)
            yield {
                "volunteer_id": people.ids[people.fixed.whose[of]],
                "place": same(place, len(of)),
                "available": flags(people.fixed.available[of]),
                "at": _written(people.fixed.at, of, written),
            }

    connection = await asyncpg.connect(dsn)
    try:
        await copy(connection, "rivals", table, live())
        await copy(connection, "rivals", table, fixed())
    finally:
        await connection.close()


def _written(points: Points, of: NDArray[np.int64], written: Written) -> Bytes:
    return written(points.lat[of], points.lon[of])
