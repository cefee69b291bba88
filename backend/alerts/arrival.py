"""When somebody on the way is expected. Pure; a guess with its edges, from how far they were when they said yes.

By the straight line, longer as roads are (Jonsson 2020: median 1.24, rounded up), at the mean speed of foot, bike and
car; its edges by the slowest and the fastest found there. Whoever knows the roads gives another `takes`.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from backend.alerts.alert import Alert, AlertState
from backend.alerts.distance import rounded_m

ROAD_FACTOR = 1.3
MEAN_MPS, SLOWEST_MPS, FASTEST_MPS = 2.3, 1.4, 4.0

Takes = Callable[[int, float], timedelta]
"""How long a way takes: of so many metres in a straight line, at so many metres a second."""


class Arrival(msgspec.Struct, frozen=True):
    """`earliest_at` ≤ `expected_at` ≤ `latest_at`."""

    earliest_at: datetime
    expected_at: datetime
    latest_at: datetime

    def is_late(self, now: datetime) -> bool:
        """Whether even the slowest would be there by now."""
        return now > self.latest_at


def by_straight_line(metres: int, metres_per_second: float) -> timedelta:
    return timedelta(seconds=metres * ROAD_FACTOR / metres_per_second)


def arrival(set_out_at: datetime, metres: int, takes: Takes = by_straight_line) -> Arrival:
    """Of somebody with so far to go, a defibrillator on the way included."""
    return Arrival(
        set_out_at + takes(metres, FASTEST_MPS),
        set_out_at + takes(metres, MEAN_MPS),
        set_out_at + takes(metres, SLOWEST_MPS),
    )


def arrival_of(alert: Alert, takes: Takes = by_straight_line) -> Arrival | None:
    """None for whoever is not on the way. By the distance that a centre may know, so that it tells no more."""
    if alert.state is not AlertState.ACCEPTED or alert.answered_at is None:
        return None
    return arrival(alert.answered_at, rounded_m(alert.metres if alert.way_m is None else alert.way_m), takes)
