"""Two spellings of one name are one, and whoever is still typing is on the way to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.addresses.fold import key_of, keys_of_name, past, place_words, spellings, wanted_place, words_in

LETTERS = st.text(alphabet="aeoæøåÆØÅéüklnrsvt .-'", max_size=20)
DANISH = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "Æ": "AE", "Ø": "OE", "Å": "Aa"})


@given(LETTERS)
def test_ae_oe_and_aa_are_the_danish_letters(name: str) -> None:
    assert key_of(words_in(name)) == key_of(words_in(name.translate(DANISH)))


@given(LETTERS)
def test_case_dots_and_spaces_are_nothing(name: str) -> None:
    shouted = f"  {name.upper().replace(' ', '  ')}. "
    assert key_of(words_in(name)) == key_of(words_in(shouted))


@given(LETTERS, st.integers(0, 20))
def test_whoever_has_typed_the_beginning_has_the_beginning_of_the_key(name: str, so_far: int) -> None:
    assert key_of(words_in(name)).startswith(key_of(words_in(name[:so_far])))


@given(st.text(alphabet="abcz019", min_size=1, max_size=6), st.text(alphabet="abcz019", max_size=6))
def test_what_begins_with_a_key_lies_before_the_first_that_does_not(key: str, rest: str) -> None:
    assert key <= key + rest < past(key)
    assert not past(key).startswith(key)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Nørregade", "noerreg"),
        ("Nørregade", "NORREGADE"),
        ("Ågade", "aagade"),
        ("Aagade", "Ågade"),
        ("Åen", "aaen"),
        ("Gammel Kongevej", "gl kongevej"),
        ("Gammel Kongevej", "gl. kongev"),
        ("Gl. Strandvej", "gammel strandvej"),
        ("Gamle Drejervej", "gl drejer"),
        ("Søndre Fasanvej", "sdr fasanvej"),
        ("Sønder Boulevard", "sdr. boul"),
        ("Nørre Allé", "nr. alle"),
        ("Sankt Hans Torv", "skt. hans torv"),
        ("Øster Farimagsgade", "ø farimags"),
        ("Christian Winthers Vej", "chr winthers"),
        ("H.C. Andersens Boulevard", "hc andersens"),
        ("H.C. Andersens Boulevard", "andersens boul"),
        ("Kongens Nytorv", "kgs nytorv"),
        ("10. Februar Vej", "10 februar"),
    ],
)
def test_a_street_is_found_as_people_write_it(name: str, typed: str) -> None:
    assert any(key.startswith(each) for key in keys_of_name(name) for each in spellings(words_in(typed)))


def test_a_street_is_not_found_by_being_a_street() -> None:
    assert "vej" not in keys_of_name("Lille Vej")
    assert "boulevard" not in keys_of_name("H.C. Andersens Boulevard")


@pytest.mark.parametrize("typed", ["kbh ø", "københavn", "KBH", "koebenhavn oe"])
def test_a_town_is_found_as_people_write_it(typed: str) -> None:
    named = place_words("København Ø")
    at = 0
    for wanted in wanted_place(words_in(typed)):
        at = named.find(wanted, at)
        assert at >= 0
