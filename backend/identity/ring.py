"""The key ring a connection carries: what a process was started with."""

from backend.foundation.database import Connection
from backend.identity.data_keys import NO_KEYS, KeyRing


def ring_of(connection: Connection) -> KeyRing:
    """The ring given to `open_database` or `connect`; without one, a ring that raises Unreadable when it is used."""
    carried = getattr(connection, "carried", None)
    return carried if isinstance(carried, KeyRing) else NO_KEYS
