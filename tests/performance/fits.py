"""How a figure grows with what it is large in: a power, a line, and where it bends. Pure."""

import math
from collections.abc import Sequence

import msgspec

BENDS_AT = 2.0
"""Twice the first one's: a queue has begun to build ††."""


class Power(msgspec.Struct, frozen=True):
    """value ≈ factor · size^exponent; `r2` is the share of the spread it explains, of the logarithms."""

    factor: float
    exponent: float
    r2: float

    @property
    def tenfold(self) -> float:
        """By how much it is multiplied when the size is ten times as large."""
        return float(10**self.exponent)

    def reaches(self, value: float) -> float:
        """At which size; infinite where it does not grow so far in any size that could be written down."""
        if self.exponent <= 0.01:
            return math.inf
        decades = math.log10(value / self.factor) / self.exponent
        return math.inf if decades > 12 else 10**decades


class Straight(msgspec.Struct, frozen=True):
    """value ≈ start + each · size; `r2` is the share of the spread it explains."""

    start: float
    each: float
    r2: float

    def reaches(self, value: float) -> float:
        return math.inf if self.each <= 0 else (value - self.start) / self.each


def power(sizes: Sequence[float], values: Sequence[float]) -> Power | None:
    """By least squares of the logarithms; None with fewer than two sizes or a value that has no logarithm."""
    if not all(value > 0 for value in (*sizes, *values)):
        return None
    found = straight([math.log(size) for size in sizes], [math.log(value) for value in values])
    return None if found is None else Power(math.exp(found.start), found.each, found.r2)


def straight(sizes: Sequence[float], values: Sequence[float]) -> Straight | None:
    """By least squares; None with fewer than two sizes."""
    mean_x, mean_y = sum(sizes) / max(1, len(sizes)), sum(values) / max(1, len(values))
    spread = sum((x - mean_x) ** 2 for x in sizes)
    if not spread:
        return None
    each = sum((x - mean_x) * (y - mean_y) for x, y in zip(sizes, values, strict=True)) / spread
    start = mean_y - each * mean_x
    all_of_it = sum((y - mean_y) ** 2 for y in values)
    left = sum((y - start - each * x) ** 2 for x, y in zip(sizes, values, strict=True))
    return Straight(start, each, 1 - left / all_of_it if all_of_it else 1.0)


def bend(sizes: Sequence[float], values: Sequence[float]) -> tuple[float, float] | None:
    """The last size before and the first one after which the value stays above BENDS_AT times the first one's."""
    pairs = sorted(zip(sizes, values, strict=True))
    if not pairs:
        return None
    above = [value > BENDS_AT * pairs[0][1] for _, value in pairs]
    if not above[-1]:
        return None
    first = len(above) - next(n for n, each in enumerate((*reversed(above), False)) if not each)
    return pairs[first - 1][0], pairs[first][0]
