"""One number as it was told, and what may be concluded from it."""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

COARSEST_SHARE = 0.2
"""A share that could be this much more or less, since its parts are told in steps, is not shown."""


class Why(StrEnum):
    """Why there is no number."""

    FEWER = "fewer"  # no whole step of k was told yet
    FEWER_IN_EACH = "fewer_in_each"  # nor in any place it is the sum of
    NOTHING_YET = "nothing_yet"  # no day has been told of it
    FEW_ASKED = "few_asked"  # fewer than 3 x k people are asked: never told of, and counted above
    WITHHELD = "withheld"  # it would say by subtraction what a unit has of which nothing is told
    NO_CODE = "no_code"  # it has no code yet, so nobody can come by it


class Figure(msgspec.Struct, frozen=True):
    """At least so many, or why not: the sum of what was told of its `parts`. `exact`: page views, not people."""

    at_least: int | None = None
    why: Why | None = None
    parts: int = 1
    exact: bool = False

    @property
    def told(self) -> int | None:
        """As a number to reckon with; None where nothing was told."""
        return 0 if self.why in (Why.FEWER, Why.FEWER_IN_EACH) else self.at_least

    def most(self, k: int) -> int | None:
        """About so many at most, for shares: telling mostly lags by less than a step of k, and may lag by more."""
        if self.told is None or self.exact:
            return self.told
        return self.told + self.parts * (k - 1)


def at_least(told: Sequence[int | None]) -> Figure:
    """The sum of what was told of some groups; None: nothing was told of that one."""
    known = [each for each in told if each is not None]
    if not known:
        return Figure(why=Why.NOTHING_YET)
    if sum(known) == 0:
        return Figure(why=Why.FEWER if len(known) == 1 else Why.FEWER_IN_EACH, parts=len(known))
    return Figure(sum(known), parts=len(known))


def change(now: Figure, before: Figure) -> int | None:
    """How much more is told now than before; None where nothing is. What was told never gets smaller."""
    return None if now.told is None else now.told - (before.told or 0)


def share(part: Figure, whole: Figure, k: int) -> float | None:
    """A part of a whole as far as was told; None where steps of k are too coarse to say one."""
    if part.at_least is None or not whole.at_least:
        return None
    most_part, most_whole = part.most(k), whole.most(k)
    assert most_part is not None
    assert most_whole is not None
    lowest, highest = part.at_least / most_whole, most_part / whole.at_least
    if min(highest, 1) - min(lowest, 1) > COARSEST_SHARE:
        return None
    return min(1.0, part.at_least / whole.at_least)


def share_of(part: Figure, people: int | None) -> float | None:
    """At least this share of a number that is known."""
    return part.at_least / people if part.at_least is not None and people else None


def per_100_000(figure: Figure, inhabitants: int | None) -> float | None:
    """At least so many of a hundred thousand inhabitants."""
    return figure.at_least * 100_000 / inhabitants if figure.at_least is not None and inhabitants else None
