"""Letting a dispatch system in: whom it says it is, whether it is, and that it has not said so with these words before.

Reads and writes the database and nothing else: no list of revoked certificates, no provider.
"""

from datetime import datetime

import msgspec

from backend.foundation.database import Connection
from backend.identity import queries_clients, queries_proofs
from backend.identity.assertions import invalid_client, read_assertion
from backend.identity.certificates import Presented, one_that_meets
from backend.identity.clients import Client, known_as
from backend.identity.proofs import Proof
from backend.identity.used_proofs import Use, refuse_unless_taken, told_ahead_s

_NOBODY = "The client is not known, or what it shows is not registered for it."


class ByKey(msgspec.Struct, frozen=True):
    """An assertion not yet believed; `urls`: what our token endpoint is called."""

    client_id: str
    assertion: str
    urls: tuple[str, ...]


class ByCertificate(msgspec.Struct, frozen=True):
    """A certificate one of our authorities vouches for."""

    client_id: str
    certificate: Presented

    @property
    def x5t(self) -> str:
        return self.certificate.x5t


Shown = ByKey | ByCertificate


async def client_of(connection: Connection, shown: Shown, now: datetime) -> Client:
    """The client that `shown` proves. Raises 401, the same for one nobody knows."""
    client = await known_as(connection, shown.client_id)
    if isinstance(shown, ByKey):
        assertion = read_assertion(shown.assertion, shown.client_id, client.keys if client else (), shown.urls, now)
        if client is None:
            raise invalid_client(_NOBODY)
        used = await queries_proofs.use_proof(connection, assertion.digest, assertion.until, client.id, None, now)
        refuse_unless_taken(Use(used))
        return client
    met = None if client is None else one_that_meets(client.certificates, shown.certificate)
    if client is None or met is None:
        raise invalid_client(_NOBODY)
    await queries_clients.note_end(connection, client.id, met.subject, met.thumbprint, shown.certificate.ends_at)
    return client


async def use(connection: Connection, client: Client, proof: Proof, now: datetime) -> None:
    """Take the log-in's proof, once. Raises a Problem when it was used, and when the client may not call."""
    off_s = told_ahead_s(proof)
    refuse_unless_taken(
        Use(await queries_proofs.use_proof(connection, proof.digest, proof.until, client.id, off_s, now))
    )
