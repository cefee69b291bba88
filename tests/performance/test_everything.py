"""All benches one after another, the table at the end, and what somebody types wrongly."""

import importlib
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

import msgspec
import pytest

from backend.demo.bench_campaign import ROOMY
from backend.foundation.settings import Settings
from tests.performance import everything
from tests.performance.__main__ import BENCHES, main
from tests.performance.campaign import Told, run_of
from tests.performance.country import NOW
from tests.performance.figures import Aim, Figure, Run
from tests.performance.machine import this_machine
from tests.performance.wanted import LINES, outcomes, table

MAKEFILE = Path(__file__).parents[2] / "Makefile"


def a_run(bench: str, *figures: Figure) -> Run:
    return Run(bench, this_machine(NOW), {}, list(figures))


def alert(p50: float, p99: float, size: int = 1_000_000) -> Run:
    of, aims = "2,000 reports a second", (Aim(at_most=120.0), Aim(at_most=300.0))
    times = (("p50", p50), ("p99", p99))
    return a_run("alert", *(Figure(n, of, size, v, "ms", aim=aim) for (n, v), aim in zip(times, aims, strict=True)))


def verdicts(*runs: Run) -> dict[tuple[str, str], str]:
    return {(each.line.bench, each.line.what): each.verdict for each in outcomes(runs)}


def test_a_line_is_reached_when_all_its_figures_are() -> None:
    line = ("alert", "1M, 2,000 reports a second")
    assert verdicts(alert(100.0, 200.0))[line] == "reached"
    assert verdicts(alert(100.0, 301.0))[line] == "MISSED"
    assert verdicts(alert(100.0, 301.0), alert(100.0, 200.0))[line] == "reached", "the last run counts"


def test_what_nobody_measured_is_told_too() -> None:
    assert set(verdicts().values()) == {"not measured"}
    assert verdicts(alert(100.0, 200.0, size=20_000))["alert", "1M, 2,000 reports a second"] == "not measured"
    assert len(table([])) == len(LINES) + 2


def test_the_table_names_what_was_measured() -> None:
    (row,) = [row for row in table([alert(100.0, 301.0)]) if "MISSED" in row]
    assert "p50 100 ms, p99 301 ms" in row


def test_an_unknown_bench_is_answered_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["alarm"])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert all(name in said for name in (*BENCHES, "all"))


def test_what_was_only_tried_is_not_kept(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["all", "--small", "--write"])
    assert "not kept" in capsys.readouterr().err


def test_every_bench_has_its_sizes_in_a_run_of_everything() -> None:
    for words in (everything.SMALL, everything.USUAL, everything.FULL):
        assert set(BENCHES) <= set(words)
        for name in BENCHES:
            parser = ArgumentParser(name, exit_on_error=False)
            importlib.import_module(f"tests.performance.{name}").add_options(parser)
            parser.parse_args(words[name].split())  # an option that was renamed ends here


def test_make_bench_without_a_name_is_all_of_them() -> None:
    def recipe(*words: str) -> str:
        return subprocess.run(
            ["make", "-n", "-C", str(MAKEFILE.parent), "bench", *words], capture_output=True, text=True, check=True
        ).stdout

    assert "-m tests.performance all " in recipe()
    assert "-m tests.performance alert --seed 2" in recipe("BENCH=alert", "ARGS=--seed 2")


def test_one_bench_that_fails_keeps_no_other_from_running(capsys: pytest.CaptureFixture[str]) -> None:
    """The first has a size that cannot be drawn; the second runs, and is told."""
    words = {**everything.SMALL, "memory": "--volunteers nobody"}
    only = ["memory", "upkeep"]
    assert everything.run_all(Namespace(words=words, only=only, seed=1, keep=None, write=False), BENCHES) == 1
    told = capsys.readouterr()
    assert "could not be measured: memory" in told.err
    assert "== upkeep: measured" in told.out


def test_a_crowd_that_was_not_served_is_no_quiet_success() -> None:
    told = Told(2_000, 80.0, 100.0, 82.0, 105.0, 0, 0, 1.2, 463.0, 200.0)
    options = Namespace(sign_ups=1_000.0, views=200.0, volunteers=2_000, incidents=1, rounds=1, seed=1)
    figures = {figure.name: figure for figure in run_of(told, options, this_machine(NOW)).figures}
    assert figures["p99"].is_met
    assert figures["views"].is_met
    assert figures["sign-ups"].is_met is False


def test_what_the_campaign_s_bench_raises_are_settings() -> None:
    """One of them had been renamed, and the bench could not start any more."""
    known = {f"HJERTELOEBER_{field.name.upper()}" for field in msgspec.structs.fields(Settings)}
    assert set(ROOMY) <= known


def test_python_names_the_benches_for_whoever_asks() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "tests.performance", "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert all(name in said for name in BENCHES)
