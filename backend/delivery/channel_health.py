"""How each channel is doing, from what its attempts came to: pure, but for `look`, which reads."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from backend.delivery import queries_health, queries_switches
from backend.delivery.message import Channel
from backend.delivery.queries_health import Tried, Waiting
from backend.delivery.queries_switches import Switch
from backend.delivery.report import K
from backend.foundation.database import Connection
from backend.foundation.kinds import Kind

LATELY, DAY = timedelta(hours=1), timedelta(days=1)
FAILING_FROM = 0.1
"""From this share of an hour's answered attempts on a channel counts as failing. Ours ††."""


class State(StrEnum):
    """The worst there is to say of a channel."""

    OFF = "off"  # by an operator
    FAILING = "failing"
    QUIET = "quiet"  # too few attempts to say anything
    FINE = "fine"


class Failure(msgspec.Struct, frozen=True):
    """Attempts that were not accepted, alike. Fewer than K are None: so few may be one person's."""

    outcome: str
    code: str | None
    lately: int | None
    in_all: int | None


class ChannelHealth(msgspec.Struct, frozen=True):
    """`lately`: the last hour; `accepted` of those `answered`: an attempt without a result says nothing."""

    channel: Channel
    state: State
    changed_at: datetime
    answered_lately: int
    accepted_lately: int
    answered: int
    accepted: int
    without_a_result: int
    failures: list[Failure]
    waiting: int
    oldest: datetime | None

    @property
    def failed_share(self) -> float:
        """Of the last hour's; 0 where nothing was answered."""
        return 0.0 if self.answered_lately == 0 else 1 - self.accepted_lately / self.answered_lately


async def look(connection: Connection, now: datetime, kind: Kind = Kind.LIVE) -> list[ChannelHealth]:
    """The worst first. Takes a connection for statistics: the day's attempts may be many."""
    tried = await queries_health.tried(connection, kind, now - DAY, now - LATELY)
    return judged(
        tried, await queries_switches.switches(connection), await queries_health.waiting(connection, kind, now)
    )


def judged(tried: Sequence[Tried], switches: Sequence[Switch], waiting: Sequence[Waiting]) -> list[ChannelHealth]:
    """Every channel there is a switch of, the worst first."""
    found = [_judged(each, [t for t in tried if t.channel is each.channel], waiting) for each in switches]
    return sorted(found, key=lambda each: (list(State).index(each.state), each.channel))


def _judged(switch: Switch, tried: Sequence[Tried], waiting: Sequence[Waiting]) -> ChannelHealth:
    answered = [each for each in tried if each.outcome is not None]
    taken = [each for each in answered if each.outcome == "accepted"]
    waits = next((each for each in waiting if each.channel is switch.channel), None)
    health = ChannelHealth(
        channel=switch.channel,
        state=State.FINE,
        changed_at=switch.changed_at,
        answered_lately=sum(each.lately for each in answered),
        accepted_lately=sum(each.lately for each in taken),
        answered=sum(each.in_all for each in answered),
        accepted=sum(each.in_all for each in taken),
        without_a_result=sum(each.in_all for each in tried if each.outcome is None),
        failures=[
            Failure(str(each.outcome), each.code, _told(each.lately), _told(each.in_all))
            for each in answered
            if each not in taken
        ],
        waiting=0 if waits is None else waits.how_many,
        oldest=None if waits is None else waits.oldest,
    )
    return msgspec.structs.replace(health, state=_state(health, enabled=switch.enabled))


def _state(health: ChannelHealth, *, enabled: bool) -> State:
    if not enabled:
        return State.OFF
    if health.answered_lately < K:
        return State.QUIET
    failed = health.answered_lately - health.accepted_lately
    return State.FAILING if failed >= FAILING_FROM * health.answered_lately else State.FINE


def _told(count: int) -> int | None:
    return count if count == 0 or count >= K else None
