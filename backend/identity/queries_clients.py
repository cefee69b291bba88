"""SQL on identity.client, its keys and its certificates."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from backend.foundation.database import Connection, fetch_all, fetch_one
from backend.foundation.ids import CentreId, ClientKeyId
from backend.foundation.kinds import Kind


class CertificateRow(msgspec.Struct, frozen=True):
    subject: str | None
    thumbprint: bytes | None


class ClientRow(msgspec.Struct, frozen=True):
    id: ClientKeyId
    client_id: str
    centre_id: CentreId
    kind: Kind
    scopes: list[str]
    frozen: bool
    keys: list[dict[str, str]]
    subjects: list[str | None]
    thumbprints: list[bytes | None]

    @property
    def certificates(self) -> list[CertificateRow]:
        return [CertificateRow(*each) for each in zip(self.subjects, self.thumbprints, strict=True)]


class KeyRow(msgspec.Struct, frozen=True):
    """A key or a certificate, as an operator is shown it."""

    what: str
    named: str
    added_at: datetime
    ends_at: datetime | None


class ListedClient(msgspec.Struct, frozen=True):
    id: ClientKeyId
    client_id: str
    centre_id: CentreId
    kind: Kind
    scopes: list[str]
    frozen_at: datetime | None
    disabled_at: datetime | None
    keys: int
    certificates: int


class InUse(msgspec.Struct, frozen=True):
    id: ClientKeyId
    client_id: str
    centre_id: CentreId


class Ends(msgspec.Struct, frozen=True):
    client_id: str
    ends_at: datetime


async def insert_client(
    connection: Connection,
    row_id: ClientKeyId,
    client_id: str,
    centre_id: CentreId,
    kind: Kind,
    scopes: Sequence[str],
    now: datetime,
) -> bool:
    """False when the client id is taken."""
    done = await connection.fetchval(
        """
        INSERT INTO identity.client (id, client_id, centre_id, kind, scopes, created_at)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (client_id) DO NOTHING RETURNING true
        """,
        row_id,
        client_id,
        centre_id,
        kind.value,
        list(scopes),
        now,
    )
    return bool(done)


async def read_client(connection: Connection, client_id: str) -> ClientRow | None:
    """A client that is not disabled, with what it proves itself with."""
    return await fetch_one(
        connection,
        ClientRow,
        """
        SELECT c.id, c.client_id, c.centre_id, c.kind, c.scopes, c.frozen_at IS NOT NULL AS frozen,
               ARRAY(SELECT k.jwk FROM identity.client_key k WHERE k.client_id = c.id ORDER BY k.slot) AS keys,
               ARRAY(SELECT x.subject FROM identity.client_certificate x WHERE x.client_id = c.id ORDER BY x.slot)
                 AS subjects,
               ARRAY(SELECT x.thumbprint FROM identity.client_certificate x WHERE x.client_id = c.id ORDER BY x.slot)
                 AS thumbprints
        FROM identity.client c WHERE c.client_id = $1 AND c.disabled_at IS NULL
        """,
        client_id,
    )


async def disable_client(connection: Connection, client_id: str, now: datetime) -> bool:
    """Refused from its next request on. False when there is no such client in use."""
    done = await connection.fetchval(
        "UPDATE identity.client SET disabled_at = $2 WHERE client_id = $1 AND disabled_at IS NULL RETURNING true",
        client_id,
        now,
    )
    return bool(done)


async def set_frozen(connection: Connection, client_id: str, frozen_at: datetime | None) -> ListedClient | None:
    """Freeze or unfreeze; None when there is no such client in use, or it was so already."""
    return await fetch_one(
        connection,
        ListedClient,
        """
        UPDATE identity.client SET frozen_at = $2
        WHERE client_id = $1 AND disabled_at IS NULL AND (frozen_at IS NULL) <> ($2::timestamptz IS NULL)
        RETURNING id, client_id, centre_id, kind, scopes, frozen_at, disabled_at, 0 AS keys, 0 AS certificates
        """,
        client_id,
        frozen_at,
    )


async def list_clients(connection: Connection) -> list[ListedClient]:
    """Everybody who was ever let in, oldest first."""
    return await fetch_all(
        connection,
        ListedClient,
        """
        SELECT c.id, c.client_id, c.centre_id, c.kind, c.scopes, c.frozen_at, c.disabled_at,
               (SELECT count(*) FROM identity.client_key k WHERE k.client_id = c.id) AS keys,
               (SELECT count(*) FROM identity.client_certificate x WHERE x.client_id = c.id) AS certificates
        FROM identity.client c ORDER BY c.created_at, c.client_id
        """,
    )


async def in_use(connection: Connection, kind: Kind) -> list[InUse]:
    """Clients of a kind that were not let out, frozen ones too."""
    return await fetch_all(
        connection,
        InUse,
        """
        SELECT id, client_id, centre_id FROM identity.client
        WHERE disabled_at IS NULL AND kind = $1 ORDER BY client_id
        """,
        kind.value,
    )


async def keys_of(connection: Connection, client: ClientKeyId) -> list[KeyRow]:
    """What a client proves itself with, oldest first."""
    return await fetch_all(
        connection,
        KeyRow,
        """
        SELECT 'key' AS what, k.thumbprint AS named, k.added_at, NULL::timestamptz AS ends_at
        FROM identity.client_key k WHERE k.client_id = $1
        UNION ALL
        SELECT 'certificate', coalesce(x.subject, encode(x.thumbprint, 'hex')), x.added_at, x.ends_at
        FROM identity.client_certificate x WHERE x.client_id = $1
        ORDER BY added_at
        """,
        client,
    )


async def slots_of_keys(connection: Connection, client: ClientKeyId) -> list[int]:
    rows = await connection.fetch("SELECT slot FROM identity.client_key WHERE client_id = $1", client)
    return [row["slot"] for row in rows]


async def slots_of_certificates(connection: Connection, client: ClientKeyId) -> list[int]:
    rows = await connection.fetch("SELECT slot FROM identity.client_certificate WHERE client_id = $1", client)
    return [row["slot"] for row in rows]


async def insert_key(
    connection: Connection, client: ClientKeyId, slot: int, thumbprint: str, jwk: Mapping[str, str], now: datetime
) -> bool:
    """False when the key is a client's already."""
    done = await connection.fetchval(
        """
        INSERT INTO identity.client_key (client_id, slot, thumbprint, jwk, added_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (thumbprint) DO NOTHING RETURNING true
        """,
        client,
        slot,
        thumbprint,
        dict(jwk),
        now,
    )
    return bool(done)


