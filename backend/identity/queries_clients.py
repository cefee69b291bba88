"""SQL on identity.client."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from backend.foundation.database import Connection, fetch_one
from backend.foundation.ids import CentreId, ClientKeyId
from backend.foundation.kinds import Kind


class ClientRow(msgspec.Struct, frozen=True):
    id: ClientKeyId
    client_id: str
    secret_hash: str
    centre_id: CentreId
    kind: Kind
    scopes: list[str]


async def insert_client(
    connection: Connection,
    row_id: ClientKeyId,
    client_id: str,
    secret_hash: str,
    centre_id: CentreId,
    kind: Kind,
    scopes: Sequence[str],
    now: datetime,
) -> bool:
    """False when the client id is taken."""
    done = await connection.fetchval(
        """
        INSERT INTO identity.client (id, client_id, secret_hash, centre_id, kind, scopes, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (client_id) DO NOTHING RETURNING true
        """,
        row_id,
        client_id,
        secret_hash,
        centre_id,
        kind.value,
        list(scopes),
        now,
    )
    return bool(done)


async def read_client(connection: Connection, client_id: str) -> ClientRow | None:
    """A client that is not disabled."""
    return await fetch_one(
        connection,
        ClientRow,
        """
        SELECT id, client_id, secret_hash, centre_id, kind, scopes FROM identity.client
        WHERE client_id = $1 AND disabled_at IS NULL
        """,
        client_id,
    )


async def disable_client(connection: Connection, client_id: str, now: datetime) -> bool:
    """No new token from now on; those given end within 5 minutes. False when there is no such client in use."""
    done = await connection.fetchval(
        "UPDATE identity.client SET disabled_at = $2 WHERE client_id = $1 AND disabled_at IS NULL RETURNING true",
        client_id,
        now,
    )
    return bool(done)
