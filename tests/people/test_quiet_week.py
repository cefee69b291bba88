"""Weekly quiet hours on the clock on a Danish wall."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backend.foundation.clock import COPENHAGEN
from backend.foundation.problems import Problem
from backend.volunteers.quiet_week import (
    DAYS,
    WEEK_MINUTES,
    Span,
    as_spans,
    is_quiet,
    joined,
    minute_of_week,
    parse_week,
    quiet_until,
)

points = st.builds(lambda d, h, m: f"{d} {h:02}:{m:02}", st.sampled_from(DAYS), st.integers(0, 23), st.integers(0, 59))
weeks = st.lists(st.builds(Span, points, points), max_size=6)
START = datetime(2025, 1, 1, tzinfo=UTC)
moments = st.integers(0, 5 * 366 * 24 * 3600).map(lambda seconds: START + timedelta(seconds=seconds))
# The nights in which the clocks change.
change_nights = st.sampled_from([datetime(2026, 3, 28, 20, tzinfo=UTC), datetime(2026, 10, 24, 20, tzinfo=UTC)])


@given(weeks)
def test_what_was_said_is_read_back_as_the_same_minutes(spans: list[Span]) -> None:
    week = parse_week(spans)
    assert parse_week(as_spans(week)) == week


@given(weeks)
def test_the_minutes_are_in_order_apart_and_within_one_week(spans: list[Span]) -> None:
    week = parse_week(spans)
    edges = [edge for span in week for edge in span]
    assert edges == sorted(set(edges))
    assert all(0 <= edge <= WEEK_MINUTES for edge in edges)


@given(weeks, moments)
def test_it_is_quiet_just_when_the_wall_clock_shows_a_time_in_some_span(spans: list[Span], now: datetime) -> None:
    local = now.astimezone(COPENHAGEN)
    shown = (local.weekday(), local.hour, local.minute)

    def at(text: str) -> tuple[int, int, int]:
        return DAYS.index(text[:3]), int(text[4:6]), int(text[7:])

    def covers(span: Span) -> bool:
        start, end = at(span.start), at(span.end)
        return start <= shown < end if start < end else shown >= start or shown < end

    assert is_quiet(parse_week(spans), now) == any(covers(span) for span in spans)


@given(weeks, moments | st.builds(lambda night, m: night + timedelta(minutes=m), change_nights, st.integers(0, 720)))
def test_quiet_hours_end_at_the_first_minute_that_is_not_quiet(spans: list[Span], now: datetime) -> None:
    week = parse_week(spans)
    end = quiet_until(week, now)
    assume(end is not None)
    assert end is not None
    assert end > now
    assert not is_quiet(week, end)
    minute = now.replace(second=0, microsecond=0)
    while minute < end:
        assert is_quiet(week, minute)
        minute += timedelta(minutes=7 if end - minute > timedelta(hours=6) else 1)


def test_until_six_is_until_six_on_the_wall_in_the_nights_the_clocks_change() -> None:
    """Quiet from 22 to 6: eight hours, seven in March, nine in October."""
    nightly = parse_week([Span("sat 22:00", "sun 06:00")])
    for month, day, hours in ((3, 21, 8), (3, 28, 7), (10, 24, 9)):
        starts = datetime(2026, month, day, 22, tzinfo=COPENHAGEN).astimezone(UTC)
        assert quiet_until(nightly, starts) == starts + timedelta(hours=hours)


def test_the_hour_that_comes_twice_is_quiet_twice() -> None:
    week = parse_week([Span("sun 02:00", "sun 03:00")])
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 summer time
    assert is_quiet(week, first)
    assert is_quiet(week, first + timedelta(hours=1))  # 02:30 winter time
    assert quiet_until(week, first) == datetime(2026, 10, 25, 2, 0, tzinfo=UTC)


def test_equal_ends_are_the_whole_week_and_have_no_end() -> None:
    week = parse_week([Span("wed 12:00", "wed 12:00")])
    assert week == [(0, WEEK_MINUTES)]
    assert quiet_until(week, datetime(2026, 11, 21, tzinfo=UTC)) is None


def test_a_span_over_sundays_midnight_is_one_span() -> None:
    week = parse_week([Span("sun 22:00", "mon 06:00"), Span("wed 24:00", "thu 01:00")])
    assert as_spans(week) == [Span("thu 00:00", "thu 01:00"), Span("sun 22:00", "mon 06:00")]


def test_monday_midnight_is_minute_zero_on_the_wall() -> None:
    assert minute_of_week(datetime(2026, 11, 22, 23, 0, tzinfo=UTC)) == 0
    assert joined([(5, 9), (0, 5)]) == [(0, 9)]


@pytest.mark.parametrize("text", ["monday 10:00", "mon 25:00", "mon 9:00", "mon 24:01", "", "MON 10:00"])
def test_what_is_no_time_of_the_week_is_refused_where_it_stands(text: str) -> None:
    with pytest.raises(Problem) as refused:
        parse_week([Span("mon 10:00", "mon 11:00"), Span("tue 10:00", text)])
    assert refused.value.errors[0].field == "/quiet_week/1/to"
