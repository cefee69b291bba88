"""A second of the bench of reports, so that it cannot rot: everybody is served, and every report is accepted."""

import argparse

import pytest

from tests.performance import ingest
from tests.performance.figures import Run


@pytest.fixture(scope="module")
def ran() -> Run:
    parser = argparse.ArgumentParser()
    ingest.add_options(parser)
    few = ("--volunteers", "1500", "--phones", "1500", "--connections", "20", "--seconds", "1", "--rounds", "1")
    options = parser.parse_args([*few, "--no-install"])
    options.seed = 5
    (found,) = ingest.run(options)
    return found


def test_the_product_stands_beside_each_of_its_rivals(ran: Run) -> None:
    beside = {figure.beside for figure in ran.figures if figure.of == ingest.OURS and figure.name == "reports a second"}
    assert beside == {ingest.BARE, ingest.ALONE, ingest.OURS_ALONE, ingest.PGBENCH}
    # A difference of two may come out either way in one second.
    assert all(figure.value > 0 for figure in ran.figures if figure.name != "more than bare ASGI")


def test_nobody_s_report_was_refused(ran: Run) -> None:
    """Some may be told to come again, on a machine that does something else as well: positions are the first to be."""
    assert ran.facts["not accepted"] == 0


def test_whoever_has_not_moved_costs_no_index(ran: Run) -> None:
    (hot,) = [figure for figure in ran.figures if figure.name == "HOT updates"]
    assert hot.value > 70
