"""The only place that asks the machine what time it is."""

from datetime import UTC, datetime, timedelta
from typing import Protocol, runtime_checkable
from zoneinfo import ZoneInfo

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


@runtime_checkable  # the web framework looks at what it hands to a handler
class Clock(Protocol):
    """Gives the present moment, aware, in UTC."""

    def now(self) -> datetime: ...


class MachineClock:
    """The host's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SetClock:
    """A clock that stands still until it is moved: for tests and for replaying."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock is set to an aware time")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        self._now += by


def copenhagen_midnight(year: int, month: int, day: int) -> datetime:
    """The start of a Danish day as UTC: what dated rows begin and end at (1 Jan 2027 is 2026-12-31T23:00Z)."""
    return datetime(year, month, day, tzinfo=COPENHAGEN).astimezone(UTC)
