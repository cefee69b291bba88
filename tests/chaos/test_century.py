"""A few days of the century, and that its figures can be wrong."""

import msgspec
import pytest

from tests.chaos.century import Told, agrees, at_least, live_through
from tests.chaos.people import ACCEPTS


def test_a_few_months_of_alarms_with_faults_keep_every_promise_and_give_the_calculated_figures() -> None:
    told = Told()
    for town in range(6):
        told.add(live_through(town, seed=1, incidents=30))

    assert told.violations == []
    assert told.incidents >= 180
    assert agrees(told)
    assert 13 < told.alerted / told.alarms < 20


def test_figures_that_part_from_what_can_be_calculated_are_seen() -> None:
    told = live_through(0, seed=1, incidents=60)

    assert agrees(told)
    assert not agrees(msgspec.structs.replace(told, with_five=told.with_five - 20))
    assert not agrees(msgspec.structs.replace(told, expected_one=told.expected_one - 20))


@pytest.mark.parametrize(
    ("alerted", "one"), [(1, 0.3526), (3, 0.7286), (5, 0.8863), (7, 0.9523), (10, 0.9871), (16, 0.99905), (20, 0.99983)]
)
def test_the_chance_of_an_acceptor_is_that_of_the_table(alerted: int, one: float) -> None:
    assert at_least(1, alerted, ACCEPTS) == pytest.approx(one, abs=0.00005)


@pytest.mark.parametrize(("alerted", "five"), [(20, 0.886), (16, 0.718)])
def test_the_chance_of_a_fifth_acceptor_is_that_of_the_table(alerted: int, five: float) -> None:
    assert at_least(5, alerted, ACCEPTS) == pytest.approx(five, abs=0.0005)
