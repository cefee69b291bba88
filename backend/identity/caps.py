"""What codes by text message may cost, for the app's sign-in and the pages alike: pumping them is a business.

Beside the limits per number (`identity.codes`). Everything here is counted in the database, over all processes.

An attacker with many numbers and many networks must not keep a real person out, and must not learn from any of it which
numbers have an account. So
* numbers that have proven themselves – an account, or a code answered within a day – are counted apart, in a part of
  the budget that nobody else can use up, and by no network;
* of all others it is counted what was sent and never answered: people answer their code, pumped numbers do not. A
  network that owes little is *quiet*; when much is owed by all together, only quiet ones are served;
* whoever is held back hears what everybody hears (:mod:`backend.delivery.code_by_text`): the difference is that nothing
  is sent.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from backend.foundation.database import Connection
from backend.foundation.settings import Settings
from backend.identity import queries_caps as queries
from backend.identity.keys import Keys
from backend.identity.network import network_of
from backend.identity.queries_caps import Counted

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOME_PREFIX = "45"
PROVEN, UNPROVEN, ABROAD = b"\1", b"\2", b"\3"

FOR_PROVEN = 0.4
"""This share of either budget is for numbers that have proven themselves."""
FOR_ABROAD = 0.1
"""The most of either budget that unproven numbers of other countries may use: theirs are what is pumped for money."""
MUCH = 0.3
"""Of what unproven numbers may use in an hour; when so much is owed by all, only quiet networks are served."""
QUIET = 3
"""Codes a network may owe and still be quiet: a household in which somebody mistypes a number."""
# All ours: no source names such figures. `tests/people/test_pumping.py` attacks them.


class Held(StrEnum):
    """Why a code is not sent. For our own figures: nobody is told."""

    NETWORK = "network"  # it owes too much
    ALL = "all"  # all together owe much, and this network is not quiet
    SPEND = "spend"  # an hour's or a day's money is spent


class Caps(msgspec.Struct, frozen=True):
    """`prices`: øre for a message by country prefix; numbers of others get none. Budgets in øre."""

    network: int
    ore_an_hour: int
    ore_a_day: int
    prices: Mapping[str, int]

    def price_of(self, phone_e164: str) -> int | None:
        """What a message to this number costs; None where none is sent. The longest prefix counts."""
        digits = phone_e164.removeprefix("+")
        found = [prefix for prefix in self.prices if digits.startswith(prefix)]
        return self.prices[max(found, key=len)] if found else None


def caps_of(settings: Settings) -> Caps:
    """As the operator has set them."""
    prices = read_prices(settings.code_prices_ore)
    return Caps(settings.codes_an_hour_of_a_network, settings.code_ore_an_hour, settings.code_ore_a_day, prices)


class Asked(msgspec.Struct, frozen=True):
    """What is to be decided about: who asks from where, and what it would cost."""

    network: bytes
    price: int
    proven: bool
    abroad: bool

    @property
    def buckets(self) -> tuple[bytes, ...]:
        """Where it counts. The rows everybody shares last, always in the same order: nobody waits for two."""
        if self.proven:
            return (PROVEN,)
        return (self.network, UNPROVEN, *([ABROAD] if self.abroad else []))


def read_prices(text: str) -> dict[str, int]:
    """Prices as the setting has them, which has been read: `45=35 46=60`."""
    return {prefix: int(price) for prefix, _, price in (part.partition("=") for part in text.split())}


def held(counted: Counted, caps: Caps, asked: Asked) -> Held | None:
    """Whether a code is held back. Pure."""
    for budget, spent in ((caps.ore_an_hour, counted.hour), (caps.ore_a_day, counted.day)):
        for_unproven = budget * (1 - FOR_PROVEN)
        if spent.proven + spent.unproven + asked.price > budget:
            return Held.SPEND
        if not asked.proven and spent.unproven + asked.price > for_unproven:
            return Held.SPEND
        if not asked.proven and asked.abroad and spent.abroad + asked.price > budget * FOR_ABROAD:
            return Held.SPEND
    if asked.proven:
        return None
    if counted.network_owes >= caps.network:
        return Held.NETWORK
    at_home = caps.prices.get(HOME_PREFIX) or max(caps.prices.values())
    much = caps.ore_an_hour * (1 - FOR_PROVEN) * MUCH / max(1, at_home)
    return Held.ALL if counted.all_owe >= much and counted.network_owes >= QUIET else None


async def read(connection: Connection, network: bytes, now: datetime) -> Counted:
    """What was sent lately. What is asked for in the same moment may pass a cap together."""
    return await queries.counted(connection, network, PROVEN, UNPROVEN, ABROAD, now - HOUR, now - DAY)


async def count(connection: Connection, asked: Asked, why_held: Held | None, now: datetime) -> None:
    """A code goes out; one that is held back is no less work."""
    sent = 0 if why_held else 1
    await queries.add(connection, asked.buckets, _minute(now), sent, 0, sent * asked.price)


async def answered(connection: Connection, buckets: Sequence[bytes], issued_at: datetime) -> None:
    """Whoever got the code has typed it: it is owed no more where it was counted."""
    await queries.add(connection, buckets, _minute(issued_at), 0, 1, 0)


async def remove_old(connection: Connection, now: datetime) -> int:
    """Housekeeping: forget what counts no more; gives how many rows."""
    return await queries.delete_before(connection, now - DAY)


def network_bucket(keys: Keys, host: str) -> bytes:
    """A caller's network, as it is counted: an IPv4 /24, an IPv6 /64, whoever is told no address all together."""
    # Four thousand million addresses are tried out in a minute, so the hash is worth nothing without its key.
    return hmac.digest(keys.derived("network of codes"), network_of(host, 24).encode(), hashlib.sha256)


def _minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)
