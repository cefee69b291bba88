"""The deliberate bugs still have their place in the code; `make chaos-mutants` tries them."""

from collections import Counter
from pathlib import Path

import pytest

from tests.chaos.bugs import BUGS, Bug, Sort
from tests.chaos.mutants import ROOT


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_bug_has_its_place_in_the_code(bug: Bug) -> None:
    if bug.file is None:
        assert bug.new
    else:
        assert (ROOT / Path(bug.file)).read_text().count(bug.old) == 1


def test_there_are_twenty_and_enough_of_each_sort() -> None:
    sorts = Counter(bug.sort for bug in BUGS)

    assert len(BUGS) == len({bug.name for bug in BUGS}) == 20
    assert sorts[Sort.SQL] >= 8
    assert sorts[Sort.ORDER] >= 4
