"""The benches of alarms, memory, the start and upkeep, small: they still run, and what they measure really happened."""

from pathlib import Path

import msgspec
import pytest

from backend.demo.bench_alert import Measured
from tests.performance.__main__ import main
from tests.performance.alert import Found, figures_of
from tests.performance.everything import SMALL
from tests.performance.figures import Figure, Run
from tests.performance.flames import entitle
from tests.performance.flooding import Counted
from tests.performance.memory import figures_of as figures_of_memory
from tests.performance.upkeep import WAYS


def ran(bench: str, capsys: pytest.CaptureFixture[str]) -> Run:
    assert main([bench, *SMALL[bench].split()]) == 0
    return msgspec.json.decode(capsys.readouterr().out.splitlines()[-1], type=Run)


def of(run: Run, name: str) -> dict[tuple[str, int], Figure]:
    return {(figure.of, figure.size): figure for figure in run.figures if figure.name == name}


def test_alarms_ring_people_who_were_filled_in_while_their_phones_report(capsys: pytest.CaptureFixture[str]) -> None:
    """Every push that was asked for came, idle and loaded; and reports of people filled in by arrays are accepted."""
    run = ran("alert", capsys)
    short = of(run, "alarms short of pushes")
    assert set(short) == {("idle", 3_000), ("idle", 4_000), ("200 reports a second", 4_000)}
    assert {figure.value for figure in short.values()} == {0}
    assert of(run, "reports accepted")["between alarms", 4_000].value > 0
    assert set(of(run, "p50 grown")) == {("idle", 4_000), ("200 reports a second", 4_000)}


def test_memory_is_read_of_every_process_before_and_after(capsys: pytest.CaptureFixture[str]) -> None:
    run = ran("memory", capsys)
    assert {own for own, _ in of(run, "resident")} == {"api", "positions", "worker"}
    assert all(figure.value > 10 for figure in of(run, "resident").values())
    assert int(run.facts["reports accepted"]) > 0


def test_the_demo_starts_from_nothing_and_again(capsys: pytest.CaptureFixture[str]) -> None:
    """What it says is there answers; whether that is soon enough a test does not judge."""
    assert set(of(ran("start", capsys), "start")) == {("cold", 300), ("warm", 300)}


def test_what_reports_leave_behind_is_told_for_every_way_of_vacuuming(capsys: pytest.CaptureFixture[str]) -> None:
    run = ran("upkeep", capsys)
    assert {own for own, _ in of(run, "WAL a report")} == set(WAYS)
    assert all(50 <= figure.value <= 100 for figure in of(run, "HOT updates").values())


def alarm(last_ms: float, asked: int = 20, pushed: int = 20) -> Measured:
    return Measured(asked=asked, pushed=pushed, answered_ms=last_ms / 3, first_ms=last_ms - 1, last_ms=last_ms)


def test_an_alarm_that_too_few_were_asked_for_is_no_time_and_one_whose_pushes_failed_is_told() -> None:
    found = {1_000: Found(idle=[alarm(100.0), alarm(100.0), alarm(9_000.0, asked=20, pushed=19), alarm(1.0, 7, 7)])}
    figures = {(figure.name, figure.of): figure for figure in figures_of(found, 2_000.0)}
    assert figures["p99", "idle"].value == 100.0
    short = figures["alarms short of pushes", "idle"]
    assert short.value == 1
    assert short.is_met is False


def test_growth_is_from_the_first_size_s_idle_alarms() -> None:
    counted = Counted(10.0, {"200": 15_000, "503": 5_000, "offered": 20_000})
    found = {
        100_000: Found(idle=[alarm(80.0)] * 3),
        1_000_000: Found(idle=[alarm(100.0)] * 3, loaded=[alarm(130.0)] * 3, calm=[counted], reports=[counted]),
    }
    figures = {(figure.name, figure.of, figure.size): figure for figure in figures_of(found, 2_000.0)}
    assert figures["p50 grown", "idle", 1_000_000].ratio == 1.25
    assert figures["p50 grown", "idle", 1_000_000].is_met
    assert figures["p50", "2,000 reports a second", 1_000_000].is_met is False
    assert figures["reports accepted", "between alarms", 1_000_000].value == 1_500.0


def test_a_flame_graph_is_kept_without_the_folders_of_the_machine_it_was_drawn_on(tmp_path: Path) -> None:
    picture = tmp_path / "alert-api.svg"
    picture.write_text('<svg><text id="title" x="1">spy --output /home/me/x.svg</text><text id="unzoom"/></svg>')
    entitle(picture, "alert: api")
    assert picture.read_text() == '<svg><text id="title" x="1">alert: api</text><text id="unzoom"/></svg>'


def test_what_the_second_half_of_the_alarms_added_is_told() -> None:
    readings = [{"worker": mb} for mb in (100.0, 140.0, 150.0, 155.0, 160.0)]
    figures = {figure.name: figure for figure in figures_of_memory(1_000, readings)}
    assert figures["resident at its start"].value == 100.0
    assert figures["resident"].value == 160.0
    assert figures["added by the second half"].value == 10.0
