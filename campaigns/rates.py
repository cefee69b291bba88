"""How often a token may ask, so that one programme's loop is nobody else's wait."""

import time
from collections.abc import Callable

from campaigns.managers.manager import TokenId

PER_MINUTE, BURST = 120, 60
"""Ours: a BI tool that refreshes reads some ten tables, once an hour."""


class Rates:
    """Of one process, in memory: n processes allow n times as much. There are as many buckets as tokens."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._left: dict[TokenId, tuple[float, float]] = {}

    def wait_s(self, token: TokenId) -> float:
        """Take one call: 0 where it is granted, else the seconds until the next one is."""
        now, per_s = self._monotonic(), PER_MINUTE / 60
        left, as_of = self._left.get(token, (float(BURST), now))
        left = min(float(BURST), left + (now - as_of) * per_s)
        granted = left >= 1
        self._left[token] = (left - 1 if granted else left, now)
        return 0.0 if granted else (1 - left) / per_s
