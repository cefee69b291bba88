"""The 18 rule, of every year and at every new year."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.foundation.clock import COPENHAGEN
from backend.foundation.problems import Problem
from backend.volunteers.age import is_old_enough, refuse_under_18

START = datetime(2020, 1, 1, tzinfo=UTC)
moments = st.integers(0, 40 * 366 * 24 * 3600).map(lambda seconds: START + timedelta(seconds=seconds))


@given(moments, st.integers(0, 366 * 24 * 3600))
def test_who_passes_without_a_word_is_18_whatever_their_birthday(now: datetime, into_year_s: int) -> None:
    for birth_year in range(now.year - 30, now.year + 2):
        birthday = datetime(birth_year, 1, 1, tzinfo=COPENHAGEN) + timedelta(seconds=into_year_s % (365 * 24 * 3600))
        if is_old_enough(birth_year, False, now):
            there = now.astimezone(COPENHAGEN)
            assert (there.year - 18, there.month, there.day) >= (birthday.year, birthday.month, birthday.day)


@given(moments)
def test_ones_own_word_counts_in_the_year_somebody_turns_18_and_in_no_other(now: datetime) -> None:
    this_year = now.astimezone(COPENHAGEN).year
    by_word = [
        y for y in range(this_year - 100, this_year + 1) if is_old_enough(y, True, now) != is_old_enough(y, False, now)
    ]
    assert by_word == [this_year - 18]


def test_the_year_is_denmarks() -> None:
    """Half past midnight in Copenhagen it is a new year, whatever Greenwich says."""
    assert is_old_enough(2008, False, datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
    assert not is_old_enough(2008, False, datetime(2026, 12, 31, 22, 30, tzinfo=UTC))


@pytest.mark.parametrize("birth_year", [2010, 2027, 1850])
def test_the_refusal_names_the_field_and_no_year_of_birth(birth_year: int) -> None:
    with pytest.raises(Problem) as refused:
        refuse_under_18(birth_year, True, datetime(2026, 11, 21, tzinfo=UTC))
    assert refused.value.errors[0].field == "/birth_year"
    assert refused.value.status == 422
