"""What is kept sealed, opened as the service would: for tests that look into the tables."""

from uuid import UUID

import asyncpg

from backend.foundation.database import Connection
from backend.identity.data_keys import KeyRing, Sealed, WrappedKey
from backend.identity.ring import ring_of


async def person_of(connection: Connection, phone: str, ring: KeyRing | None = None) -> tuple[UUID, str] | None:
    """Who has this phone, by opening everybody's: the id and the name."""
    using = ring or ring_of(connection)
    for row in await _rows(connection):
        key = using.unwrap(row["volunteer_id"], WrappedKey(row["key_id"], row["wrapped"]))
        if key.open(Sealed.PHONE, row["phone_sealed"]).decode() == phone:
            return row["volunteer_id"], key.open(Sealed.NAME, row["name_sealed"]).decode()
    return None


async def _rows(connection: Connection) -> list[asyncpg.Record]:
    return await connection.fetch(
        "SELECT i.volunteer_id, i.phone_sealed, i.name_sealed, k.key_id, k.wrapped "
        "FROM volunteers.volunteer_identity i JOIN volunteers.data_key k USING (volunteer_id)"
    )


async def newest_code(connection: Connection, phone: str) -> str:
    """The code in the last message queued for this number."""
    found = await _newest(connection, phone, 100_000)
    if found is None:
        raise LookupError("no code was queued for this number")
    return str(found["content"]["code"])


async def sent_code(connection: Connection, phone: str) -> str | None:
    """The code in the last message queued for this number, of the newest few, if it goes out; None where it is held."""
    found = await _newest(connection, phone, 10)
    return str(found["content"]["code"]) if found is not None and found["goes_out"] else None


async def _newest(connection: Connection, phone: str, of_newest: int) -> asyncpg.Record | None:
    rows = await connection.fetch(
        """
        SELECT m.content, m.expires_at > m.created_at AS goes_out, b.id, b.value_sealed FROM delivery.message m
        JOIN delivery.delivery d ON d.message_id = m.id JOIN delivery.bare_address b ON b.id = d.bare_address_id
        ORDER BY m.created_at DESC, m.id DESC LIMIT $1
        """,
        of_newest,
    )
    ring = ring_of(connection)
    for row in rows:
        if ring.open_passing(Sealed.BARE_ADDRESS, row["id"], row["value_sealed"]).decode() == phone:
            return row
    return None
