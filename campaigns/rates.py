"""How often something may be asked for, so that one programme's loop is nobody else's wait."""

import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Whose = TypeVar("Whose", bound=Hashable)


class Rates(Generic[Whose]):
    """Of one process, in memory: n processes allow n times as much. There is a bucket for each `Whose`, for good."""

    def __init__(self, per_minute: int, burst: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._per_s, self._burst, self._monotonic = per_minute / 60, float(burst), monotonic
        self._left: dict[Whose, tuple[float, float]] = {}

    def wait_s(self, whose: Whose) -> float:
        """Take one call: 0 where it is granted, else the seconds until the next one is."""
        now = self._monotonic()
        left, as_of = self._left.get(whose, (self._burst, now))
        left = min(self._burst, left + (now - as_of) * self._per_s)
        granted = left >= 1
        self._left[whose] = (left - 1 if granted else left, now)
        return 0.0 if granted else (1 - left) / self._per_s
