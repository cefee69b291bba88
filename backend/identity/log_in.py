"""Letting a dispatch system in: whom it says it is, and whether it is.

That it comes with these words for the first time is for the caller to have said (:mod:`.used_proofs`).

Reads and writes the database and nothing else: no list of revoked certificates, no provider.
"""

from datetime import datetime

import msgspec

from backend.foundation.database import Connection
from backend.identity import queries_clients
from backend.identity.assertions import Assertion, invalid_client, read_assertion
from backend.identity.certificates import Presented, one_that_meets
from backend.identity.clients import Client, known_as
from backend.identity.used_proofs import frozen

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


async def client_of(connection: Connection, shown: Shown, now: datetime) -> tuple[Client, Assertion | None]:
    """The client that `shown` proves, and what is to be taken once of that. Raises 401, the same for one nobody knows,
    and 403 for one that is frozen."""
    client = await known_as(connection, shown.client_id)
    if isinstance(shown, ByKey):
        keys = client.keys if client else ()
        assertion: Assertion | None = read_assertion(shown.assertion, shown.client_id, keys, shown.urls, now)
        met = None
    else:
        assertion = None
        met = None if client is None else one_that_meets(client.certificates, shown.certificate)
    if client is None or (assertion is None and met is None):
        raise invalid_client(_NOBODY)
    if client.frozen:
        raise frozen()
    if isinstance(shown, ByCertificate) and met is not None:
        await queries_clients.note_end(connection, client.id, met.subject, met.thumbprint, shown.certificate.ends_at)
    return client, assertion
