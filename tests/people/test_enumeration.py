"""A thousand numbers with an account and a thousand without: nothing from outside, nor the work inside, tells them apart.

`python -m tests.people.enumeration` does the same with times: they are printed, and nobody is held to them.
"""

from collections import Counter

import pytest

from tests.people.cast import NOON, a_phone, newcomer
from tests.people.conftest import NewPhone
from tests.people.work import Answered, asks_and_guesses, watched
from tests.signup.cast import Browser
from tests.signup.conftest import NewBrowser  # noqa: F401 - for whoever reads: the pages have a cast of their own

MANY = 1000


@pytest.mark.settings(code_ore_an_hour=100_000_000, code_ore_a_day=100_000_000, codes_an_hour_of_a_network=10_000_000)
async def test_known_and_unknown_numbers_get_the_same_bytes_for_the_same_statements_and_hashes(
    new_phone: NewPhone,
) -> None:
    known, unknown = [a_phone() for _ in range(MANY)], [a_phone() for _ in range(MANY)]
    anna = new_phone()
    async with anna.database.acting_as(__import__("tests.people.cast", fromlist=["API"]).API) as connection:
        for number in known:
            await newcomer(connection, NOON, phone=number)
    seen: dict[bool, Counter[Answered]] = {True: Counter(), False: Counter()}
    with watched(anna.http.app) as work:
        for pair in zip(known, unknown, strict=True):
            for number in pair:
                seen[number == pair[0]][await asks_and_guesses(anna, number, work)] += 1
    assert seen[True] == seen[False]
    assert len(seen[True]) == 1, "and all thousand are alike"
    (one,) = seen[True]
    assert (one.statuses, one.hashes > 0, len(one.statements) > 10) == ((202, 422), True, True)
    assert Browser is not None
