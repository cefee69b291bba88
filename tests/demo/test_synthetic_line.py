"""One quiet line of the demo's screen: the machine's own alarm came through, when, and how fast."""

import io
from datetime import UTC, datetime

import pytest
from prometheus_client import generate_latest
from rich.console import Console

from backend.demo.live_view import screen
from backend.demo.synthetic_line import LastOk, last_ok, line
from backend.demo.watch import Snapshot
from backend.foundation.telemetry import synthetic_last_ok_timestamp, synthetic_registry, synthetic_seconds

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def test_it_is_read_off_the_process_s_own_figures() -> None:
    synthetic_last_ok_timestamp.set(1_764_000_000)
    synthetic_seconds.labels("whole").set(0.18)
    assert last_ok(generate_latest(synthetic_registry).decode()) == LastOk(1_764_000_000, 0.18)


@pytest.mark.parametrize("figures", ["", "hjerteloeber_synthetic_last_ok_timestamp 0.0\n"])
def test_before_the_first_there_is_nothing_to_tell(figures: str) -> None:
    assert last_ok(figures) is None


@pytest.mark.parametrize(
    ("last", "said", "is_well"),
    [
        (LastOk(100.0, 0.18), "synthetic alarm ok 12 s ago, 180 ms", True),
        (LastOk(12.0, 0.18), "synthetic alarm ok 100 s ago, 180 ms", False),
        (None, "synthetic alarm: none came through yet", False),
    ],
)
def test_it_says_how_long_ago_and_whether_that_is_too_long(last: LastOk | None, said: str, is_well: bool) -> None:
    assert line(last, 112.0) == (said, is_well)


def test_the_screen_shows_it() -> None:
    console = Console(width=150, height=40, force_terminal=True, record=True, file=io.StringIO())
    quiet = Snapshot(NOW, [], ready=True, answers_in_ms=1.0)
    console.print(screen(quiet, [], [], [], LastOk(NOW.timestamp() - 5, 0.2)))
    assert "synthetic alarm ok 5 s ago, 200 ms" in console.export_text()
