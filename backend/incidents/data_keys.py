"""Incidents' data keys, many at a time: sealing what was kept in the clear, and wrapping keys anew."""

from uuid import UUID

import msgspec

from backend.foundation.database import Connection
from backend.identity.data_keys import Batch, KeyRing, rewrapped
from backend.incidents import queries_data_keys as queries
from backend.incidents.incident import Address, Place
from backend.incidents.sealed_place import seal_place


async def seal_what_is_clear(connection: Connection, ring: KeyRing, limit: int) -> int:
    """Seal up to `limit` places that stand in the clear; gives how many."""
    rows = await queries.in_clear(connection, limit)
    await queries.put_sealed(connection, rows, [seal_place(ring, row.incident_id, _place(row), {}) for row in rows])
    return len(rows)


def _place(row: queries.InClear) -> Place:
    told = {"text": row.address} | {name: getattr(row, name) for name in Address.__struct_fields__ if name != "text"}
    return Place(row.lat, row.lon, None, msgspec.convert(told, Address))


async def wrap_anew(connection: Connection, ring: KeyRing, after: UUID, limit: int) -> Batch:
    """Wrap the next data keys that are not under the ring's first key; what no key of the ring opens stays as it is."""
    rows = await queries.not_under(connection, ring.first, after, limit)
    anew = rewrapped(ring, rows)
    await queries.put_wrapped(connection, list(anew), list(anew.values()))
    return Batch(rows[-1].owner if rows else None, len(anew), len(rows) - len(anew))
