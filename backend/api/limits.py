"""How much of one kind of call a caller may make, so that a flood of one starves no other.

Token buckets in this process's memory: with n processes a caller may get n times as much, which is meant (a limit
protects a process; it is no promise to a caller). A dispatch centre's report is never limited.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from enum import StrEnum

import msgspec


class Limit(StrEnum):
    """The classes of calls; each route belongs to exactly one."""

    NEVER = "never"  # dispatch centres' reports and what ends them: refusing one could cost a life
    DISPATCH_READS = "dispatch_reads"
    PREVIEWS = "previews"  # how many would be asked, before an alarm: a look at where people are
    TOKENS = "tokens"  # log-in of dispatch systems
    SIGN_IN = "sign_in"  # codes and sign-in, open to the world
    REFRESH = "refresh"  # new tokens for a phone, before each answer: by network, since it has no token that is good
    ANSWERS = "answers"  # receipts, accepting, statuses
    POSITIONS = "positions"
    PROFILE = "profile"  # everything else a volunteer's phone does
    EXPORTS = "exports"  # a copy of everything about oneself: much to read, and what a thief of a phone would take
    STREAMS = "streams"  # opening a stream, not what flows in it
    SIGN_UP = "sign_up"  # the pages somebody signs up on: a campaign's minute must not cost anybody their sign-in
    CONSOLE = "console"  # the pages of those who work: a dispatch centre is one address
    MAP = "map"  # streets of the console's map, in parts: the least anybody needs in an alarm
    BY_HAND = "by_hand"  # an alarm by hand at the console, and what stops one: no other page uses this up
    TEXT_ANSWERS = "text_answers"  # the page behind a text message: an answer, by network since there is no token
    OPEN = "open"  # pages and configuration: anyone, by network
    HEALTH = "health"  # operators' machines and dispatch systems' heartbeats: as little to be refused as a report


class Allowance(msgspec.Struct, frozen=True):
    """`burst` calls at once, then `per_minute`. Ours: no source names such figures."""

    per_minute: float
    burst: int


ALLOWANCES: dict[Limit, Allowance | None] = {
    Limit.NEVER: None,
    Limit.DISPATCH_READS: Allowance(per_minute=1200, burst=200),
    Limit.PREVIEWS: Allowance(per_minute=10, burst=10),
    # A mobile operator's subscribers share few addresses; what stops guessing is the count per phone (identity.codes).
    Limit.SIGN_IN: Allowance(per_minute=120, burst=120),
    Limit.TOKENS: Allowance(per_minute=60, burst=30),
    # 60,000 phones behind one address of a mobile operator, each every ten minutes; and whoever shares it keeps nobody
    # from an answer with fewer than a hundred calls a second.
    Limit.REFRESH: Allowance(per_minute=6000, burst=2000),
    Limit.ANSWERS: Allowance(per_minute=120, burst=60),
    Limit.POSITIONS: Allowance(per_minute=20, burst=20),
    Limit.PROFILE: Allowance(per_minute=120, burst=60),
    Limit.EXPORTS: Allowance(per_minute=10 / 1440, burst=5),
    Limit.STREAMS: Allowance(per_minute=30, burst=20),
    Limit.HEALTH: None,
    # A barracks is one address, a sign-up some twenty calls with what the pages are drawn with; what stops pumping is
    # the count of codes (identity.caps).
    Limit.SIGN_UP: Allowance(per_minute=3000, burst=1000),
    # A control room of thirty seats behind one address, each a page every second; guessing is counted by seat and
    # session.
    Limit.CONSOLE: Allowance(per_minute=3000, burst=600),
    # A page's view of a town is some thirty parts; thirty seats behind one address look at another one now and then.
    Limit.MAP: Allowance(per_minute=6000, burst=2000),
    # Whoever has no session may not ask the database for one without end; no room of people raises five a second.
    Limit.BY_HAND: Allowance(per_minute=600, burst=300),
    Limit.TEXT_ANSWERS: Allowance(per_minute=1200, burst=400),
    Limit.OPEN: Allowance(per_minute=1200, burst=400),
}

_KEPT = 200_000
"""Buckets kept at most; the one unused longest goes first (about 30 MB)."""


class Limiter:
    """The buckets of one process. `factor` widens them all: the demo's thousand phones share one address."""

    def __init__(self, factor: float = 1.0, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._factor = factor
        self._monotonic = monotonic
        self._buckets: OrderedDict[tuple[Limit, str], tuple[float, float]] = OrderedDict()  # (left, as of)

    def wait_s(self, limit: Limit, who: str) -> float:
        """Take one call from `who`'s bucket: 0 when it is granted, else the seconds until the next one is."""
        allowance = ALLOWANCES[limit]
        if allowance is None:
            return 0.0
        burst, per_s = allowance.burst * self._factor, allowance.per_minute * self._factor / 60
        now = self._monotonic()
        left, as_of = self._buckets.pop((limit, who), (burst, now))
        left = min(burst, left + (now - as_of) * per_s)
        granted = left >= 1
        self._buckets[limit, who] = (left - 1 if granted else left, now)
        while len(self._buckets) > _KEPT:
            self._buckets.popitem(last=False)
        return 0.0 if granted else (1 - left) / per_s
