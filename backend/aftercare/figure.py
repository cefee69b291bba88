"""A figure: a number, or how many of its inputs are missing. Pure.

What is not known is never reckoned around: a median of those that happened to be told says something else than a
median, and nobody sees the difference.
"""

from collections.abc import Callable, Sequence
from enum import Enum
from math import ceil
from statistics import fmean, median

import msgspec


class Known(msgspec.Struct, frozen=True):
    """A number that all of its `n` inputs went into."""

    value: float
    n: int


class Unknown(msgspec.Struct, frozen=True):
    """No number: of `m` inputs `n` are missing."""

    n: int
    m: int


class Nothing(msgspec.Struct, frozen=True):
    """No number: there was nothing to reckon it from. An average of no alarms is not 0."""


Figure = Known | Unknown | Nothing


class Gap(Enum):
    """What one alarm can give to a figure in place of a number."""

    MISSING = "missing"  # it has one, and nobody knows it
    NO_PART = "no_part"  # it has none: nobody said yes, so nobody was the first to


Input = float | Gap


def figure(inputs: Sequence[Input], reckon: Callable[[Sequence[float]], float]) -> Figure:
    """What `reckon` makes of the inputs that take part, if all of them are known."""
    taking_part = [each for each in inputs if each is not Gap.NO_PART]
    numbers = [each for each in taking_part if not isinstance(each, Gap)]
    if len(numbers) < len(taking_part):
        return Unknown(len(taking_part) - len(numbers), len(taking_part))
    return Known(reckon(numbers), len(numbers)) if numbers else Nothing()


def total(inputs: Sequence[Input]) -> Figure:
    return figure(inputs, sum)


def mean(inputs: Sequence[Input]) -> Figure:
    return figure(inputs, fmean)


def middle(inputs: Sequence[Input]) -> Figure:
    """The median."""
    return figure(inputs, median)


def nine_of_ten(inputs: Sequence[Input]) -> Figure:
    """The 90th percentile by nearest rank: the smallest of them that nine of ten do not exceed."""
    return figure(inputs, lambda numbers: sorted(numbers)[ceil(len(numbers) * 9 / 10) - 1])


def share(parts: int, whole: int) -> Figure:
    """How much of a whole that is known to the last one; of nothing there is no share."""
    return Known(parts / whole, whole) if whole else Nothing()
