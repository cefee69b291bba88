"""How cost grows: the fits, the bend, and the rows the report has of them."""

import math
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.demo.bench_alert import Accepted
from tests.performance.__main__ import main
from tests.performance.country import NOW
from tests.performance.everything import SMALL
from tests.performance.figures import Figure, Run
from tests.performance.fits import bend, power, straight
from tests.performance.growth import grown
from tests.performance.machine import this_machine
from tests.performance.rates import ALARMS, REPORTS, Opened, milliseconds

SIZES = (100_000.0, 1_000_000.0, 10_000_000.0)


@given(st.floats(-2, 2), st.floats(0.1, 100))
def test_a_power_is_found_again(exponent: float, factor: float) -> None:
    found = power(SIZES, [factor * size**exponent for size in SIZES])
    assert found is not None
    assert found.exponent == pytest.approx(exponent, abs=1e-6)
    assert found.tenfold == pytest.approx(10**exponent, rel=1e-5)


@given(st.floats(-100, 100), st.floats(0.01, 10))
def test_a_line_is_found_again_and_reaches_its_limit(start: float, each: float) -> None:
    found = straight([1.0, 5.0, 9.0], [start + each * n for n in (1, 5, 9)])
    assert found is not None
    assert found.start == pytest.approx(start, abs=1e-6)
    assert found.each == pytest.approx(each)
    assert found.reaches(start + 20 * each) == pytest.approx(20)


def test_one_size_has_no_growth_and_nothing_that_shrinks_a_wall() -> None:
    assert power([100], [1.0]) is None
    assert straight([], []) is None
    falling = power(SIZES, [3.0, 2.0, 1.0])
    assert falling is not None
    assert math.isinf(falling.reaches(100.0))


def test_a_bend_is_where_it_stays_above_twice_the_first() -> None:
    rates = [1.0, 2.0, 4.0, 8.0, 16.0]
    assert bend(rates, [10.0, 11.0, 12.0, 25.0, 400.0]) == (4.0, 8.0)
    assert bend(rates, [10.0, 30.0, 12.0, 15.0, 400.0]) == (8.0, 16.0), "one that fell again was chance"
    assert bend(rates, [10.0, 11.0, 12.0, 13.0, 14.0]) is None
    assert bend([], []) is None


def a_run(bench: str, *figures: Figure) -> Run:
    return Run(bench, msgspec.structs.replace(this_machine(NOW), cores=2), {}, list(figures))


def test_the_wall_of_reports_is_where_the_cores_are_used_up() -> None:
    """A rate that took all there was is no part of the line: it would take more if it could."""
    cores = {500: 0.25, 1_000: 0.5, 2_000: 1.0, 5_000: 2.0}
    figures = [Figure("reports' processor", REPORTS, rate, value, "cores") for rate, value in cores.items()]
    [row] = grown({"rates": [a_run("rates", *figures)]})
    assert row[3:] == [
        "0.25 → 1 cores; 0 cores and 0.5 ms of processor each",
        "1.00",
        "all cores: at 4,000",
    ]


def test_reports_that_are_turned_away_are_a_wall() -> None:
    came = {1_000: 998.0, 2_000: 2_001.0, 4_000: 2_500.0}
    figures = [Figure("reports carried", REPORTS, rate, value, "/s") for rate, value in came.items()]
    [row] = grown({"rates": [a_run("rates", *figures)]})
    assert row[5] == "2,500 at the most, offered 4,000"
    [row] = grown({"rates": [a_run("rates", *figures[:2])]})
    assert row[5] == "all of them at 2,000"


def test_what_hardly_grows_has_no_wall() -> None:
    figures = [Figure("p99", "idle", int(size), 100.0 + n, "ms") for n, size in enumerate(SIZES)]
    [row] = grown({"alert": [a_run("alert", *figures)]})
    assert "ten times as many: 1.01 times" in row[3]
    assert row[5] == "the 300 ms aimed at: at no size to be met"


def test_alarms_that_overlap_are_told_apart() -> None:
    """Each push belongs to its alarm's incident; an alarm that is short of one has no time."""
    at = datetime(2026, 11, 28, tzinfo=UTC)
    opened = [Opened(UUID(int=n), "region", at.timestamp(), 20) for n in (1, 2)]
    whose = {UUID(int=100 * n + k): UUID(int=n) for n in (1, 2) for k in range(20)}

    def push(alert: UUID, after_ms: int) -> Accepted:
        return Accepted(at + timedelta(milliseconds=after_ms), {"alert_id": str(alert), "what": "ring"})

    pushes = [push(alert, 10 * (alert.int % 100) + 500 * (whose[alert].int - 1)) for alert in whose]
    assert milliseconds(opened, pushes, whose) == [pytest.approx(190.0), pytest.approx(690.0)]
    assert milliseconds(opened, pushes[:-1], whose) == [pytest.approx(190.0)]


def test_more_reports_and_more_alarms_are_really_sent(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rates", *SMALL["rates"].split()]) == 0
    run = msgspec.json.decode(capsys.readouterr().out.splitlines()[-1], type=Run)
    found = {(figure.name, figure.size): figure.value for figure in run.figures}
    assert {size for name, size in found if name == "report p99"} == {50, 100}
    assert all(found["alarms short of an answer or push", rate] == 0 for rate in (2, 4))
    assert all(found["alarm p50", rate] > 5 for rate in (2, 4)), "the stand-in takes 5 ms"
    assert {figure.of for figure in run.figures} == {REPORTS, ALARMS}
