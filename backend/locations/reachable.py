"""How many of those signed up an alarm would reach, as it may be told: in steps of five, nothing of fewer."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from backend.foundation.database import Connection
from backend.foundation.kinds import Kind
from backend.locations import queries_share
from backend.locations.position import KEPT_FOR
from backend.locations.queries_share import Share

STEP = 5
"""Counts are told down to the next step below: neither a small one nor the few who are missing can be read off."""


class Told(msgspec.Struct, frozen=True):
    """At least so many. `people` 0: fewer than STEP. `share`: at least so much, None where nothing is told."""

    code: str | None
    name: str | None
    people: int
    reachable: int

    @property
    def share(self) -> float | None:
        # Both were rounded down: 10 of 10 can be 10 of 14, and of what is told it would be all of them.
        return self.reachable / (self.people + STEP - 1) if self.people else None


class Reachable(msgspec.Struct, frozen=True):
    """By municipality, the lowest share first; `too_few`: how many municipalities are too small to be told."""

    whole: Told
    told: list[Told]
    too_few: int


async def reachable(connection: Connection, now: datetime, kind: Kind = Kind.LIVE) -> Reachable:
    """Takes a connection for statistics: it goes through everybody."""
    return told(await queries_share.by_municipality(connection, kind, now - KEPT_FOR, now))


def told(shares: Sequence[Share]) -> Reachable:
    """The whole is of all together, so that municipalities too small to be told are in it."""
    whole = _told(Share(None, None, sum(s.people for s in shares), sum(s.reachable for s in shares)))
    shown = [each for each in map(_told, shares) if each.people]
    shown.sort(key=lambda each: (each.share, each.name or "", each.code or ""))
    return Reachable(whole, shown, len(shares) - len(shown))


def _told(share: Share) -> Told:
    people = share.people - share.people % STEP
    return Told(share.code, share.name, people, min(people, share.reachable - share.reachable % STEP))
