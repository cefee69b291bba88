"""What somebody types is read as an address in every way it can be: house, letter, floor, door, postcode, town."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.addresses.typed import Wanted, readings


def wanted(
    number: int | None, letter: str = "", floor: str = "", door: str = "", postcode: str = "", *place: str
) -> Wanted:
    return Wanted(("norregade",), number, letter, floor, door, postcode, place)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Nørregade 3", wanted(3)),
        ("nørregade 3b", wanted(3, "B")),
        ("Nørregade  3 B", wanted(3, "B")),
        ("Nørregade 3B, 2. tv", wanted(3, "B", "2", "tv")),
        ("Nørregade 3 B, 2. tv", wanted(3, "B", "2", "tv")),
        ("Nørregade 3, 2 tv", wanted(3, "", "2", "tv")),
        ("Nørregade 3 2.th", wanted(3, "", "2", "th")),
        ("Nørregade 3, 2. sal til venstre", wanted(3, "", "2", "tv")),
        ("Nørregade 3, st. th", wanted(3, "", "st", "th")),
        ("Nørregade 3 st.mf.", wanted(3, "", "st", "mf")),
        ("Nørregade 3, stuen", wanted(3, "", "st")),
        ("Nørregade 3, kælderen".removesuffix("en"), wanted(3, "", "kl")),
        ("Nørregade 3, k2", wanted(3, "", "k2")),
        ("Nørregade 3, 12. dør 4", wanted(3, "", "12", "4")),
        ("Nørregade 3, tv", wanted(3, "", "", "tv")),
        ("Nørregade 3, 1165 København K", wanted(3, "", "", "", "1165", "kobenhavn", "k")),
        ("Nørregade 3B, 2. tv, 1165 København K", wanted(3, "B", "2", "tv", "1165", "kobenhavn", "k")),
        ("Nørregade 3, 2 1165", wanted(3, "", "2", "", "1165")),
        ("1165 Nørregade 3", wanted(3, "", "", "", "1165")),
        ("Nørregade 3 ribe", wanted(3, "", "", "", "", "ribe")),
        ("Nørregade ribe", wanted(None, "", "", "", "", "ribe")),
        ("Nørregade", wanted(None)),
        ("10. Februar Vej 7", Wanted(("10", "februar", "vej"), 7)),
        ("Vej 5 12", Wanted(("vej", "5"), 12)),
    ],
)
def test_an_address_is_among_its_readings(typed: str, read: Wanted) -> None:
    assert read in readings(typed)


@pytest.mark.parametrize(
    "typed", ["Nørregade 3B, 2. tv, 1165 København K", "Nørregade 3, st. th", "nørregade 3 b, 1 tv"]
)
def test_what_is_likeliest_stands_first(typed: str) -> None:
    first = readings(typed)[0]
    assert (first.street, first.number) == (("norregade",), 3)
    assert first.door


@pytest.mark.parametrize("typed", ["", "  ", "3", "2100", "12 34", ",.;"])
def test_what_has_no_word_is_no_address(typed: str) -> None:
    assert readings(typed) == []


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read(typed: str) -> None:
    assert all(each.street for each in readings(typed))


@pytest.mark.parametrize("digit", ["፩", "①", "²", "๓", "٣"])
def test_a_sign_that_some_call_a_digit_is_answered_like_any_other(digit: str) -> None:
    for typed in (f"Nørregade {digit}", f"Nørregade 3, {digit}. tv", f"Nørregade 3, 2. {digit}", f"{digit * 4} by 3"):
        assert readings(typed), typed
