"""What is turned away under pressure, and in which order: the pure decision."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from backend.api.limits import Limit
from backend.api.shedding import (
    AT_ONCE,
    AT_ONCE_IN_ALARM,
    CALM_S,
    NEVER_SHED,
    STEPS,
    Level,
    Pressure,
    lets_in,
    next_level,
    wanted,
)

shares = st.floats(0, 1)
pressures = st.builds(Pressure, lag_s=st.floats(0, 10), alerts_busy=shares, answers_busy=shares)
levels = st.builds(Level, steps=st.integers(0, len(STEPS)), as_of=st.floats(0, 1000))
limits = st.sampled_from(Limit)
in_flight = st.integers(0, 100)

WORST = Pressure(lag_s=10, alerts_busy=1, answers_busy=1)
CALM = Pressure()


def worse_than(one: Pressure, other: Pressure) -> Pressure:
    return Pressure(
        max(one.lag_s, other.lag_s),
        max(one.alerts_busy, other.alerts_busy),
        max(one.answers_busy, other.answers_busy),
    )


def test_every_class_of_calls_is_in_the_order_or_never_turned_away() -> None:
    assert sorted([*(step.limit for step in STEPS), *NEVER_SHED]) == sorted(Limit)


@given(in_flight, st.integers(0, len(STEPS)), st.booleans())
def test_no_pressure_turns_a_report_away(busy: int, steps: int, alarm: bool) -> None:
    assert all(lets_in(limit, steps, busy, alarm=alarm) for limit in NEVER_SHED)


@given(pressures, pressures)
def test_more_pressure_never_turns_less_away(one: Pressure, other: Pressure) -> None:
    assert wanted(worse_than(one, other)) >= max(wanted(one), wanted(other))


@given(limits, st.integers(0, len(STEPS)), st.integers(0, len(STEPS)), in_flight, in_flight, st.booleans())
def test_who_is_let_in_under_more_is_let_in_under_less(
    limit: Limit, some: int, more: int, few: int, many: int, alarm: bool
) -> None:
    worse = lets_in(limit, max(some, more), max(few, many), alarm=alarm)
    better = lets_in(limit, min(some, more), min(few, many), alarm=False)
    assert better or not worse


@given(st.integers(0, len(STEPS)), st.booleans())
def test_whoever_is_later_in_the_order_is_not_turned_away_before_whoever_is_earlier(steps: int, alarm: bool) -> None:
    """Positions first, answers last."""
    let_in = [lets_in(step.limit, steps, 0, alarm=alarm) for step in STEPS]
    assert let_in == sorted(let_in)


def test_answers_come_last_and_positions_first() -> None:
    assert STEPS[0].limit is Limit.POSITIONS
    assert {step.limit for step in STEPS[-3:]} == {Limit.ANSWERS, Limit.REFRESH, Limit.TEXT_ANSWERS}
    assert all(most >= AT_ONCE_IN_ALARM[limit] > 0 for limit, most in AT_ONCE.items())


@given(levels, pressures, st.floats(0, 2000))
def test_pressure_is_answered_at_once(level: Level, pressure: Pressure, now: float) -> None:
    assert next_level(level, pressure, now).steps >= wanted(pressure)


@given(levels, st.lists(pressures, max_size=20), st.floats(0, CALM_S - 1e-6))
def test_nothing_comes_back_sooner_than_after_a_second_of_calm(
    level: Level, meanwhile: list[Pressure], within_s: float
) -> None:
    """However it goes up and down in between: it does not flap."""
    steps = next_level(level, WORST, 2000.0).steps
    risen = Level(steps, 2000.0)
    for pressure in [*meanwhile, CALM]:
        risen = next_level(risen, pressure, 2000.0 + within_s)
    assert risen.steps == len(STEPS)


@given(levels)
def test_calm_brings_everything_back_one_after_another(level: Level) -> None:
    now, seen = 2000.0, [level.steps]
    while level.steps:
        level = next_level(level, CALM, now)
        now += CALM_S
        seen.append(level.steps)
    assert all(before - after <= 1 for before, after in pairwise(seen))


def test_the_pressure_that_turned_it_away_keeps_it_away_until_half_of_it_is_left() -> None:
    level = next_level(Level(), Pressure(lag_s=0.11), 0.0)
    assert level.steps == 1
    assert next_level(level, Pressure(lag_s=0.06), 100.0).steps == 1
    assert next_level(level, Pressure(lag_s=0.04), 100.0).steps == 0
