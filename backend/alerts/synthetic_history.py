"""How the machine's own alarm came through, round by round, from the rows it left: they are kept for an hour."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from backend.alerts import queries_synthetic
from backend.alerts.queries_synthetic import Left
from backend.foundation.database import Connection

BACK = timedelta(hours=1)
UNDER_WAY_FOR = timedelta(seconds=30)
"""A round has 10 s; what has not come so far after this has not come through."""
SILENT_AFTER = timedelta(minutes=3)
"""One a minute is sent: three that are missing mean that nothing sends them. Ours ††."""


class Leg(StrEnum):
    """The first thing that is missing, in the order they have to come."""

    ASKED = "asked"  # nobody was asked
    PUSHED = "pushed"  # no provider took the push
    SHOWN = "shown"  # the phone did not say that it showed it
    ACCEPTED = "accepted"
    ENDED = "ended"


class Round(msgspec.Struct, frozen=True):
    """`missing` None: it came through, or is `under_way`. Seconds are from the report."""

    opened_at: datetime
    missing: Leg | None
    under_way: bool
    pushed_s: float | None
    shown_s: float | None
    accepted_s: float | None

    @property
    def well(self) -> bool:
        return self.missing is None and not self.under_way


async def rounds(connection: Connection, now: datetime) -> list[Round]:
    """The last hour's, the newest first. Takes a connection for statistics."""
    return judged(await queries_synthetic.left(connection, now - BACK), now)


def judged(left: Sequence[Left], now: datetime) -> list[Round]:
    return [_judged(each, now) for each in left]


def _judged(left: Left, now: datetime) -> Round:
    came = {
        Leg.ASKED: left.asked > 0,
        Leg.PUSHED: left.pushed_at is not None,
        Leg.SHOWN: left.shown_at is not None,
        Leg.ACCEPTED: left.accepted_at is not None,
        Leg.ENDED: left.ended_at is not None,
    }
    missing = next((leg for leg, did in came.items() if not did), None)
    under_way = missing is not None and now - left.opened_at < UNDER_WAY_FOR

    def after(at: datetime | None) -> float | None:
        return None if at is None else (at - left.opened_at).total_seconds()

    return Round(
        left.opened_at,
        None if under_way else missing,
        under_way,
        after(left.pushed_at),
        after(left.shown_at),
        after(left.accepted_at),
    )
