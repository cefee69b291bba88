"""Weekly quiet hours: minutes since Monday 00:00 on the clock on a Danish wall.

The wall clock is what people mean: quiet until 06:00 is until 06:00 in summer and winter. In the night the clocks go
back, an hour comes twice and is quiet twice; in the night they go forward, an hour does not come at all.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from backend.foundation.clock import COPENHAGEN
from backend.foundation.problems import bad_field

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
MOST_SPANS = 50

_POINT = re.compile(r"(mon|tue|wed|thu|fri|sat|sun) ([01]\d|2[0-3]):([0-5]\d)|(mon|tue|wed|thu|fri|sat|sun) 24:00")

Minutes = tuple[int, int]
"""[from, to) within one week: 0 ≤ from < to ≤ 10,080."""


class Span(msgspec.Struct, frozen=True):
    """`mon 22:00` to `tue 06:00`; the end may lie in the next week. Equal ends: the whole week."""

    start: str
    end: str


def parse_week(spans: Sequence[Span], field: str = "/quiet_week") -> list[Minutes]:
    """The minutes `spans` cover, in order, apart from each other. Raises 422 naming the span."""
    if len(spans) > MOST_SPANS:
        raise bad_field(field, f"at most {MOST_SPANS} spans")
    covered: list[Minutes] = []
    for number, span in enumerate(spans):
        start = _minute(span.start, f"{field}/{number}/from") % WEEK_MINUTES
        end = _minute(span.end, f"{field}/{number}/to")
        if start < end:
            covered.append((start, end))
        else:
            covered.append((start, WEEK_MINUTES))
            if end > 0:
                covered.append((0, end))
    return joined(covered)


def as_spans(minutes: Iterable[Minutes]) -> list[Span]:
    """The spans as people read them; what runs over Sunday's midnight is one span."""
    week = list(minutes)
    if len(week) > 1 and week[0][0] == 0 and week[-1][1] == WEEK_MINUTES:
        week = [*week[1:-1], (week[-1][0], week[0][1])]
    return [Span(_text(start), _text(end % WEEK_MINUTES)) for start, end in week]


def minute_of_week(now: datetime) -> int:
    """What the Danish wall clock shows, as a minute of its week."""
    local = now.astimezone(COPENHAGEN)
    return local.weekday() * DAY_MINUTES + local.hour * 60 + local.minute


def is_quiet(week: Sequence[Minutes], now: datetime) -> bool:
    minute = minute_of_week(now)
    return any(start <= minute < end for start, end in week)


def quiet_until(week: Sequence[Minutes], now: datetime) -> datetime | None:
    """The moment the quiet hours that run at `now` end; None when it is not quiet or never is anything else."""
    if not is_quiet(week, now):
        return None
    moment = now.replace(second=0, microsecond=0)
    while moment < now + timedelta(days=8):
        minute = minute_of_week(moment)
        end = next((end for start, end in week if start <= minute < end), None)
        if end is None:
            return moment
        # The clocks may go forward by an hour before the end comes: near it, minute by minute.
        moment += timedelta(minutes=max(1, end - minute - 60))
    return None


def joined(spans: Iterable[Minutes]) -> list[Minutes]:
    """The same minutes with overlapping and touching spans made one."""
    result: list[Minutes] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return result


def _minute(text: str, field: str) -> int:
    match = _POINT.fullmatch(text)
    if match is None:
        raise bad_field(field, "a day and a time of day, such as mon 22:00")
    day, hour, minute, day_at_24 = match.groups()
    if day_at_24:
        return (DAYS.index(day_at_24) + 1) * DAY_MINUTES
    return DAYS.index(day) * DAY_MINUTES + int(hour) * 60 + int(minute)


def _text(minute: int) -> str:
    day, rest = divmod(minute, DAY_MINUTES)
    return f"{DAYS[day]} {rest // 60:02}:{rest % 60:02}"
