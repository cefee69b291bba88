"""SQL on incidents' data keys and sealed places, many at a time: sealing what is in the clear, and wrapping anew."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from backend.foundation.database import Connection, fetch_all
from backend.foundation.ids import CentreId, IncidentId
from backend.identity.data_keys import StoredKey, WrappedKey, Wraps
from backend.incidents.sealed_place import SealedPlace


class InClear(msgspec.Struct, frozen=True):
    """A place as it was kept before 0027."""

    incident_id: IncidentId
    centre_id: CentreId
    lat: float
    lon: float
    address: str | None
    dar_id: UUID | None
    floor: str | None
    door: str | None
    entrance: str | None
    door_code: str | None
    precision_class: str | None

    def __repr__(self) -> str:
        return f"InClear({self.incident_id})"


async def in_clear(connection: Connection, limit: int) -> list[InClear]:
    """Places whose columns are there until 0035 only."""
    return await fetch_all(
        connection,
        InClear,
        """
        SELECT incident_id, centre_id, lat, lon, address, dar_id, floor, door, entrance, door_code, precision_class
        FROM incidents.incident_place WHERE point_sealed IS NULL LIMIT $1
        """,
        limit,
    )


async def put_sealed(connection: Connection, rows: Sequence[InClear], sealed: Sequence[SealedPlace]) -> None:
    await connection.execute(
        """
        WITH sealed AS (
          SELECT id, centre_id, point, address, key_id, wrapped
          FROM unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::bytea[], $5::text[], $6::bytea[])
            AS s (id, centre_id, point, address, key_id, wrapped)),
        kept AS (
          INSERT INTO incidents.data_key (incident_id, centre_id, key_id, wrapped)
          SELECT id, centre_id, key_id, wrapped FROM sealed)
        UPDATE incidents.incident_place p
        SET point_sealed = s.point, address_sealed = s.address, lat = NULL, lon = NULL, address = NULL, dar_id = NULL,
            floor = NULL, door = NULL, entrance = NULL, door_code = NULL, precision_class = NULL
        FROM sealed s WHERE p.incident_id = s.id
        """,
        [row.incident_id for row in rows],
        [row.centre_id for row in rows],
        [each.point for each in sealed],
        [each.address for each in sealed],
        [each.key.key_id for each in sealed],
        [each.key.wrapped for each in sealed],
    )


async def not_under(connection: Connection, key_id: str, after: UUID, limit: int) -> list[StoredKey]:
    """Locks nothing: a place that was revised meanwhile has a key of its own, and is left alone when it is written."""
    return await fetch_all(
        connection,
        StoredKey,
        """
        SELECT incident_id AS owner, key_id, wrapped FROM incidents.data_key
        WHERE incident_id > $2 AND key_id <> $1 ORDER BY incident_id LIMIT $3
        """,
        key_id,
        after,
        limit,
    )


async def put_wrapped(connection: Connection, before: Sequence[StoredKey], after: Sequence[WrappedKey]) -> None:
    """Those that still read as they did, and that no alarm holds at this moment.

    Whoever waited for one revision would keep others waiting, for whose keys it holds already; and what is being told
    anew gets a key of its own.
    """
    await connection.execute(
        """
        WITH free AS (
          SELECT k.incident_id, n.key_id, n.wrapped
          FROM incidents.data_key k
          JOIN unnest($1::uuid[], $2::bytea[], $3::text[], $4::bytea[]) AS n (owner, was, key_id, wrapped)
            ON k.incident_id = n.owner AND k.wrapped = n.was
          FOR NO KEY UPDATE OF k SKIP LOCKED)
        UPDATE incidents.data_key k SET key_id = free.key_id, wrapped = free.wrapped
        FROM free WHERE k.incident_id = free.incident_id
        """,
        [row.owner for row in before],
        [row.wrapped for row in before],
        [key.key_id for key in after],
        [key.wrapped for key in after],
    )


async def counts(connection: Connection) -> list[Wraps]:
    """How many incidents' keys each wrapping key wraps."""
    return await fetch_all(
        connection,
        Wraps,
        "SELECT key_id, count(*) AS count FROM incidents.data_key GROUP BY key_id ORDER BY key_id",
    )
