"""Dispatch centres' systems: a client id, a secret we cannot read back, the centre it speaks for."""

import asyncio
import secrets
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from backend.foundation.database import Connection
from backend.foundation.ids import CentreId, ClientKeyId, without_time
from backend.foundation.kinds import Kind
from backend.foundation.problems import Problem
from backend.identity import queries_clients as queries


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
    """A client that has shown its secret. `id` is the row, what a token's subject and an Idempotency-Key belong to."""

    id: ClientKeyId
    client_id: str
    centre_id: CentreId
    kind: Kind
    scopes: tuple[str, ...]


def new_secret() -> str:
    """256 random bits, to be shown once."""
    return secrets.token_urlsafe(32)


async def add_client(
    connection: Connection,
    client_id: str,
    secret: str,
    centre_id: CentreId,
    kind: Kind,
    scopes: Sequence[str],
    now: datetime,
) -> ClientKeyId:
    """Let a system in as `client_id`; raises 409 when that id is taken. The caller has seen that the centre exists.

    A scope that belongs to another kind is refused by the table itself.
    """
    row_id = ClientKeyId(without_time())
    secret_hash = await asyncio.to_thread(_hasher().hash, secret)
    if not await queries.insert_client(connection, row_id, client_id, secret_hash, centre_id, kind, scopes, now):
        raise Problem(409, "client-exists", "Taken", "There is a client of this id already.")
    return row_id


async def authenticate(connection: Connection, client_id: str, secret: str) -> Client:
    """The client, if it is known, not disabled, and the secret is right; else raises 401 after the same work."""
    row = await queries.read_client(connection, client_id)
    matches = await asyncio.to_thread(_matches, row.secret_hash if row else None, secret)
    if row is None or not matches:
        raise Problem(
            401,
            "unauthorised",
            "Not signed in",
            "The client id or its secret is wrong.",
            headers={"WWW-Authenticate": 'Basic realm="hjerteloeber"'},
        )
    return Client(row.id, row.client_id, row.centre_id, row.kind, tuple(row.scopes))


def _matches(secret_hash: str | None, secret: str) -> bool:
    if secret_hash is None:
        _hasher().hash(secret)  # as long as looking at a real one, so that ids cannot be found out by the clock
        return False
    try:
        return _hasher().verify(secret_hash, secret)
    except VerifyMismatchError:
        return False


def _hasher() -> PasswordHasher:
    # OWASP's least for argon2id (19 MiB, 2 passes, 1 lane): the secrets are random, so what counts is that a burst of
    # log-ins after a restart of all dispatch systems fits a small machine.
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
