"""Phone numbers as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.foundation.problems import Problem
from backend.identity.phone_hash import keyed_hash, open_phone, seal_phone
from backend.volunteers.phone import parse_phone
from tests.people.cast import some_keys


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("20 12 34 56", "+4520123456"),
        ("+45 20123456", "+4520123456"),
        ("0045-20-12-34-56", "+4520123456"),
        ("20 00 12 34", "+4520001234"),
        ("+46 70-174 06 05", "+46701740605"),
        ("+49 1511 2345678", "+4915112345678"),
        ("+47 901 23 456", "+4790123456"),
    ],
)
def test_one_number_is_one_number_however_it_is_written(written: str, kept: str) -> None:
    assert parse_phone(written) == kept


@pytest.mark.parametrize(
    "written",
    ["112", "+45 12", "hello", "", "+1 650 253 0000", "+45 90 12 34 56", "+45 80 80 80 80", "+46 8 123 456 78"],
)
def test_what_cannot_get_a_danish_alarm_is_refused_without_being_repeated(written: str) -> None:
    with pytest.raises(Problem) as refused:
        parse_phone(written)
    assert refused.value.errors[0].field == "/phone"
    assert not written or written not in str(refused.value.document())


@given(st.text(max_size=40))
def test_no_text_at_all_breaks_the_reading_of_numbers(text: str) -> None:
    try:
        kept = parse_phone(text)
    except Problem:
        return
    assert kept.startswith("+")
    assert parse_phone(kept) == kept


def test_the_hash_of_a_phone_needs_the_key() -> None:
    assert keyed_hash(b"a" * 32, "+4520123456") != keyed_hash(b"b" * 32, "+4520123456")


def test_a_sealed_phone_opens_only_with_its_keys() -> None:
    keys, others = some_keys(), some_keys()
    sealed = seal_phone(keys, "+4520123456")
    assert open_phone(keys, sealed) == "+4520123456"
    assert "20123456" not in sealed
    for wrong in (sealed[:-6] + "AAAAA=", "AAAA", "", "ø"):
        with pytest.raises(Problem):
            open_phone(others, wrong)
