"""A figure is known, or says how many of its inputs are missing: never a number that was reckoned around them."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.aftercare.alarm import OF_USE_AT_THE_SCENE, Alarm, LeftOut, Region, left_out
from backend.aftercare.figure import Gap, Input, Known, Nothing, Unknown, middle, nine_of_ten, total
from backend.aftercare.monthly import (
    By,
    Group,
    Measure,
    begins,
    figures_of,
    later,
    month_of,
    months_between,
    rows_of,
)
from backend.foundation.ids import CentreId
from backend.incidents.incident import Asking, EndReason, State

NOON = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
CENTRES = [CentreId(UUID(int=1)), CentreId(UUID(int=2))]
CAPITAL, EAST = Region("1084", "Hovedstaden", "Capital"), Region("1086", "Østdanmark", "East")

numbers = st.floats(0, 10_000)
inputs = st.lists(numbers | st.sampled_from(Gap), max_size=30)


@st.composite
def alarms(draw: st.DrawFn) -> Alarm:
    opened = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=draw(st.integers(0, 2 * 365 * 24 * 60 - 1)))
    alerted = draw(st.integers(0, 20))
    accepted = draw(st.integers(0, alerted))
    arrived = draw(st.integers(0, accepted))
    after = st.integers(1, 1_000).map(lambda seconds: opened + timedelta(seconds=seconds))
    return Alarm(
        id=draw(st.uuids()),
        opened_at=opened,
        centre_id=draw(st.sampled_from(CENTRES)),
        centre="",
        region=draw(st.sampled_from([CAPITAL, EAST, None])),
        left_out=draw(st.none() | st.sampled_from(LeftOut)),
        alerted=alerted,
        accepted=accepted,
        silent=draw(st.integers(0, accepted - arrived)),
        first_push_at=draw(st.none() | after),
        first_accept_at=draw(st.none() | after) if accepted else None,
        arrivals=tuple(draw(after) for _ in range(arrived)),
    )


def alarm(opened_at: datetime = NOON, arrived: int = 0, silent: int = 0, region: Region | None = CAPITAL) -> Alarm:
    return Alarm(
        id=UUID(int=9),
        opened_at=opened_at,
        centre_id=CENTRES[0],
        centre="",
        region=region,
        left_out=None,
        arrivals=tuple(opened_at + timedelta(minutes=4 + n) for n in range(arrived)),
        silent=silent,
    )


@given(inputs)
def test_one_missing_input_and_there_is_no_number(given: list[Input]) -> None:
    missing, taking_part = given.count(Gap.MISSING), len(given) - given.count(Gap.NO_PART)
    for made in (total(given), middle(given), nine_of_ten(given)):
        match made:
            case Unknown(n, m):
                assert (n, m) == (missing, taking_part)
            case Known(_, n):
                assert (missing, n) == (0, taking_part)
            case Nothing():
                assert taking_part == 0
        assert isinstance(made, Unknown) == bool(missing)


@given(st.lists(numbers, min_size=1))
def test_nine_of_ten_are_no_longer_and_the_order_tells_nothing(given: list[float]) -> None:
    found = nine_of_ten(given)
    assert isinstance(found, Known)
    assert found.value in given
    assert sum(each <= found.value for each in given) * 10 >= len(given) * 9
    assert sum(each < found.value for each in given) * 10 < len(given) * 9
    assert found == nine_of_ten(sorted(given))


@given(st.integers(0, 9), st.integers(0, 9), st.data())
def test_redundant_is_known_exactly_when_the_silent_ones_would_change_nothing(
    arrived: int, silent: int, data: st.DataObject
) -> None:
    came = data.draw(st.integers(0, silent))
    truth = max(0, arrived + came - OF_USE_AT_THE_SCENE)
    said = alarm(arrived=arrived, silent=silent).redundant()
    could_be = {max(0, arrived + each - OF_USE_AT_THE_SCENE) for each in range(silent + 1)}
    assert (said == truth) if len(could_be) == 1 else (said is Gap.MISSING)


def test_whether_somebody_came_is_not_known_while_one_who_accepted_says_nothing() -> None:
    said = {(n, m): alarm(arrived=n, silent=m).nobody_came() for n, m in ((0, 0), (0, 1), (1, 0), (1, 1))}
    assert said == {(0, 0): 1, (0, 1): Gap.MISSING, (1, 0): 0, (1, 1): 0}
    assert alarm(silent=1).until_arrival() is Gap.MISSING
    assert alarm().until_arrival() is Gap.NO_PART
    assert alarm(arrived=2, silent=1).until_arrival() == 240


@given(st.lists(alarms(), max_size=30), st.sampled_from(By))
def test_each_incident_is_in_one_row_and_what_is_left_out_is_said_there(found: list[Alarm], by: By) -> None:
    keys = [str(each) for each in CENTRES] if by is By.CENTRE else ["1084", "1086", ""]
    rows = rows_of(found, [Group(key, key) for key in keys], months_between(date(2026, 1, 1), date(2028, 1, 1)), by)
    counted = [each for each in found if each.left_out is None]
    said = [row.figures[Measure.ALARMS] for row in rows]
    assert sum(each.value for each in said if isinstance(each, Known)) == len(counted)
    assert sum(sum(row.left_out.values()) for row in rows) == len(found) - len(counted)


@given(st.lists(alarms(), min_size=1, max_size=20))
def test_the_first_are_never_told_of_later_than_nine_of_ten(found: list[Alarm]) -> None:
    figures = figures_of(found)
    pairs = (
        (Measure.PUSH_MEDIAN, Measure.PUSH_P90),
        (Measure.ACCEPT_MEDIAN, Measure.ACCEPT_P90),
        (Measure.ARRIVAL_MEDIAN, Measure.ARRIVAL_P90),
    )
    for at_half, at_nine in pairs:
        half, nine = figures[at_half], figures[at_nine]
        assert isinstance(half, type(nine))
        if isinstance(half, Known) and isinstance(nine, Known):
            assert half.value <= nine.value
    share = figures[Measure.ACCEPTED]
    assert not isinstance(share, Known) or 0 <= share.value <= 1


def test_the_last_minutes_of_a_year_are_of_the_old_region_and_the_first_of_the_new_one() -> None:
    before = alarm(datetime(2026, 12, 31, 22, 59, tzinfo=UTC), region=CAPITAL)
    after = alarm(datetime(2026, 12, 31, 23, 1, tzinfo=UTC), region=EAST)
    groups = [
        Group("1084", "Hovedstaden", None, datetime(2026, 12, 31, 23, tzinfo=UTC)),
        Group("1086", "Østdanmark", datetime(2026, 12, 31, 23, tzinfo=UTC), None),
    ]
    rows = rows_of([before, after], groups, [date(2026, 12, 1), date(2027, 1, 1)], By.REGION)
    assert [(row.group.name, row.month.month, row.figures[Measure.ALARMS]) for row in rows] == [
        ("Hovedstaden", 12, Known(1, 1)),
        ("Østdanmark", 1, Known(1, 1)),
    ]


def test_a_month_without_alarms_has_a_row_and_no_averages() -> None:
    (row,) = rows_of([], [Group("a", "A")], [date(2026, 2, 1)], By.CENTRE)
    without = {measure for measure, each in row.figures.items() if each == Nothing()}
    assert row.figures[Measure.ALARMS] == Known(0, 0)
    assert without == set(Measure) - {Measure.ALARMS}


def test_somebody_on_the_way_before_the_report_gives_no_time_since_it() -> None:
    carried = Alarm(
        id=UUID(int=9),
        opened_at=NOON,
        centre_id=CENTRES[0],
        centre="",
        region=None,
        left_out=None,
        accepted=1,
        first_accept_at=NOON - timedelta(seconds=5),
    )
    assert carried.until_accept() is Gap.MISSING


@pytest.mark.parametrize(
    ("state", "asking", "reason", "why"),
    [
        (State.OPEN, Asking.EXCLUDED, None, LeftOut.OPEN),
        (State.ENDED, Asking.ASKED, EndReason.JOINED, LeftOut.JOINED),
        (State.ENDED, Asking.EXCLUDED, EndReason.CLOSED, LeftOut.EXCLUDED),
        (State.ENDED, Asking.NOBODY_IN_REACH, EndReason.AMBULANCE_ARRIVED, None),
        (State.ENDED, Asking.PENDING, EndReason.TIMED_OUT, None),
    ],
)
def test_what_counts_as_no_alarm(state: State, asking: Asking, reason: EndReason | None, why: LeftOut | None) -> None:
    assert left_out(state, asking, reason) is why


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(-30, 30))
def test_months_follow_each_other_without_a_gap(day: date, by: int) -> None:
    month = day.replace(day=1)
    assert later(later(month, by), -by) == month
    assert month_of(begins(month)) == month
    assert month_of(begins(later(month, 1)) - timedelta(microseconds=1)) == month
