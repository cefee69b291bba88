"""People's data keys, many at a time: sealing what was kept in the clear, and wrapping keys anew."""

from uuid import UUID

from backend.foundation.database import Connection
from backend.identity.data_keys import Batch, KeyRing, Unreadable, rewrapped, stored
from backend.identity.phone_hash import keyed_hash
from backend.volunteers import queries_keys as queries
from backend.volunteers.sealed_person import open_phone, seal_person


async def seal_what_is_clear(connection: Connection, ring: KeyRing, limit: int) -> int:
    """Seal up to `limit` people who stand in the clear; gives how many."""
    people = await queries.in_clear(connection, limit)
    sealed = [seal_person(ring, each.volunteer_id, each.phone, each.name) for each in people]
    await queries.put_sealed(
        connection,
        [each.volunteer_id for each in people],
        [each.phone for each in sealed],
        [each.name for each in sealed],
        [each.key for each in sealed],
    )
    return len(people)


async def wrap_anew(connection: Connection, ring: KeyRing, after: UUID, limit: int) -> Batch:
    """Wrap the next data keys that are not under the ring's first key; what no key of the ring opens stays as it is."""
    rows = await queries.not_under(connection, ring.first, after, limit)
    anew = rewrapped(ring, rows)
    await queries.put_wrapped(connection, list(anew), list(anew.values()))
    return Batch(rows[-1].owner if rows else None, len(anew), len(rows) - len(anew))


async def hash_anew(connection: Connection, ring: KeyRing, hash_key: bytes, after: UUID, limit: int) -> Batch:
    """Hash the next phones under another key, so that they are found by it; one that does not open stays as it is."""
    rows = await queries.hashed_phones(connection, after, limit)
    changed: list[queries.HashedPhone] = []
    hashes: list[bytes] = []
    unreadable = 0
    for row in rows:
        try:
            phone = open_phone(ring, row.volunteer_id, row.phone_sealed, stored(row.key_id, row.wrapped))
        except Unreadable:
            unreadable += 1
            continue
        hashed = keyed_hash(hash_key, phone, row.kind)
        if hashed != row.phone_hash:
            changed.append(row)
            hashes.append(hashed)
    await queries.put_hashes(connection, changed, hashes)
    return Batch(rows[-1].volunteer_id if rows else None, len(changed), unreadable)