async def insert_certificate(
    connection: Connection,
    client: ClientKeyId,
    slot: int,
    subject: str | None,
    thumbprint: bytes | None,
    now: datetime,
) -> bool:
    """False when the thumbprint is a client's already."""
    done = await connection.fetchval(
        """
        INSERT INTO identity.client_certificate (client_id, slot, subject, thumbprint, added_at)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (thumbprint) DO NOTHING RETURNING true
        """,
        client,
        slot,
        subject,
        thumbprint,
        now,
    )
    return bool(done)


async def delete_key(connection: Connection, client: ClientKeyId, thumbprint: str) -> bool:
    """No log-in with it from now on. False when the client has no such key."""
    done = await connection.fetchval(
        "DELETE FROM identity.client_key WHERE client_id = $1 AND thumbprint = $2 RETURNING true", client, thumbprint
    )
    return bool(done)


async def delete_certificate(connection: Connection, client: ClientKeyId, named: str) -> bool:
    """By its subject, or by its thumbprint in hex."""
    done = await connection.fetchval(
        """
        DELETE FROM identity.client_certificate
        WHERE client_id = $1 AND coalesce(subject, encode(thumbprint, 'hex')) = $2 RETURNING true
        """,
        client,
        named,
    )
    return bool(done)


async def note_end(
    connection: Connection, client: ClientKeyId, subject: str | None, thumbprint: bytes | None, ends_at: datetime
) -> None:
    """When the certificate that was just shown is over; written when it is another one than before."""
    await connection.execute(
        """
        UPDATE identity.client_certificate SET ends_at = $4
        WHERE client_id = $1 AND subject IS NOT DISTINCT FROM $2 AND thumbprint IS NOT DISTINCT FROM $3
          AND ends_at IS DISTINCT FROM $4
        """,
        client,
        subject,
        thumbprint,
        ends_at,
    )


async def certificates_that_end(connection: Connection) -> list[Ends]:
    """Of every client in use that shows certificates, when the one it showed last is over."""
    return await fetch_all(
        connection,
        Ends,
        """
        SELECT c.client_id, max(x.ends_at) AS ends_at FROM identity.client_certificate x
        JOIN identity.client c ON c.id = x.client_id
        WHERE c.disabled_at IS NULL AND x.ends_at IS NOT NULL GROUP BY c.client_id
        """,
    )
