"""How many codes the pages send in an hour: text messages cost money, and pumping them is a business.

Beside the limits per phone (`identity.codes`). The app's sign-in is not counted and never held back by these.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from backend.foundation.database import Connection
from backend.identity.keys import Keys
from backend.signup import queries

WINDOW = timedelta(hours=1)
ALL_NETWORKS = b""


class Cap(StrEnum):
    """Which of the two is reached."""

    NETWORK = "network"
    ALL = "all"


class Caps(msgspec.Struct, frozen=True):
    """Codes an hour."""

    network: int
    all: int


async def reached(connection: Connection, keys: Keys, caps: Caps, network: str, now: datetime) -> Cap | None:
    """Whether one more code is too many. What is asked for in the same moment may pass it together."""
    sent = await queries.codes_sent_since(connection, _hash(keys, network), ALL_NETWORKS, now - WINDOW)
    if sent.of_all >= caps.all:
        return Cap.ALL
    return Cap.NETWORK if sent.of_network >= caps.network else None


async def count(connection: Connection, keys: Keys, network: str, now: datetime) -> None:
    """A code goes out."""
    minute = now.replace(second=0, microsecond=0)
    await queries.count_code(connection, _hash(keys, network), ALL_NETWORKS, minute)


async def remove_old(connection: Connection, now: datetime) -> int:
    """Housekeeping: forget what counts no more; gives how many rows."""
    return await queries.delete_counts_before(connection, now - WINDOW)


def _hash(keys: Keys, network: str) -> bytes:
    # Four thousand million addresses are tried out in a minute, so the hash is worth nothing without its key.
    return hmac.digest(keys.derived("sign-up network"), network.encode(), hashlib.sha256)
