"""Dispatch centres' systems: a client id, the keys or certificates it proves itself with, the centre it speaks for."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from backend.foundation.database import Connection
from backend.foundation.ids import CentreId, ClientKeyId, without_time
from backend.foundation.kinds import Kind
from backend.foundation.problems import Problem
from backend.identity import queries_clients as queries
from backend.identity.certificates import Registered
from backend.identity.client_keys import MOST_KEYS
from backend.identity.jose import PublicKey, members_of, public_key


class Scope(StrEnum):
    """What a client's token can be good for."""

    INCIDENTS_WRITE = "incidents:write"
    EXERCISES_WRITE = "exercises:write"  # what a client of kind exercise has in place of the one above
    INCIDENTS_READ = "incidents:read"


def writing_scope(kind: Kind) -> Scope:
    """What a client of `kind` reports with: who was let in for exercises cannot be mistaken for one of the real kind.

    A dispatch system's trials and the synthetic alarm are to be the real thing in everything but whom they ring.
    """
    return Scope.EXERCISES_WRITE if kind is Kind.EXERCISE else Scope.INCIDENTS_WRITE


def scopes_of(kind: Kind, *, read_only: bool = False) -> tuple[Scope, ...]:
    """What a new client of `kind` may do."""
    return (Scope.INCIDENTS_READ,) if read_only else (writing_scope(kind), Scope.INCIDENTS_READ)


class Client(msgspec.Struct, frozen=True):
    """A client that was let in. `id` is the row, what a token's subject and an Idempotency-Key belong to."""

    id: ClientKeyId
    client_id: str
    centre_id: CentreId
    kind: Kind
    scopes: tuple[str, ...]
    frozen: bool
    keys: tuple[PublicKey, ...]
    certificates: tuple[Registered, ...]


async def known_as(connection: Connection, client_id: str) -> Client | None:
    """The client of this id, if there is one that was not let out."""
    row = await queries.read_client(connection, client_id)
    if row is None:
        return None
    keys = tuple(public_key(jwk) for jwk in row.keys)
    certificates = tuple(Registered(each.subject, each.thumbprint) for each in row.certificates)
    scopes = tuple(row.scopes)
    return Client(row.id, row.client_id, row.centre_id, row.kind, scopes, row.frozen, keys, certificates)


async def add_client(
    connection: Connection,
    client_id: str,
    key: PublicKey | None,
    centre_id: CentreId,
    kind: Kind,
    scopes: Sequence[str],
    now: datetime,
) -> ClientKeyId:
    """Let a system in as `client_id`; raises 409 when that id, or the key, is taken. `key`: its public one.

    The caller has seen that the centre exists. A scope that belongs to another kind is refused by the table itself.
    """
    row_id = ClientKeyId(without_time())
    if not await queries.insert_client(connection, row_id, client_id, centre_id, kind, scopes, now):
        raise Problem(409, "client-exists", "Taken", "There is a client of this id already.")
    if key is not None:
        await add_key(connection, row_id, key, now)
    return row_id


async def add_key(connection: Connection, client: ClientKeyId, key: PublicKey, now: datetime) -> str:
    """Let a client sign with another key too; gives its thumbprint. Raises 409 where that is one too many, or taken."""
    thumbprint = str(key.thumbprint())
    slot = await _free_slot(await queries.slots_of_keys(connection, client), "key")
    if not await queries.insert_key(connection, client, slot, thumbprint, members_of(key), now):
        raise Problem(409, "client-exists", "Taken", "This key is a client's already: every system has its own.")
    return thumbprint


async def add_certificate(
    connection: Connection, client: ClientKeyId, subject: str | None, thumbprint: bytes | None, now: datetime
) -> None:
    """Let a client show certificates of a subject, or one by its thumbprint. Raises 409 as :func:`add_key` does."""
    slot = await _free_slot(await queries.slots_of_certificates(connection, client), "certificate")
    if not await queries.insert_certificate(connection, client, slot, subject, thumbprint, now):
        raise Problem(409, "client-exists", "Taken", "This certificate is a client's already.")


async def _free_slot(taken: Sequence[int], what: str) -> int:
    free = [slot for slot in range(1, MOST_KEYS + 1) if slot not in taken]
    if not free:
        raise Problem(
            409,
            "client-exists",
            "Taken",
            f"This client has {MOST_KEYS} {what}s already: remove the one that is not used any more.",
        )
    return free[0]
