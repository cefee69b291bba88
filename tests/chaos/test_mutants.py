"""The deliberate bugs still have their place in the code; `make chaos-mutants` tries them."""

import argparse
import importlib
from collections import Counter
from pathlib import Path

import pytest

from tests.chaos.bugs import BUGS, Bug, Sort
from tests.chaos.mutants import ROOT, RUNS


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_bug_has_its_place_in_the_code(bug: Bug) -> None:
    if bug.file is None:
        assert bug.new
    else:
        assert (ROOT / Path(bug.file)).read_text().count(bug.old) == 1


def test_there_are_many_and_enough_of_each_sort() -> None:
    sorts = Counter(bug.sort for bug in BUGS)

    assert len(BUGS) == len({bug.name for bug in BUGS}) == 27
    assert sorts[Sort.SQL] >= 8
    assert sorts[Sort.ORDER] >= 4


@pytest.mark.parametrize("scenario", RUNS)
def test_what_is_run_for_a_bug_is_something_that_can_be_run(scenario: str) -> None:
    parser = argparse.ArgumentParser()
    importlib.import_module(f"tests.chaos.{scenario}").add_options(parser)

    parser.parse_args(RUNS[scenario])


def test_every_bug_is_looked_for_by_scenarios_that_are_run() -> None:
    assert {scenario for bug in BUGS for scenario in bug.caught_by} == set(RUNS)
