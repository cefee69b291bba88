"""Under pressure the least urgent is turned away first, so that no alarm waits. Pure: figures in, decisions out.

docs/decisions/0014-shedding.md gives the reasons. All figures here are ours; docs/performance/ has what was measured.
"""

from collections.abc import Sequence
from math import inf

import msgspec

from backend.api.limits import Limit


class Pressure(msgspec.Struct, frozen=True):
    """How a process fares. `lag_s` is how late the event loop wakes whom it promised to, the median of half a second.

    The shares (0–1) are of the lanes' connections in use.
    """

    lag_s: float = 0.0
    alerts_busy: float = 0.0
    answers_busy: float = 0.0


class Step(msgspec.Struct, frozen=True):
    """From where on a class of calls is turned away: at this lag, or with this share of a lane in use."""

    limit: Limit
    lag_s: float
    lane_busy: float = inf  # a full lane alone is no reason


STEPS: Sequence[Step] = (
    Step(Limit.POSITIONS, 0.1, lane_busy=0.5),  # the next one is as good
    Step(Limit.MAP, 0.2, lane_busy=inf),  # it holds no connection, and lists and signs are there without streets
    Step(Limit.PREVIEWS, 0.2, lane_busy=0.5),  # it chooses as an alarm does, and is none
    Step(Limit.EXPORTS, 0.2, lane_busy=0.5),  # the most there is to read of anybody, and any day will do
    Step(Limit.OPEN, 0.2, lane_busy=0.75),
    Step(Limit.SIGN_UP, 0.2, lane_busy=0.75),
    Step(Limit.PROFILE, 0.2, lane_busy=0.75),
    Step(Limit.SIGN_IN, 0.4, lane_busy=1.0),
    Step(Limit.STREAMS, 0.8),  # an alarm's way into an open app; push and text message are the others
    Step(Limit.DISPATCH_READS, 1.0),
    Step(Limit.CONSOLE, 1.0),
    Step(Limit.REFRESH, 1.5),  # without it a phone that was just woken cannot answer; but anybody can ask for it
    Step(Limit.TEXT_ANSWERS, 2.0),
    Step(Limit.ANSWERS, 2.0),  # part of an alarm: last of all
)
"""In the order of turning away. What is not here never is: see NEVER_SHED."""

NEVER_SHED = frozenset({Limit.NEVER, Limit.BY_HAND, Limit.TOKENS, Limit.HEALTH})
"""What dispatch centres report, by system or by hand, and their log-in, without which they cannot; and what tells the
operator how we fare."""

CALM_S = 1.0
"""A class turned away comes back no sooner, one class after another."""

EASE = 0.5
"""It comes back when less than half of what turned it away is left: what comes back must not turn itself away."""

AT_ONCE: dict[Limit, int] = {Limit.POSITIONS: 500, Limit.PREVIEWS: 2}
"""Calls of a class in one process at the same time, at most. Previews: fewer than their lane has connections. Positions
hold none, they wait together for one commit; so many a commit are more than a core can take in."""

AT_ONCE_IN_ALARM: dict[Limit, int] = {Limit.POSITIONS: 8, Limit.PREVIEWS: 1}
"""The same while an alarm is under way: not none, since whoever is on a mission reports positions too. A position waits
some 10 ms for its commit, so eight at once are 800 a second and a quarter of a core: an ordinary day's reports of a
country go on."""


class Level(msgspec.Struct, frozen=True):
    """How many of STEPS are turned away, and since when it is so or still has to be so."""

    steps: int = 0
    as_of: float = 0.0


def wanted(pressure: Pressure, ease: float = 1.0) -> int:
    """How many steps this pressure asks for. With `ease` below 1: how many it still asks for once they are taken."""
    busy = max(pressure.alerts_busy, pressure.answers_busy)
    reached = [
        number
        for number, step in enumerate(STEPS, start=1)
        if pressure.lag_s >= step.lag_s * ease or busy >= step.lane_busy * ease
    ]
    return max(reached, default=0)


def next_level(level: Level, pressure: Pressure, now: float) -> Level:
    """Up at once; down by one step after CALM_S during which the pressure asked for less, with EASE. `now` in s."""
    up = wanted(pressure)
    if up > level.steps:
        return Level(up, now)
    if wanted(pressure, EASE) >= level.steps:
        return Level(level.steps, now)
    return Level(level.steps - 1, now) if now - level.as_of >= CALM_S else level


def lets_in(limit: Limit, steps: int, in_flight: int, *, alarm: bool) -> bool:
    """Whether one more call of this class is taken, with `in_flight` of it being answered."""
    if limit in NEVER_SHED:
        return True
    if any(step.limit is limit for step in STEPS[:steps]):
        return False
    most = (AT_ONCE_IN_ALARM if alarm else AT_ONCE).get(limit)
    return most is None or in_flight < most
